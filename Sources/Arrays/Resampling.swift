// Resampling and pooling of channels-last images `[batch, height, width, channels]`.

extension NDArray {
    private func image(_ op: String) -> (b: Int, h: Int, w: Int, c: Int) {
        precondition(rank == 4, "\(op): \(shape) is not [batch, height, width, channels]")
        return (shape[0], shape[1], shape[2], shape[3])
    }

    /// Every pixel repeated `factor` times in both directions.
    package func upsampledNearest(_ factor: Int) -> NDArray {
        let (b, h, w, c) = image("upsampledNearest")
        return NDArray.build([b, h * factor, w * factor, c], keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(b * h, chunk: max(1, elementChunk / max(1, w * c * factor))) { r in
                Kernels.current.upsample(x, y, width: w, channels: c, factor: factor, r)
            }
        }
    }

    /// The adjoint of `upsampledNearest`: sums over blocks.
    package func blockSums(_ factor: Int) -> NDArray {
        let (b, h, w, c) = image("upsampledNearest gradient")
        return NDArray.build([b, h / factor, w / factor, c], keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(b * h / factor, chunk: max(1, elementChunk / max(1, w * c * factor))) { r in
                Kernels.current.upsampleGradient(x, y, width: w / factor, channels: c, factor: factor, r)
            }
        }
    }

    /// Bilinear resampling with half-pixel centres, clamped at the border (PyTorch `align_corners=False`).
    package func resizedBilinear(height: Int, width: Int) -> NDArray {
        let (b, h, w, c) = image("resizedBilinear")
        if height == h, width == w { return self }
        return NDArray.build([b, height, width, c], keeping: self) { out in
            precondition(h > 0 && w > 0, "resizedBilinear: empty image \(shape)")
            for item in 0..<b {
                nonisolated(unsafe) let (x, y) = (pointer + item * h * w * c, out + item * height * width * c)
                parallelFor(height, chunk: max(1, elementChunk / 2 / max(1, width * c))) { r in
                    Kernels.current.resizeBilinear(x, (h, w), channels: c, y, (height, width), r)
                }
            }
        }
    }

    /// The adjoint of `resizedBilinear` from an image of `height` × `width`.
    package func resizedBilinearGradient(height: Int, width: Int) -> NDArray {
        let (b, h, w, c) = image("resizedBilinear gradient")
        if height == h, width == w { return self }
        return NDArray.build([b, height, width, c], keeping: self) { out in
            nonisolated(unsafe) let (dy, dx) = (pointer, out)
            parallelFor(b, chunk: 1) { r in
                for item in r {
                    let target = dx + item * height * width * c
                    Kernels.current.fill(target, height * width * c, 0)
                    Kernels.current.resizeBilinearGradient(
                        target, (height, width), channels: c, dy + item * h * w * c, (h, w))
                }
            }
        }
    }

    /// Mean or maximum over `size` × `size` windows `stride` apart, without padding.
    package func pooled(size: Int, stride: Int, maximum: Bool) -> NDArray {
        let (b, h, w, c) = image("pool")
        precondition(size >= 1 && stride >= 1 && h >= size && w >= size, "pool: size \(size) of \(shape)")
        let oh = (h - size) / stride + 1, ow = (w - size) / stride + 1
        return NDArray.build([b, oh, ow, c], keeping: self) { out in
            for item in 0..<b {
                nonisolated(unsafe) let (x, y) = (pointer + item * h * w * c, out + item * oh * ow * c)
                parallelFor(oh, chunk: max(1, elementChunk / 4 / max(1, ow * c))) { r in
                    Kernels.current.pool(
                        x, y, width: w, channels: c, size: size, stride: stride, outWidth: ow,
                        maximum: maximum, r)
                }
            }
        }
    }
}
