// SAM's prompt encoder: points and boxes to tokens, a mask to dense features.

import Arrays
import Autograd
import Checkpoints
import Images
import Layers

/// Encodes prompts in model coordinates as sparse tokens and dense features.
///
/// Source: Kirillov and others 2023, appendix A; transformers `SamPromptEncoder`.
struct SAMPromptEncoder: Sendable {
    private let encoding: CoordinateEncoding
    /// Learned embeddings of background points, foreground points, first and second corners of boxes.
    private let kinds: [[Float]]
    private let notAPoint: [Float]
    private let noMask: Tensor
    private let maskEncoder: MaskEncoder
    private let imageSize: Int
    private let grid: Int
    private let size: Int

    init(
        _ configuration: SegmentAnythingConfiguration, encoding: CoordinateEncoding, from weights: WeightScope
    ) throws {
        let c = configuration.promptEncoder
        func row(_ name: String) throws -> [Float] {
            try weights.tensor("\(name).weight", [1, c.hiddenSize]).scalars
        }
        self.encoding = encoding
        kinds = try (0..<c.pointEmbeddings).map { try row("point_embed.\($0)") }
        notAPoint = try row("not_a_point_embed")
        noMask = Tensor(NDArray(try row("no_mask_embed"), shape: [1, 1, c.hiddenSize]))
        maskEncoder = try MaskEncoder(c, from: weights["mask_embed"])
        imageSize = c.imageSize
        grid = configuration.vision.grid
        size = c.hiddenSize
    }

    /// Tokens of points and boxes, `[1, tokens, size]`, or nil if there are none.
    ///
    /// Points without a box are followed by one padding token; box corners are two tokens.
    /// - Parameters:
    ///   - points: in pixels of the padded model input.
    ///   - box: left, top, right, bottom in pixels of the padded model input.
    func sparse(points: [Prompt.Point], box: Prompt.Box?) -> Tensor? {
        var tokens: [[Float]] = points.map { token($0.x, $0.y, kinds[$0.isForeground ? 1 : 0]) }
        if !points.isEmpty, box == nil { tokens.append(notAPoint) }
        if let box {
            tokens.append(token(box.left, box.top, kinds[2]))
            tokens.append(token(box.right, box.bottom, kinds[3]))
        }
        guard !tokens.isEmpty else { return nil }
        return Tensor(NDArray(tokens.flatMap { $0 }, shape: [1, tokens.count, size]))
    }

    /// Features added to those of the image: `[1, grid², size]` for a mask, `[1, 1, size]` without one.
    /// - Parameter mask: logits `[4 grid, 4 grid]`.
    func dense(mask: NDArray?) -> Tensor {
        guard let mask else { return noMask }
        precondition(
            mask.shape == [4 * grid, 4 * grid], "SAMPromptEncoder: mask \(mask.shape) for a grid of \(grid)")
        return maskEncoder(Tensor(mask.reshaped([1, 4 * grid, 4 * grid, 1]))).reshaped([1, grid * grid, size])
    }

    private func token(_ x: Double, _ y: Double, _ kind: [Float]) -> [Float] {
        // Half a pixel shifts a coordinate to the centre of its pixel.
        let side = Double(imageSize)
        let place = encoding(x: Float((x + 0.5) / side), y: Float((y + 0.5) / side))
        return zip(place, kind).map(+)
    }
}

/// Two strided convolutions and a pointwise one: mask logits at a quarter of the grid's spacing.
private struct MaskEncoder: Sendable {
    let conv1: Convolution2D
    let norm1: LayerNorm
    let conv2: Convolution2D
    let norm2: LayerNorm
    let conv3: Convolution2D
    let activation: Activation

    init(_ c: SegmentAnythingConfiguration.PromptEncoder, from weights: WeightScope) throws {
        let (narrow, wide) = (c.maskChannels / 4, c.maskChannels)
        conv1 = try Convolution2D(
            from: weights["conv1"], in: 1, out: narrow, kernel: 2, stride: 2, padding: .zero)
        norm1 = try LayerNorm(from: weights["layer_norm1"], size: narrow, epsilon: c.layerNormEpsilon)
        conv2 = try Convolution2D(
            from: weights["conv2"], in: narrow, out: wide, kernel: 2, stride: 2, padding: .zero)
        norm2 = try LayerNorm(from: weights["layer_norm2"], size: wide, epsilon: c.layerNormEpsilon)
        conv3 = try Convolution2D(
            from: weights["conv3"], in: wide, out: c.hiddenSize, kernel: 1, padding: .zero)
        activation = c.activation
    }

    func callAsFunction(_ mask: Tensor) -> Tensor {
        conv3(activation(norm2(conv2(activation(norm1(conv1(mask)))))))
    }
}
