// SAM's image encoder: a plain vision transformer with windowed attention and a convolutional neck.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Pixels `[batch, side, side, 3]` to features `[batch, grid, grid, outputChannels]`.
///
/// Source: Li and others 2022 (ViTDet); transformers `modeling_sam.py`, `SamVisionEncoder`.
struct SAMImageEncoder: Sendable {
    private let patches: Convolution2D
    /// Learned absolute positions, `[1, grid, grid, hidden]`.
    private let positions: Tensor?
    private let layers: [SAMImageLayer]
    private let neck: Neck

    init(_ configuration: SegmentAnythingConfiguration.Vision, from weights: WeightScope) throws {
        let c = configuration
        patches = try Convolution2D(
            from: weights["patch_embed.projection"], in: c.channels, out: c.hiddenSize,
            kernel: c.patchSize,
            stride: c.patchSize, padding: .zero)
        positions =
            c.usesAbsolutePositions
            ? Tensor(try weights.tensor("pos_embed", [1, c.grid, c.grid, c.hiddenSize])) : nil
        layers = try (0..<c.layers).map { index in
            let isGlobal = c.globalAttentionLayers.contains(index) || c.windowSize == 0
            return try SAMImageLayer(c, window: isGlobal ? nil : c.windowSize, from: weights["layers"][index])
        }
        neck = try Neck(c, from: weights["neck"])
    }

    func callAsFunction(_ pixels: Tensor) -> Tensor {
        var x = patches(pixels)
        if let positions { x = x + positions }
        for layer in layers { x = layer(x) }
        return neck(x)
    }
}

/// Projects the transformer's width to that of the decoder.
private struct Neck: Sendable {
    let narrow: Convolution2D
    let norm1: LayerNorm
    let smooth: Convolution2D
    let norm2: LayerNorm

    init(_ c: SegmentAnythingConfiguration.Vision, from weights: WeightScope) throws {
        // These two norms use the published epsilon 1e-6, whatever the configuration says.
        narrow = try Convolution2D(
            from: weights["conv1"], in: c.hiddenSize, out: c.outputChannels, kernel: 1, padding: .zero,
            bias: false)
        norm1 = try LayerNorm(from: weights["layer_norm1"], size: c.outputChannels, epsilon: 1e-6)
        smooth = try Convolution2D(
            from: weights["conv2"], in: c.outputChannels, out: c.outputChannels, kernel: 3, padding: 1,
            bias: false)
        norm2 = try LayerNorm(from: weights["layer_norm2"], size: c.outputChannels, epsilon: 1e-6)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { norm2(smooth(norm1(narrow(x)))) }
}

/// One pre-norm transformer layer over a grid of patches.
struct SAMImageLayer: Sendable {
    private let norm1: LayerNorm
    private let attention: GridAttention
    private let norm2: LayerNorm
    private let mlp: Perceptron
    /// Side of a window in patches; nil for global attention.
    private let window: Int?

    init(_ c: SegmentAnythingConfiguration.Vision, window: Int?, from weights: WeightScope) throws {
        norm1 = try LayerNorm(
            from: weights["layer_norm1"], size: c.hiddenSize, epsilon: c.layerNormEpsilon)
        attention = try GridAttention(c, side: window ?? c.grid, from: weights["attn"])
        norm2 = try LayerNorm(
            from: weights["layer_norm2"], size: c.hiddenSize, epsilon: c.layerNormEpsilon)
        mlp = try Perceptron(
            size: c.hiddenSize, hidden: c.mlpSize, activation: c.activation, from: weights["mlp"])
        self.window = window
    }

    /// `[batch, grid, grid, hidden]` → same.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let windows = window.map { WindowGrid(x.shape, side: $0) }
        let z = attention(x, after: norm1, in: windows, plus: x)
        return mlp(z, after: norm2, plus: z)
    }
}

extension Perceptron {
    /// SAM's, of layers `lin1` and `lin2`.
    init(size: Int, hidden: Int, activation: Activation, from weights: WeightScope) throws {
        self.init(
            expand: try Linear(from: weights["lin1"], in: size, out: hidden), activation: activation,
            contract: try Linear(from: weights["lin2"], in: hidden, out: size))
    }
}
