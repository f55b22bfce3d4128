// Batch normalisation for inference: fixed statistics, folded into the preceding layer.
public import Arrays
public import Checkpoints

/// `x * scale + shift` per channel, from the statistics of training (Ioffe & Szegedy 2015, algorithm 2).
public struct BatchNorm: Sendable {
    /// weight / sqrt(variance + epsilon), of shape `[channels]`.
    public let scale: NDArray
    /// bias - mean * scale, of shape `[channels]`.
    public let shift: NDArray

    public init(scale: NDArray, shift: NDArray) {
        precondition(
            scale.rank == 1 && scale.shape == shift.shape,
            "BatchNorm: scale \(scale.shape), shift \(shift.shape)")
        (self.scale, self.shift) = (scale, shift)
    }

    /// Reads `weight`, `bias`, `running_mean` and `running_var`, all `[channels]`.
    ///
    /// `num_batches_tracked`, which inference does not need, is not read.
    /// - Throws: `CheckpointError` for a variance below zero.
    public init(from weights: WeightScope, channels: Int, epsilon: Float = 1e-5) throws {
        let weight = try weights.tensor("weight", [channels]).scalars
        let bias = try weights.tensor("bias", [channels]).scalars
        let mean = try weights.tensor("running_mean", [channels]).scalars
        let variance = try weights.tensor("running_var", [channels]).scalars
        guard variance.allSatisfy({ $0 >= 0 }) else {
            throw CheckpointError(
                path: weights.origin, reason: "tensor \(weights.path).running_var holds a variance below zero"
            )
        }
        let slopes = zip(weight, variance).map { Double($0) / (Double($1) + Double(epsilon)).squareRoot() }
        let shifts = zip(bias, zip(mean, slopes)).map { Double($0) - Double($1.0) * $1.1 }
        self.init(
            scale: NDArray(slopes.map { Float($0) }, shape: [channels]),
            shift: NDArray(shifts.map { Float($0) }, shape: [channels]))
    }

    /// Channels in the order `order`.
    public func reordered(_ order: [Int]) -> BatchNorm {
        BatchNorm(scale: scale.gathered(rows: order), shift: shift.gathered(rows: order))
    }

    /// The weight `[channels, …]` of a layer followed by this norm, from that of the layer alone.
    public func folded(weight: NDArray) -> NDArray { folded(weight, axis: 0) }

    /// The same for a weight `[in, channels, …]` of a transposed convolution.
    func folded(transposed weight: NDArray) -> NDArray { folded(weight, axis: 1) }

    private func folded(_ weight: NDArray, axis: Int) -> NDArray {
        precondition(
            weight.shape[axis] == scale.count, "BatchNorm: \(scale.count) channels after \(weight.shape)")
        return weight * scale.reshaped([scale.count] + Array(repeating: 1, count: weight.rank - 1 - axis))
    }

    /// The bias `[channels]` of a layer followed by this norm, from that of the layer alone.
    public func folded(bias: NDArray?) -> NDArray { bias.map { $0 * scale + shift } ?? shift }
}
