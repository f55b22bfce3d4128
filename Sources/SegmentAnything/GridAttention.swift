// Self-attention over a square grid with decomposed relative positions.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Attention with `q · H[y - v] + q · W[x - u]` added to the score of query (y, x) and key (v, u).
///
/// A query has only as many different terms as the grid has rows and columns; they are added to the scores block by
/// block. Source: Li and others 2022 (MViTv2), section 4.1; transformers `SamVisionAttention`.
struct GridAttention: Sendable {
    private let qkv: Linear
    private let projection: Linear
    private let heads: Int
    private let side: Int
    private let relative: RelativePositions?

    /// - Parameter side: side, in patches, of the grid that self-attention runs over.
    init(_ c: SegmentAnythingConfiguration.Vision, side: Int, from weights: WeightScope) throws {
        qkv = try Linear(from: weights["qkv"], in: c.hiddenSize, out: 3 * c.hiddenSize, bias: c.qkvBias)
        projection = try Linear(from: weights["proj"], in: c.hiddenSize, out: c.hiddenSize)
        heads = c.heads
        self.side = side
        relative =
            c.usesRelativePositions
            ? try RelativePositions(side: side, size: c.hiddenSize / c.heads, from: weights) : nil
    }

    /// - Parameters:
    ///   - x: `[batch, height, width, hidden]`.
    ///   - norm: applied to every patch first.
    ///   - windows: of `side` × `side`, each with its own self-attention; whole images of that size if nil.
    ///   - addend: of the same shape, added to the result.
    /// - Returns: the same shape.
    func callAsFunction(
        _ x: Tensor, after norm: LayerNorm? = nil, in windows: WindowGrid? = nil, plus addend: Tensor? = nil
    ) -> Tensor {
        let (c, n) = (x.shape[3], side * side)
        guard let windows else {
            precondition(
                x.shape[1] == side && x.shape[2] == side, "GridAttention: \(x.shape) of side \(side)")
            let y = attended(qkv(x.reshaped([-1, n, c]), after: norm))
            return projection(y, plus: addend?.reshaped([-1, n, c])).reshaped(x.shape)
        }
        precondition(windows.side == side, "GridAttention: windows of \(windows.side) for \(side)")
        // Padding is zero before the projections, so that padded patches get the bias without being multiplied.
        let tokens = qkv(x.reshaped([-1, c]), after: norm, into: windows.patches).reshaped([
            windows.count, n, -1,
        ])
        return projection(
            attended(tokens).reshaped([-1, c]), outOf: windows.patches, plus: addend?.reshaped([-1, c])
        ).reshaped(x.shape)
    }

    /// `[batch, side², 3 * hidden]` → `[batch, side², hidden]`.
    private func attended(_ tokens: Tensor) -> Tensor {
        selfAttention(
            tokens, heads: heads, grid: relative?.bias(tokens: tokens.value, heads: heads),
            precision: qkv.weight.precision)
    }
}

/// Tables of relative rows and columns for a square grid.
private struct RelativePositions: Sendable {
    private let side: Int
    /// `[side, side, d]`: query coordinate, key coordinate.
    private let rows: NDArray
    private let columns: NDArray

    init(side: Int, size: Int, from weights: WeightScope) throws {
        self.side = side
        let offsets = (0..<side).flatMap { q in (0..<side).map { k in q - k + side - 1 } }
        func table(_ name: String) throws -> NDArray {
            try weights.tensor(name, [2 * side - 1, size]).gathered(rows: offsets)
                .reshaped([side, side, size])
        }
        rows = try table("rel_pos_h")
        columns = try table("rel_pos_w")
    }

    /// The terms of the queries in `[b, n, 3 * heads * d]`.
    func bias(tokens: NDArray, heads: Int) -> GridBias {
        let (b, n) = (tokens.shape[0], side * side), d = tokens.shape[2] / (3 * heads)
        let vectors = tokens.reshaped([b * n * 3 * heads, d])
        // Queries by image and head, in row-major and then in column-major order.
        func queries(_ place: (_ major: Int, _ minor: Int) -> Int) -> NDArray {
            var picked: [Int] = []
            picked.reserveCapacity(b * heads * n)
            for image in 0..<b {
                for head in 0..<heads {
                    for major in 0..<side {
                        for minor in 0..<side {
                            picked.append((image * n + place(major, minor)) * 3 * heads + head)
                        }
                    }
                }
            }
            return vectors.gathered(rows: picked).reshaped([b * heads, side, side, d])
        }
        let byRow = queries { $0 * side + $1 }.matmul(rows, transposeOther: true)
        let byColumn = queries { $1 * side + $0 }.matmul(columns, transposeOther: true)
        let shape = [b, heads, n, side]
        return GridBias(
            rows: byRow.reshaped(shape), columns: byColumn.transposed([0, 2, 1, 3]).reshaped(shape))
    }
}
