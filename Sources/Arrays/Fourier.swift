// Fourier transforms of channels-last images, with orthonormal scaling.
internal import Glibc

/// Plan for lines of one length: its factors and roots of unity.
package struct FourierLine: Sendable {
    let length: Int
    /// Factors of `length`: fours first, then the rest; each is 2, 4 or odd.
    let factors: [Int]
    /// cos and -sin of 2π k / length for k < length, in pairs.
    let twiddles: [Float]

    /// - Parameter length: any; a prime factor p costs in proportion to p.
    package init(length: Int) {
        precondition(length >= 1, "FourierLine: length \(length)")
        self.length = length
        var rest = length, factors: [Int] = [], divisor = 4
        while rest > 1 {
            if divisor > 7, divisor * divisor > rest { divisor = rest }
            guard rest % divisor == 0 else {
                divisor = divisor == 4 ? 2 : divisor == 2 ? 3 : divisor + 2
                continue
            }
            factors.append(divisor)
            rest /= divisor
        }
        self.factors = factors
        let unit = 2 * Double.pi / Double(length)
        twiddles = (0..<length).flatMap { k in
            [Float(cos(unit * Double(k))), Float(-sin(unit * Double(k)))]
        }
    }

    /// The factor that makes a transform of this length orthonormal.
    package var scale: Float { Float(1 / Double(length).squareRoot()) }
}

extension NDArray {
    /// The spectrum of real images, as `torch.fft.rfftn(x, dim=(height, width), norm="ortho")`.
    ///
    /// - Parameter interior: factor of horizontal wave numbers other than 0 and, for even widths, width / 2; 2 makes
    ///   this the adjoint of `irfft2`.
    /// - Returns: `[batch, height, width / 2 + 1, 2 * channels]` for `[batch, height, width, channels]`: all real
    ///   parts, then all imaginary parts.
    package func rfft2(interior: Float = 1) -> NDArray {
        precondition(
            rank == 4 && shape[1] > 0 && shape[2] > 0,
            "rfft2: \(shape) is no [batch, height, width, channels]")
        let (b, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
        let half = w / 2 + 1, row = half * 2 * c
        let (across, down) = (FourierLine(length: w), FourierLine(length: h))
        return NDArray.build([b, h, half, 2 * c], keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(b * h, chunk: linesPerChunk(w * c)) { r in
                let scratch = Storage(count: across.scratch)
                for line in r {
                    FourierKernels.current.real(
                        across, x + line * w * c, channels: c, scale: across.scale, interior: interior,
                        y + line * row, scratch: scratch.pointer)
                }
                withExtendedLifetime(scratch) {}
            }
            transformColumns(y, batch: b, columns: half, channels: c, down, inverse: false)
        }
    }

    /// Real images from spectra, as `torch.fft.irfftn(x, s=(height, width), norm="ortho")`.
    ///
    /// Imaginary parts at horizontal wave numbers 0 and (for even widths) width / 2 are ignored.
    /// - Parameters:
    ///   - width: of the images; `self` is `[batch, height, width / 2 + 1, 2 * channels]`.
    ///   - interior: factor of the other horizontal wave numbers; 1/2 makes this the adjoint of `rfft2`.
    /// - Returns: `[batch, height, width, channels]`.
    package func irfft2(width w: Int, interior: Float = 1) -> NDArray {
        precondition(
            rank == 4 && shape[1] > 0 && w > 0 && shape[2] == w / 2 + 1 && shape[3] % 2 == 0,
            "irfft2: \(shape) is no spectrum [batch, height, \(w) / 2 + 1, 2 * channels]")
        let (b, h, half, c) = (shape[0], shape[1], shape[2], shape[3] / 2)
        let row = half * 2 * c
        let (across, down) = (FourierLine(length: w), FourierLine(length: h))
        var spectrum = copied()
        return NDArray.build([b, h, w, c]) { out in
            spectrum.withUnsafeMutableBuffer { buffer in
                guard let base = buffer.baseAddress else { return }
                nonisolated(unsafe) let (x, y) = (base, out)
                transformColumns(x, batch: b, columns: half, channels: c, down, inverse: true)
                parallelFor(b * h, chunk: linesPerChunk(w * c)) { r in
                    let scratch = Storage(count: across.scratch)
                    for line in r {
                        FourierKernels.current.realInverse(
                            across, x + line * row, channels: c, scale: across.scale, interior: interior,
                            y + line * w * c, scratch: scratch.pointer)
                    }
                    withExtendedLifetime(scratch) {}
                }
            }
        }
    }
}

private func linesPerChunk(_ size: Int) -> Int { max(1, elementChunk / max(1, size)) }

/// Transforms every column of `[batch, line.length, columns, 2 * channels]` in place.
private func transformColumns(
    _ data: MutablePointer, batch: Int, columns: Int, channels: Int, _ line: FourierLine, inverse: Bool
) {
    let stride = columns * 2 * channels
    nonisolated(unsafe) let base = data
    parallelFor(batch * columns, chunk: linesPerChunk(line.length * channels)) { r in
        let scratch = Storage(count: line.scratch)
        for column in r {
            let start = column / columns * line.length * stride + column % columns * 2 * channels
            FourierKernels.current.complex(
                line, base + start, stride: stride, channels: channels, inverse: inverse, scale: line.scale,
                scratch: scratch.pointer)
        }
        withExtendedLifetime(scratch) {}
    }
}
