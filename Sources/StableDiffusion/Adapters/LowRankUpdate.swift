// The update of one module by a low-rank adapter: small factors whose matmul is added to the weights.

import Arrays

/// `scale · up · down`, or with a middle factor the composition of the three convolutions.
///
/// Source: Hu et al. 2021 (LoRA), section 4.1; for convolutions LyCORIS' LoCon with Tucker decomposition.
struct LowRankUpdate: Sendable {
    /// `[rank, in]`, or `[rank, in, height, width]`.
    let down: NDArray
    /// `[rank, rank, height, width]`; `down` is 1 × 1 then.
    let middle: NDArray?
    /// `[out, rank]`, or `[out, rank, 1, 1]`.
    let up: NDArray
    /// The file's alpha, or the rank if absent.
    let alpha: Float
    /// Whether the scale is alpha over the square root of the rank (rank-stabilised LoRA, Kalajdzievski 2023).
    let isRankStabilised: Bool

    /// Returns nil if the factors' shapes do not match.
    init?(down: NDArray, middle: NDArray?, up: NDArray, alpha: Float?, isRankStabilised: Bool) {
        let rank = down.shape.first ?? 0
        guard rank > 0, down.rank == 2 || down.rank == 4, up.rank == 2 || up.rank == 4,
            up.shape[1] == rank, up.shape.dropFirst(2).allSatisfy({ $0 == 1 })
        else { return nil }
        if let middle {
            guard middle.rank == 4, middle.shape[0] == rank, middle.shape[1] == rank,
                down.shape.dropFirst(2).allSatisfy({ $0 == 1 })
            else { return nil }
        }
        (self.down, self.middle, self.up) = (down, middle, up)
        (self.alpha, self.isRankStabilised) = (alpha ?? Float(rank), isRankStabilised)
    }

    var rank: Int { down.shape[0] }

    var scale: Float { alpha / (isRankStabilised ? Float(rank).squareRoot() : Float(rank)) }

    /// The shape of the update: `[out, in]` or `[out, in, height, width]`.
    var shape: [Int] { [up.shape[0], down.shape[1]] + (middle?.shape ?? down.shape).dropFirst(2) }

    /// Whether weights of shape `other` can take this update; a 1 × 1 convolution counts as a matrix.
    func fits(_ other: [Int]) -> Bool {
        func matrix(_ shape: [Int]) -> [Int] {
            shape.count == 4 && shape[2] == 1 && shape[3] == 1 ? Array(shape.prefix(2)) : shape
        }
        return matrix(shape) == matrix(other)
    }

    /// The update at strength 1, in `shape`.
    func delta() -> NDArray {
        let (outputs, inputs) = (up.shape[0], down.shape[1])
        let left = up.reshaped([outputs, rank])
        guard let middle else {
            return (left.matmul(down.reshaped([rank, down.count / rank])) * scale).reshaped(shape)
        }
        let window = middle.shape[2] * middle.shape[3]
        // [out, rank · window], then for each output and tap the sum over the inner rank.
        let taps = left.matmul(middle.reshaped([rank, rank * window]))
            .reshaped([outputs, rank, window]).transposed([0, 2, 1])
        let product = taps.matmul(down.reshaped([rank, inputs]))
        return (product.transposed([0, 2, 1]) * scale).reshaped(shape)
    }
}
