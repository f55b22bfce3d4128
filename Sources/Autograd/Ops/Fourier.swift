// Fourier transforms of channels-last images.
internal import Arrays

extension Tensor {
    /// The spectrum of real images `[batch, height, width, channels]`, orthonormal.
    ///
    /// Horizontal wave numbers are 0 ... width / 2; the others follow by symmetry. As `torch.fft.rfftn(x,
    /// dim=(height, width), norm="ortho")`, with real and imaginary parts as channels.
    /// - Returns: `[batch, height, width / 2 + 1, 2 * channels]`: all real parts, then all imaginary parts.
    public func rfft2() -> Tensor {
        let width = shape[2]
        // A wave number other than 0 and width / 2 counts twice in the inverse transform, and once here.
        return Tensor.recorded(value.rfft2(), self) { $0.irfft2(width: width, interior: 0.5) }
    }

    /// Real images `[batch, height, width, channels]` from spectra as `rfft2` makes them.
    ///
    /// As `torch.fft.irfftn(x, s=(height, width), norm="ortho")`: imaginary parts at horizontal wave numbers 0 and
    /// (for even widths) width / 2 are ignored.
    /// - Parameter width: of the images; it determines whether wave number width / 2 exists.
    public func irfft2(width: Int) -> Tensor {
        Tensor.recorded(value.irfft2(width: width), self) { $0.rfft2(interior: 2) }
    }
}
