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
}
