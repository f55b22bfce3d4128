// A Prompt-to-Prompt edit in words, as in a request; the model's tokenizer turns it into a `PromptEdit`.

import Arrays
import CLIP
import Tokenizers

/// The prompt whose attention an image uses, and the weights of its words.
///
/// Source: Hertz et al. 2022, "Prompt-to-Prompt Image Editing with Cross-Attention Control".
public struct PromptChange: Sendable, Hashable, Codable {
    /// The prompt whose attention is used; nil to weight words only.
    public var source: String?
    /// Words of the request's prompt whose attention is scaled, wherever they occur.
    public var weights: [WordWeight]
    /// The share of the steps, from the first, in which cross-attention is taken from the source.
    public var crossReplaceSteps: Float
    /// The share of the steps, from the first, in which self-attention, and thereby the layout, is taken from the
    /// source.
    public var selfReplaceSteps: Float

    public init(
        source: String? = nil, weights: [WordWeight] = [], crossReplaceSteps: Float = 0.8,
        selfReplaceSteps: Float = 0.4
    ) {
        (self.source, self.weights) = (source, weights)
        (self.crossReplaceSteps, self.selfReplaceSteps) = (crossReplaceSteps, selfReplaceSteps)
    }

    /// The attention edit.
    /// - Throws: `GenerationError` if a prompt is too long, a weighted word is not in the prompt, a weight is not a
    ///   number, or a share is not in [0, 1].
    func edit(to prompt: String, _ grammar: PromptGrammar, _ pipeline: DiffusionPipeline) throws -> PromptEdit
    {
        for share in [crossReplaceSteps, selfReplaceSteps] where !(0...1).contains(share) {
            throw GenerationError(description: "a share of \(share) of the steps does not lie from 0 to 1")
        }
        // Pieces of different weight are tokenised separately, as if separated by a space.
        func plain(_ prompt: String) -> String {
            grammar.pieces(of: prompt).map(\.text).joined(separator: " ")
        }
        var edit = try PromptEdit(
            from: source.map(plain), to: plain(prompt), weights: weights, tokenizer: pipeline.tokenizer,
            length: pipeline.textEncoder.configuration.positionCount)
        (edit.crossReplaceSteps, edit.selfReplaceSteps) = (crossReplaceSteps, selfReplaceSteps)
        return edit
    }
}

extension DiffusionPipeline {
    /// The condition tokens of a request: of its source prompt, if there is one, and of its prompt.
    /// - Throws: `GenerationError` if prompts of an edit take more than one part.
    func encode(_ request: GenerationRequest) throws -> EncodedPrompts {
        let negative = request.guidance > 1 ? request.negativePrompt : nil
        let asked = encode(request.prompt, negative: negative, grammar: request.grammar)
        guard let change = request.change else { return asked }
        let length = textEncoder.configuration.positionCount
        let source = change.source.map { encode($0, negative: nil, grammar: request.grammar) }
        guard [asked, source].allSatisfy({ $0 == nil || $0?.condition.shape[1] == length }) else {
            throw GenerationError(
                description:
                    "editing by prompt takes prompts and negative prompts of at most \(length - 2) tokens; shorten them"
            )
        }
        return EncodedPrompts(
            condition: .concatenated([source?.condition, asked.condition].compactMap(\.self), axis: 0),
            unconditional: asked.unconditional, notes: asked.notes)
    }
}
