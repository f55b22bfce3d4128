// Self-attention over a square grid with decomposed relative positions.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Attention whose score of query (y, x) and key (v, u) gains `q · H[y - v] + q · W[x - u]`.
///
/// For every query there are only as many different terms as rows and columns of the grid; they are added block by block
/// to the scores. Source: Li and others 2022 (MViTv2), section 4.1; transformers `SamVisionAttention`.
struct GridAttention: Sendable {
    private let qkv: Linear
    private let projection: Linear
    private let heads: Int
    private let side: Int
    private let relative: RelativePositions?

    /// - Parameter side: patches along a side of the grid that attends to itself.
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
    ///   - norm: done to every patch before.
    ///   - windows: what attends to itself, each of `side` × `side`; whole images of that size if nil.
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
        // Padding is zero before the projections, so that they give it their bias and need not multiply it.
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
        // Queries by image and head, first row by row and then column by column.
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
