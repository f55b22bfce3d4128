// Resampling and pooling of `[batch, height, width, channels]`.
internal import Arrays

extension Tensor {
    /// Every pixel repeated `factor` times in both directions.
    public func upsampledNearest(_ factor: Int) -> Tensor {
        Tensor.recorded(value.upsampledNearest(factor), self) { $0.blockSums(factor) }
    }

    /// Bilinear resampling with half-pixel centres (PyTorch `align_corners=False`, no antialiasing).
    public func resizedBilinear(height: Int, width: Int) -> Tensor {
        let (h, w) = (shape[1], shape[2])
        return Tensor.recorded(value.resizedBilinear(height: height, width: width), self) {
            $0.resizedBilinearGradient(height: h, width: w)
        }
    }

    /// Mean over windows, without padding.
    ///
    /// `stride` defaults to `size`.
    public func avgPool(_ size: Int, stride: Int? = nil) -> Tensor {
        pooled(size, stride ?? size, maximum: false)
    }

    /// Maximum over windows, without padding.
    ///
    /// `stride` defaults to `size`.
    public func maxPool(_ size: Int, stride: Int? = nil) -> Tensor {
        pooled(size, stride ?? size, maximum: true)
    }

    private func pooled(_ size: Int, _ stride: Int, maximum: Bool) -> Tensor {
        let x = value, y = x.pooled(size: size, stride: stride, maximum: maximum)
        return Tensor.recorded(y, self) {
            x.pooledGradient($0, value: y, size: size, stride: stride, maximum: maximum)
        }
    }
}
