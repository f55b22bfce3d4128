// The whole captioner: from an image to a sentence.

public import Arrays
import Autograd
public import Checkpoints
public import Images
import Layers
public import Tokenizers

/// The image encoder's result, from which any number of captions can be generated.
public struct BLIPImageFeatures: Sendable {
    /// The encoder's output, `[1, 1 + patches, hidden]`, the class token first.
    public let values: NDArray

    package init(values: NDArray) { self.values = values }
}

/// BLIP's captioner (Li and others 2022), as transformers' `BlipForConditionalGeneration` computes it.
public struct BLIPCaptioner: Sendable {
    public let configuration: BLIPConfiguration
    public let tokenizer: BERTTokenizer
    private let preprocessing: BLIPPreprocessing
    private let encoder: BLIPVisionEncoder
    private let decoder: BLIPTextDecoder

    /// Loads `config.json`, the weights, the tokenizer, and `preprocessor_config.json` if present.
    /// - Throws: `CheckpointError` or `TokenizerError` if a file is missing, damaged, or of another kind of model.
    public init(folder: String, precision: Precision = .float32) throws {
        let configuration = try loadConfiguration(
            BLIPConfiguration.self, from: folder + "/config.json", modelTypes: ["blip"])
        try self.init(
            configuration, from: try WeightScope.open(folder: folder).multiplied(in: precision),
            tokenizer: try BERTTokenizer(folder: folder),
            preprocessing: try BLIPPreprocessing(side: configuration.vision.imageSize, folder: folder))
    }

    /// Builds the model from existing weights; images are normalised as published.
    public init(_ configuration: BLIPConfiguration, from weights: WeightScope, tokenizer: BERTTokenizer)
        throws
    {
        try self.init(
            configuration, from: weights, tokenizer: tokenizer,
            preprocessing: BLIPPreprocessing(side: configuration.vision.imageSize))
    }

    private init(
        _ configuration: BLIPConfiguration, from weights: WeightScope, tokenizer: BERTTokenizer,
        preprocessing: BLIPPreprocessing
    ) throws {
        guard tokenizer.vocabularySize <= configuration.text.vocabularySize else {
            throw CheckpointError(
                path: weights.origin,
                reason: "the tokenizer has \(tokenizer.vocabularySize) tokens, "
                    + "text_config.vocab_size only \(configuration.text.vocabularySize)")
        }
        self.configuration = configuration
        self.tokenizer = tokenizer
        self.preprocessing = preprocessing
        encoder = try BLIPVisionEncoder(configuration.vision, from: weights["vision_model"])
        decoder = try BLIPTextDecoder(configuration, from: weights["text_decoder"])
        // Position indices, and duplicate names of tied tensors.
        let isTied = configuration.tiesEmbeddings && configuration.text.tiesEmbeddings
        try weights.finish(
            ignoring: ["text_decoder.bert.embeddings.position_ids", "text_decoder.cls.predictions.bias"]
                + (isTied ? ["text_decoder.cls.predictions.decoder.*"] : []))
    }

    /// Runs the image encoder.
    /// - Parameter image: any size, resized to a square; alpha is ignored.
    public func encode(_ image: Image) -> BLIPImageFeatures {
        BLIPImageFeatures(values: features(of: preprocessing(image)))
    }

    /// Captions an image.
    public func caption(_ image: Image, options: CaptionOptions = CaptionOptions()) -> Caption {
        caption(encode(image), options: options)
    }

    /// Captions an encoded image.
    /// - Precondition: the prompt leaves at least one position within `maximumLength`.
    public func caption(_ image: BLIPImageFeatures, options: CaptionOptions = CaptionOptions()) -> Caption {
        let prompt = promptIDs(options.prompt)
        precondition(
            prompt.count < options.maximumLength && options.maximumLength <= configuration.text.positions,
            "BLIPCaptioner: maximumLength \(options.maximumLength) for a prompt of \(prompt.count) tokens")
        let search = SequenceSearch<BLIPDecoderState>(
            prompt: prompt, endID: configuration.text.endID, minimumLength: options.minimumLength,
            maximumLength: options.maximumLength, repetitionPenalty: options.repetitionPenalty,
            read: scores, select: { $0.selecting($1) })
        let state = decoder.begin(Tensor(image.values))
        let result: SequenceSearch<BLIPDecoderState>.Result
        switch options.method {
        case .greedy: result = search.greedy(state)
        case .beams(let width): result = search.beams(state, width: width)
        case .nucleus(let topP, let seed, let sample):
            var random = RandomStream(seed: seed, stream: "caption", step: sample)
            result = search.nucleus(state, topP: topP, topK: 50, random: &random)
        }
        let words = Array(result.ids.dropFirst(prompt.count))
        return Caption(text: tokenizer.decode(words), ids: result.ids, score: result.score)
    }

    /// Begin token and prompt; the tokenizer's begin and end tokens are BERT's and are replaced.
    func promptIDs(_ prompt: String) -> [Int] {
        [configuration.text.beginID] + tokenizer.tokenIDs(prompt).dropFirst().dropLast()
    }

    /// Scores of the next token of each sequence after further tokens.
    private func scores(_ ids: [[Int]], _ state: inout BLIPDecoderState) -> [[Float]] {
        let hidden = decoder.extend(ids, &state)
        let last = hidden.sliced(axis: 1, hidden.shape[1] - 1..<hidden.shape[1])
        let words = decoder.predict(last).value.reshaped([ids.count, -1])
        return ids.indices.map { words[leading: $0].scalars }
    }

    // MARK: - For tests

    /// Pixels ready for the encoder, `[1, side, side, 3]`, to features `[1, tokens, hidden]`.
    package func features(of pixels: NDArray) -> NDArray { encoder(Tensor(pixels)).value }

    /// The encoder's input for an image.
    package func preprocess(_ image: Image) -> NDArray { preprocessing(image) }

    /// Scores of the next token after each token, `[1, tokens, vocabulary]`, processing `chunks` of the ids in
    /// sequence.
    package func logits(_ chunks: [[Int]], image: NDArray) -> NDArray {
        var state = decoder.begin(Tensor(image))
        let parts = chunks.map { decoder.predict(decoder.extend([$0], &state)) }
        return Tensor.concatenated(parts, axis: 1).value
    }
}
