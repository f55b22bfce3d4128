// Sums and means.
internal import Arrays

extension Tensor {
    /// The sum of all elements, of shape `[]`.
    public func sum() -> Tensor {
        let shape = self.shape
        return Tensor.recorded(NDArray(Float(value.total())), self) { NDArray.full($0.scalar, shape) }
    }

    /// The mean of all elements, of shape `[]`.
    public func mean() -> Tensor { sum() / Float(max(1, count)) }

    /// The sum along `axis`.
    public func sum(axis: Int, keepDims: Bool = false) -> Tensor { sum(axes: [axis], keepDims: keepDims) }

    /// The mean along `axis`.
    public func mean(axis: Int, keepDims: Bool = false) -> Tensor { mean(axes: [axis], keepDims: keepDims) }

    /// The sum along several axes.
    public func sum(axes: [Int], keepDims: Bool = false) -> Tensor {
        let shape = self.shape
        var kept = shape
        for axis in axes { kept[axis < 0 ? axis + rank : axis] = 1 }
        let broadcast = kept
        return Tensor.recorded(value.summed(axes: axes, keepDimensions: keepDims), self) {
            NDArray.zeros(shape) + $0.reshaped(broadcast)
        }
    }

    /// The mean along several axes.
    public func mean(axes: [Int], keepDims: Bool = false) -> Tensor {
        let n = axes.reduce(1) { $0 * shape[$1 < 0 ? $1 + rank : $1] }
        return sum(axes: axes, keepDims: keepDims) / Float(max(1, n))
    }
}
