// BLIP's text decoder: causal BERT layers with cross-attention to the image, and the output layer.

import Arrays
import Autograd
import Checkpoints
import Layers

/// The decoder's cache: keys and values of the image, and of the tokens of each sequence.
struct BLIPDecoderState: Sendable {
    struct Pair: Sendable {
        var keys: Tensor
        var values: Tensor
    }

    /// Per layer, `[1, heads, image tokens, d]`; shared by all sequences.
    fileprivate let image: [Pair]
    /// Per layer, `[sequences, heads, length, d]`; empty before the first token.
    fileprivate var past: [Pair] = []
    /// Number of tokens processed so far.
    fileprivate(set) var length = 0

    /// The state of the sequences at `rows`, in that order; rows may be repeated.
    func selecting(_ rows: [Int]) -> BLIPDecoderState {
        var copy = self
        copy.past = past.map { pair in
            func pick(_ x: Tensor) -> Tensor {
                x.reshaped([x.shape[0], -1]).gathered(rows: rows).reshaped([rows.count] + x.shape.dropFirst())
            }
            return Pair(keys: pick(pair.keys), values: pick(pair.values))
        }
        return copy
    }
}

/// Token ids and image features to scores of the next word.
///
/// Source: salesforce/BLIP `models/med.py`; transformers `BlipTextLMHeadModel`.
struct BLIPTextDecoder: Sendable {
    private let words: Embedding
    private let positions: Tensor
    private let norm: LayerNorm
    private let layers: [BLIPTextLayer]
    private let predictor: WordPredictor
    private let positionCount: Int

    init(_ configuration: BLIPConfiguration, from weights: WeightScope) throws {
        let c = configuration.text
        let embeddings = weights["bert.embeddings"]
        words = try Embedding(
            from: embeddings["word_embeddings"], count: c.vocabularySize, size: c.hiddenSize)
        positions = Tensor(
            try embeddings.tensor("position_embeddings.weight", [c.positions, c.hiddenSize]))
        norm = try LayerNorm(
            from: embeddings["LayerNorm"], size: c.hiddenSize, epsilon: c.layerNormEpsilon)
        layers = try (0..<c.layers).map {
            try BLIPTextLayer(
                c, imageSize: configuration.vision.hiddenSize, from: weights["bert.encoder.layer"][$0])
        }
        predictor = try WordPredictor(
            c, sharing: configuration.tiesEmbeddings && c.tiesEmbeddings ? words.weight : nil,
            from: weights["cls.predictions"])
        positionCount = c.positions
    }

    /// The state before the first token, for an image of features `[1, tokens, hidden]`.
    func begin(_ image: Tensor) -> BLIPDecoderState {
        BLIPDecoderState(image: layers.map { $0.cross.pair(of: image) })
    }

    /// Processes further tokens of each sequence.
    /// - Parameters:
    ///   - ids: the same number of tokens for every sequence.
    ///   - state: of as many sequences; the tokens are appended.
    /// - Returns: `[sequences, tokens, hidden]`.
    func extend(_ ids: [[Int]], _ state: inout BLIPDecoderState) -> Tensor {
        let (count, n) = (ids.count, ids[0].count)
        precondition(ids.allSatisfy { $0.count == n } && n > 0, "BLIPTextDecoder: ragged ids")
        precondition(
            state.length + n <= positionCount,
            "BLIPTextDecoder: \(state.length + n) tokens of \(positionCount)")
        let places = positions.sliced(axis: 0, state.length..<state.length + n)
        var x = norm(words(ids.flatMap { $0 }).reshaped([count, n, -1]) + places)
        var past: [BLIPDecoderState.Pair] = []
        let mask = n > 1 ? causalMask(tokens: n, before: state.length) : nil
        for (index, layer) in layers.enumerated() {
            let earlier = state.past.isEmpty ? nil : state.past[index]
            let (y, pair) = layer(x, past: earlier, image: state.image[index], mask: mask)
            x = y
            past.append(pair)
        }
        state.past = past
        state.length += n
        return x
    }

    /// Scores of every token at each position: `[…, hidden]` → `[…, vocabulary]`.
    func predict(_ hidden: Tensor) -> Tensor { predictor(hidden) }

    /// `[n, before + n]`: minus infinity where a token would see a later one.
    private func causalMask(tokens n: Int, before: Int) -> Tensor {
        Tensor(
            NDArray(shape: [n, before + n]) { out in
                for row in 0..<n {
                    for column in 0..<before + n {
                        out[row * (before + n) + column] = column <= before + row ? 0 : -.infinity
                    }
                }
            })
    }
}

/// Self-attention, cross-attention to the image and feed-forward, each followed by a norm.
private struct BLIPTextLayer: Sendable {
    let own: BERTAttention
    let cross: BERTAttention
    let mlp: Perceptron
    let norm: LayerNorm

    init(_ c: BLIPConfiguration.Text, imageSize: Int, from weights: WeightScope) throws {
        own = try BERTAttention(c, keySize: c.hiddenSize, from: weights["attention"])
        cross = try BERTAttention(c, keySize: imageSize, from: weights["crossattention"])
        mlp = Perceptron(
            expand: try Linear(
                from: weights["intermediate.dense"], in: c.hiddenSize, out: c.intermediateSize),
            activation: c.activation,
            contract: try Linear(
                from: weights["output.dense"], in: c.intermediateSize, out: c.hiddenSize))
        norm = try LayerNorm(
            from: weights["output.LayerNorm"], size: c.hiddenSize, epsilon: c.layerNormEpsilon)
    }

    func callAsFunction(
        _ x: Tensor, past: BLIPDecoderState.Pair?, image: BLIPDecoderState.Pair, mask: Tensor?
    ) -> (Tensor, BLIPDecoderState.Pair) {
        var pair = own.pair(of: x)
        if let past {
            pair.keys = Tensor.concatenated([past.keys, pair.keys], axis: 2)
            pair.values = Tensor.concatenated([past.values, pair.values], axis: 2)
        }
        let y = own.attend(x, to: pair, mask: mask)
        let z = cross.attendShared(y, to: image)
        return (norm(mlp(z, plus: z)), pair)
    }
}

/// BERT's attention block with its output projection, residual and norm.
private struct BERTAttention: Sendable {
    let query: Linear
    let key: Linear
    let value: Linear
    let dense: Linear
    let norm: LayerNorm
    let heads: Int

    init(_ c: BLIPConfiguration.Text, keySize: Int, from weights: WeightScope) throws {
        let size = c.hiddenSize
        query = try Linear(from: weights["self.query"], in: size, out: size)
        key = try Linear(from: weights["self.key"], in: keySize, out: size)
        value = try Linear(from: weights["self.value"], in: keySize, out: size)
        dense = try Linear(from: weights["output.dense"], in: size, out: size)
        norm = try LayerNorm(from: weights["output.LayerNorm"], size: size, epsilon: c.layerNormEpsilon)
        heads = c.heads
    }

    func pair(of x: Tensor) -> BLIPDecoderState.Pair {
        BLIPDecoderState.Pair(keys: key(x).splitHeads(heads), values: value(x).splitHeads(heads))
    }

    func attend(_ x: Tensor, to pair: BLIPDecoderState.Pair, mask: Tensor?) -> Tensor {
        let mixed = attention(query(x).splitHeads(heads), pair.keys, pair.values, bias: mask).mergedHeads()
        return norm(dense(mixed, plus: x))
    }

    /// Attention of all sequences to one shared set of keys, with the sequences' tokens concatenated as queries.
    func attendShared(_ x: Tensor, to pair: BLIPDecoderState.Pair) -> Tensor {
        let (b, n) = (x.shape[0], x.shape[1])
        let queries = query(x.reshaped([1, b * n, x.shape[2]])).splitHeads(heads)
        let mixed = attention(queries, pair.keys, pair.values).mergedHeads().reshaped(x.shape)
        return norm(dense(mixed, plus: x))
    }
}

/// A dense layer, a norm, and a matmul with the token embeddings.
private struct WordPredictor: Sendable {
    let dense: Linear
    let activation: Activation
    let norm: LayerNorm
    let decoder: Linear

    /// - Parameter shared: the token embeddings if the output layer is tied to them.
    init(_ c: BLIPConfiguration.Text, sharing shared: Weight?, from weights: WeightScope) throws {
        let (size, count) = (c.hiddenSize, c.vocabularySize)
        dense = try Linear(from: weights["transform.dense"], in: size, out: size)
        norm = try LayerNorm(from: weights["transform.LayerNorm"], size: size, epsilon: c.layerNormEpsilon)
        activation = c.activation
        if let shared {
            // Tied files contain the bias under either name, or both.
            let name = weights.contains("bias") ? "bias" : "decoder.bias"
            decoder = Linear(
                weight: shared.changed { $0 },
                bias: try weights.tensor(name, [count]))
        } else {
            decoder = try Linear(from: weights["decoder"], in: size, out: count)
        }
    }

    func callAsFunction(_ x: Tensor) -> Tensor { decoder(norm(dense(x, then: activation))) }
}
