// The whole model: an image is encoded once, then any number of prompts can be answered.

public import Arrays
import Autograd
public import Checkpoints
public import Images
import Layers

/// The encoder's result for one image, the input of `predict`.
public struct ImageEmbedding: Sendable {
    /// The encoder's output, `[1, grid, grid, channels]`.
    public let features: NDArray
    /// Size of the image in pixels.
    public let height: Int
    public let width: Int
    /// Size after scaling, within the model's square input.
    package let scaledHeight: Int
    package let scaledWidth: Int
}

/// One mask for a prompt.
public struct MaskPrediction: Sendable {
    /// Log-odds of each pixel belonging to the object, `[height, width]`; inside where above 0.
    ///
    /// Enlarged from `lowResolutionLogits` at each call: of several masks of a large picture, most are not looked at.
    public var logits: NDArray { enlarge() }
    /// The pixels inside, 1 or 0.
    public var mask: Mask {
        let logits = logits
        return Mask(width: logits.shape[1], height: logits.shape[0], inside: logits.scalars.map { $0 > 0 })
    }
    /// The predicted intersection over union with the true mask.
    public let iou: Float
    /// The decoder's output, `[4 grid, 4 grid]`; can be used as `Prompt.mask`.
    public let lowResolutionLogits: NDArray
    /// 0 is the single-mask token, higher ones are the alternatives.
    public let index: Int
    fileprivate let enlarge: @Sendable () -> NDArray
}

/// Segment Anything (Kirillov and others 2023), as transformers' `SamModel` computes it.
public struct SegmentAnythingModel: Sendable {
    public let configuration: SegmentAnythingConfiguration
    private let preprocessing: SAMPreprocessing
    private let encoder: SAMImageEncoder
    private let promptEncoder: SAMPromptEncoder
    private let decoder: SAMMaskDecoder

    /// Loads `config.json`, the weights, and `preprocessor_config.json` if present.
    /// - Throws: `CheckpointError` if a file is missing, damaged, or of another kind of model.
    public init(folder: String, precision: Precision = .float32) throws {
        let configuration = try loadConfiguration(
            SegmentAnythingConfiguration.self, from: folder + "/config.json", modelTypes: ["sam"])
        try self.init(
            configuration, from: try WeightScope.open(folder: folder).multiplied(in: precision),
            preprocessing: try SAMPreprocessing(side: configuration.vision.imageSize, folder: folder))
    }

    /// Builds the model from existing weights; images are normalised as published.
    public init(_ configuration: SegmentAnythingConfiguration, from weights: WeightScope) throws {
        try self.init(
            configuration, from: weights,
            preprocessing: SAMPreprocessing(side: configuration.vision.imageSize))
    }

    private init(
        _ configuration: SegmentAnythingConfiguration, from weights: WeightScope,
        preprocessing: SAMPreprocessing
    ) throws {
        self.configuration = configuration
        self.preprocessing = preprocessing
        let encoding = try CoordinateEncoding(
            features: configuration.vision.positionFeatures, from: weights["shared_image_embedding"])
        encoder = try SAMImageEncoder(configuration.vision, from: weights["vision_encoder"])
        promptEncoder = try SAMPromptEncoder(
            configuration, encoding: encoding, from: weights["prompt_encoder"])
        decoder = try SAMMaskDecoder(configuration, encoding: encoding, from: weights["mask_decoder"])
        // The prompt encoder's coordinate encoding is the image encoder's under a second name.
        try weights.finish(ignoring: ["prompt_encoder.shared_embedding.positional_embedding"])
    }

    /// Runs the image encoder.
    /// - Parameter image: any size; alpha is ignored.
    public func encode(_ image: Image) -> ImageEmbedding {
        embedding(features: features(of: preprocessing(image)), height: image.height, width: image.width)
    }

    /// Features, computed earlier, of an image of that size.
    package func embedding(features: NDArray, height: Int, width: Int) -> ImageEmbedding {
        let scaled = preprocessing.scaledSize(height: height, width: width)
        return ImageEmbedding(
            features: features, height: height, width: width, scaledHeight: scaled.height,
            scaledWidth: scaled.width)
    }

    /// Pixels ready for the encoder, `[1, side, side, 3]`, to features `[1, grid, grid, channels]`.
    package func features(of pixels: NDArray) -> NDArray { encoder(Tensor(pixels)).value }

    /// The encoder's input for an image.
    package func preprocess(_ image: Image) -> NDArray { preprocessing(image) }

    /// Masks of the object that `prompt` describes, in the order of the model's outputs.
    /// - Throws: `SegmentAnythingError` if the prompt is empty or outside the image.
    public func predict(
        _ prompt: Prompt, on embedding: ImageEmbedding, outputs: MaskOutputs = .automatic
    ) throws -> [MaskPrediction] {
        try check(prompt, embedding)
        let across = Double(embedding.scaledWidth) / Double(embedding.width)
        let down = Double(embedding.scaledHeight) / Double(embedding.height)
        let sparse = promptEncoder.sparse(
            points: prompt.points.map {
                Prompt.Point(x: $0.x * across, y: $0.y * down, isForeground: $0.isForeground)
            },
            box: prompt.box.map {
                Prompt.Box(
                    left: $0.left * across, top: $0.top * down, right: $0.right * across,
                    bottom: $0.bottom * down)
            })
        let (masks, iou) = decoder(
            features: Tensor(embedding.features), sparse: sparse,
            dense: promptEncoder.dense(mask: prompt.mask))
        return outputs.indices(count: iou.count, isAmbiguous: prompt.isAmbiguous).map { index in
            let small = masks[leading: index]
            return MaskPrediction(
                iou: iou.scalars[index], lowResolutionLogits: small, index: index,
                enlarge: { enlarged(small, embedding) })
        }
    }

    /// Resizes the decoder's output to the model's input size, crops the padding, and resizes to the image's size.
    private func enlarged(_ small: NDArray, _ embedding: ImageEmbedding) -> NDArray {
        let side = configuration.vision.imageSize
        return Tensor(small.reshaped([1, small.shape[0], small.shape[1], 1]))
            .resizedBilinear(height: side, width: side)
            .sliced(axis: 1, 0..<embedding.scaledHeight).sliced(axis: 2, 0..<embedding.scaledWidth)
            .resizedBilinear(height: embedding.height, width: embedding.width)
            .value.reshaped([embedding.height, embedding.width])
    }

    private func check(_ prompt: Prompt, _ embedding: ImageEmbedding) throws {
        let (width, height) = (Double(embedding.width), Double(embedding.height))
        guard !prompt.points.isEmpty || prompt.box != nil || prompt.mask != nil else {
            throw SegmentAnythingError("nothing is selected: give a point, a box or a mask")
        }
        for point in prompt.points where !(0..<width ~= point.x && 0..<height ~= point.y) {
            throw SegmentAnythingError(
                "point \(point.x),\(point.y) lies outside the picture of \(embedding.width) × \(embedding.height)"
            )
        }
        if let box = prompt.box {
            guard box.left < box.right, box.top < box.bottom else {
                throw SegmentAnythingError(
                    "box \(box.left),\(box.top),\(box.right),\(box.bottom) is empty; give left, top, right, bottom"
                )
            }
            guard 0...width ~= box.left, 0...width ~= box.right, 0...height ~= box.top,
                0...height ~= box.bottom
            else {
                throw SegmentAnythingError(
                    "box \(box.left),\(box.top),\(box.right),\(box.bottom) reaches outside the picture of "
                        + "\(embedding.width) × \(embedding.height)")
            }
        }
        let grid = configuration.vision.grid
        if let mask = prompt.mask, mask.shape != [4 * grid, 4 * grid] {
            throw SegmentAnythingError(
                "a mask prompt must be \(4 * grid) × \(4 * grid), as a prediction's lowResolutionLogits are")
        }
    }
}
