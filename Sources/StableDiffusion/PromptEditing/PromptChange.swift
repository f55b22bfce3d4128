// Prompt-to-Prompt as a request asks for it, in words; the tokenizer of the model makes a `PromptEdit` of it.

import Arrays
import CLIP
import Tokenizers

/// What a picture takes over from the attention of another prompt, and which of its words count more or less.
///
/// Source: Hertz et al. 2022, "Prompt-to-Prompt Image Editing with Cross-Attention Control".
public struct PromptChange: Sendable, Hashable, Codable {
    /// The prompt whose attention is taken over; nil only weights words.
    public var source: String?
    /// Words of the request's prompt whose attention is scaled, wherever they occur.
    public var weights: [WordWeight]
    /// The share of the steps, from the first, in which words attend where the source's do.
    public var crossReplaceSteps: Float
    /// The share of the steps, from the first, in which the source's layout is taken over.
    public var selfReplaceSteps: Float

    public init(
        source: String? = nil, weights: [WordWeight] = [], crossReplaceSteps: Float = 0.8,
        selfReplaceSteps: Float = 0.4
    ) {
        (self.source, self.weights) = (source, weights)
        (self.crossReplaceSteps, self.selfReplaceSteps) = (crossReplaceSteps, selfReplaceSteps)
    }

    /// The change as an edit of attention.
    /// - Throws: `GenerationError` when a prompt is too long, a weighted word is not in the prompt, a weight is no number or
    ///   a share does not lie from 0 to 1.
    func edit(to prompt: String, _ grammar: PromptGrammar, _ pipeline: DiffusionPipeline) throws -> PromptEdit
    {
        for share in [crossReplaceSteps, selfReplaceSteps] where !(0...1).contains(share) {
            throw GenerationError(description: "a share of \(share) of the steps does not lie from 0 to 1")
        }
        // Pieces of different weight are read one by one, as if there were a space between them.
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
    /// The condition tokens of a request: of the source of its change, if there is one, and of its prompt.
    /// - Throws: `GenerationError` when prompts of a change are read in more than one part.
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
