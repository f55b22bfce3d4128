// Fourier transforms of channels-last images.
internal import Arrays

extension Tensor {
    /// The spectrum of real images `[batch, height, width, channels]`, orthonormal.
    ///
    /// Wave numbers across run over 0 ... width / 2: the others are mirror images. As
    /// `torch.fft.rfftn(x, dim=(height, width), norm="ortho")`, with complex numbers side by side.
    /// - Returns: `[batch, height, width / 2 + 1, 2 * channels]`: all real parts, then all imaginary parts.
    public func rfft2() -> Tensor {
        let width = shape[2]
        // A wave number with a mirror image stands for two in the transform back, and for one here.
        return Tensor.recorded(value.rfft2(), self) { $0.irfft2(width: width, interior: 0.5) }
    }

    /// Real images `[batch, height, width, channels]` from spectra as `rfft2` makes them.
    ///
    /// As `torch.fft.irfftn(x, s=(height, width), norm="ortho")`: imaginary parts that no real image has are ignored.
    /// - Parameter width: of the images; it says whether there is a wave number of width / 2 without a mirror image.
    public func irfft2(width: Int) -> Tensor {
        Tensor.recorded(value.irfft2(width: width), self) { $0.rfft2(interior: 2) }
    }
}
