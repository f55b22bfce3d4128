// Self-attention over a square grid with decomposed relative positions.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Attention whose score of query (y, x) and key (v, u) gains `q · H[y - v] + q · W[x - u]`.
///
/// The two position terms are inner products over further channels: the query carries its products with every row
/// and column offset, the key a one in the channel of its own row and of its own column. So the scores of a block
/// of queries are all that is ever held, even for 4,096 tokens.
/// Source: Li and others 2022 (MViTv2), section 4.1; transformers `SamVisionAttention`.
struct GridAttention: Sendable {
    private let qkv: Linear
    private let projection: Linear
    private let heads: Int
    private let side: Int
    private let relative: RelativePositions?

    /// - Parameter side: patches along a side of the grid that attends to itself.
    init(_ c: SegmentAnythingConfiguration.Vision, side: Int, from weights: WeightScope) throws {
        qkv = try Linear(weights: weights["qkv"], in: c.hiddenSize, out: 3 * c.hiddenSize, bias: c.qkvBias)
        projection = try Linear(weights: weights["proj"], in: c.hiddenSize, out: c.hiddenSize)
        heads = c.heads
        self.side = side
        relative =
            c.usesRelativePositions
            ? try RelativePositions(side: side, size: c.hiddenSize / c.heads, from: weights) : nil
    }

    /// `[batch, side, side, hidden]` → same, with `addend` of the same shape added.
    func callAsFunction(_ x: Tensor, plus addend: Tensor? = nil) -> Tensor {
        let (b, n, c) = (x.shape[0], side * side, x.shape[3])
        let d = c / heads
        precondition(x.shape == [b, side, side, c], "GridAttention: \(x.shape) for a grid of side \(side)")
        let parts = qkv(x).reshaped([b, n, 3, heads, d]).transposed([2, 0, 3, 1, 4]).split(3, axis: 0)
            .map { $0.reshaped([b, heads, n, d]) }
        let scale = 1 / Float(d).squareRoot()
        let attended: Tensor
        if let relative {
            attended = attention(
                relative.extended(queries: parts[0], scale: scale), relative.extended(keys: parts[1]),
                parts[2], scale: 1)
        } else {
            attended = attention(parts[0], parts[1], parts[2], scale: scale)
        }
        return projection(attended.mergedHeads(), plus: addend?.reshaped([b, n, c])).reshaped(x.shape)
    }
}

/// Tables of relative rows and columns for a square grid.
private struct RelativePositions: Sendable {
    private let side: Int
    /// `[side, side, d]`: query coordinate, key coordinate.
    private let rows: Tensor
    private let columns: Tensor
    /// `[side * side, 2 * side]`: for each key, one in the channel of its row and in that of its column.
    private let indicators: NDArray

    init(side: Int, size: Int, from weights: WeightScope) throws {
        self.side = side
        let offsets = (0..<side).flatMap { q in (0..<side).map { k in q - k + side - 1 } }
        func table(_ name: String) throws -> Tensor {
            Tensor(
                try weights.tensor(name, [2 * side - 1, size]).gathered(rows: offsets).reshaped([
                    side, side, size,
                ]))
        }
        rows = try table("rel_pos_h")
        columns = try table("rel_pos_w")
        var ones = [Float](repeating: 0, count: side * side * 2 * side)
        for key in 0..<side * side {
            ones[key * 2 * side + key / side] = 1
            ones[key * 2 * side + side + key % side] = 1
        }
        indicators = NDArray(ones, shape: [side * side, 2 * side])
    }

    /// `[b, heads, n, d]` → `[b, heads, n, d + 2 side]`: scaled queries, products with rows, with columns.
    func extended(queries q: Tensor, scale: Float) -> Tensor {
        let (b, h, n, d) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3])
        let grid = q.reshaped([b * h, side, side, d])
        let byRow = grid.matmul(rows, transposeOther: true)
        let byColumn = grid.transposed([0, 2, 1, 3]).matmul(columns, transposeOther: true).transposed([
            0, 2, 1, 3,
        ])
        return Tensor.concatenated(
            [q * scale, byRow.reshaped([b, h, n, side]), byColumn.reshaped([b, h, n, side])], axis: 3)
    }

    /// `[b, heads, n, d]` → `[b, heads, n, d + 2 side]`: keys and the indicators of their place.
    func extended(keys k: Tensor) -> Tensor {
        let full = NDArray.zeros([k.shape[0], k.shape[1]] + indicators.shape) + indicators
        return Tensor.concatenated([k, Tensor(full)], axis: 3)
    }
}
