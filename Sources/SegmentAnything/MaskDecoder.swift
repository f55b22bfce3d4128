// SAM's mask decoder: from image features and prompt tokens to masks and predicted IoU.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Four masks at four times the grid's resolution, and a predicted IoU for each.
///
/// Source: Kirillov and others 2023, appendix A; transformers `SamMaskDecoder`.
struct SAMMaskDecoder: Sendable {
    private let outputTokens: Tensor
    private let transformer: TwoWayTransformer
    private let upscale1: TransposedConvolution2D
    private let upscaleNorm: LayerNorm
    private let upscale2: TransposedConvolution2D
    private let maskHeads: [Perceptron]
    private let iouHead: Perceptron
    /// Encodings of the grid cells, `[1, grid², size]`.
    private let places: Tensor
    private let grid: Int
    private let size: Int

    init(
        _ configuration: SegmentAnythingConfiguration, encoding: CoordinateEncoding, from weights: WeightScope
    ) throws {
        let c = configuration.maskDecoder
        let size = c.hiddenSize
        self.size = size
        grid = configuration.vision.grid
        let masks = c.multimaskOutputs + 1
        outputTokens = Tensor(
            NDArray.concatenated(
                [
                    try weights.tensor("iou_token.weight", [1, size]),
                    try weights.tensor("mask_tokens.weight", [masks, size]),
                ], axis: 0
            ).reshaped([1, masks + 1, size]))
        transformer = try TwoWayTransformer(c, from: weights["transformer"])
        upscale1 = try TransposedConvolution2D(
            from: weights["upscale_conv1"], in: size, out: size / 4, kernel: 2)
        upscaleNorm = try LayerNorm(from: weights["upscale_layer_norm"], size: size / 4, epsilon: 1e-6)
        // Float32, because masks are sums of its pixels: bfloat16 changed a fiftieth of one mask and saved no time.
        upscale2 = try TransposedConvolution2D(
            from: weights["upscale_conv2"].multiplied(in: .float32), in: size / 4, out: size / 8, kernel: 2
        )
        maskHeads = try (0..<masks).map {
            try Perceptron(
                in: size, hidden: size, out: size / 8, depth: 3,
                from: weights["output_hypernetworks_mlps"][$0])
        }
        iouHead = try Perceptron(
            in: size, hidden: c.iouHeadSize, out: masks, depth: c.iouHeadDepth,
            from: weights["iou_prediction_head"])
        places = Tensor(encoding.grid(grid).reshaped([1, grid * grid, size]))
    }

    /// Masks and scores for one set of prompts; index 0 is the single-mask token, the rest the alternatives.
    /// - Parameters:
    ///   - features: `[1, grid, grid, size]`.
    ///   - sparse: `[1, tokens, size]` or nil.
    ///   - dense: `[1, grid² or 1, size]`.
    /// - Returns: logits `[masks, 4 grid, 4 grid]` and predicted IoU `[masks]`.
    func callAsFunction(features: Tensor, sparse: Tensor?, dense: Tensor) -> (masks: NDArray, iou: NDArray) {
        precondition(features.shape == [1, grid, grid, size], "SAMMaskDecoder: features \(features.shape)")
        let tokens = sparse.map { Tensor.concatenated([outputTokens, $0], axis: 1) } ?? outputTokens
        let image = features.reshaped([1, grid * grid, size]) + dense
        let (queries, keys) = transformer(tokens: tokens, image: image, places: places)

        let wide = upscaleNorm(upscale1(keys.reshaped([1, grid, grid, size]))).gelu()
        let pixels = upscale2(wide, then: .gelu).reshaped([16 * grid * grid, size / 8])
        let kernels = maskHeads.enumerated().map { index, head in
            head(queries.sliced(axis: 1, index + 1..<index + 2).reshaped([1, size]))
        }
        let masks = Tensor.concatenated(kernels, axis: 0).matmul(pixels, transposeOther: true)
        let iou = iouHead(queries.sliced(axis: 1, 0..<1).reshaped([1, size]))
        return (
            masks.value.reshaped([maskHeads.count, 4 * grid, 4 * grid]), iou.value.reshaped([maskHeads.count])
        )
    }
}

/// Linear layers with ReLU in between.
private struct Perceptron: Sendable {
    let layers: [Linear]

    init(in inputs: Int, hidden: Int, out outputs: Int, depth: Int, from weights: WeightScope) throws {
        let inner = try (0..<depth - 2).map {
            try Linear(from: weights["layers"][$0], in: hidden, out: hidden)
        }
        layers =
            [try Linear(from: weights["proj_in"], in: inputs, out: hidden)] + inner
            + [try Linear(from: weights["proj_out"], in: hidden, out: outputs)]
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        layers[layers.count - 1](layers.dropLast().reduce(x) { $1($0, then: .relu) })
    }
}
