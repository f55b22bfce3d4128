// Settings of a diffusion model.

import Compositing
import Foundation
public import StableDiffusion

/// Settings of a diffusion model, apart from prompt and picture.
public struct DiffusionOptions: Codable, Sendable, Hashable {
    /// An adapter file (LoRA or textual inversion) with its strength.
    public struct Weighted: Codable, Sendable, Hashable {
        /// The file.
        public var path: String
        /// Multiplier of the adapter's effect.
        public var strength: Float

        /// See the properties.
        public init(path: String, strength: Float = 1) { (self.path, self.strength) = (path, strength) }

        /// Parses `FILE` or `FILE:0.8`.
        package init?(parsing text: String) {
            guard let mark = text.lastIndex(of: ":"), let strength = Float(text[text.index(after: mark)...])
            else {
                guard !text.isEmpty else { return nil }
                self.init(path: text)
                return
            }
            guard mark != text.startIndex, strength.isFinite, abs(strength) <= 10 else { return nil }
            self.init(path: String(text[..<mark]), strength: strength)
        }
    }

    /// A ControlNet with its control picture.
    public struct Control: Codable, Sendable, Hashable {
        /// The condition computed from the picture.
        public var kind: ControlNetKind
        /// A folder, or a file of the original layout.
        public var model: String
        /// The picture from which the condition is computed.
        public var picture: String
        /// Multiplier of the ControlNet's outputs.
        public var scale: Float

        /// See the properties.
        public init(kind: ControlNetKind, model: String, picture: String, scale: Float = 1) {
            (self.kind, self.model, self.picture, self.scale) = (kind, model, picture, scale)
        }

        /// Parses `KIND:MODEL:PICTURE` or `KIND:MODEL:PICTURE:0.8`; neither path may hold a colon.
        package init?(parsing text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard (3...4).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }),
                let kind = ControlNetKind(rawValue: parts[0]),
                let scale = parts.count == 4 ? Float(parts[3]) : 1, scale.isFinite, abs(scale) <= 10
            else { return nil }
            self.init(kind: kind, model: parts[1], picture: parts[2], scale: scale)
        }
    }

    /// Prompt of the unconditional branch.
    public var negativePrompt = ""
    /// Denoising steps, 1 to 1000.
    public var steps = 30
    /// s of `u + s (c - u)`, 0 to 50; nil is 7.5, or 4 for models below 256 pixels.
    public var guidance: Float?
    /// CFG rescale φ: 0 off, 1 full (Lin and others 2023, section 3.4).
    public var guidanceRescale: Float = 0
    /// The sampler's name; nil for the model's own.
    public var sampler: String?
    /// Share of the noise schedule that a hole's content goes through, 0.02 to 1; 1 ignores the old content.
    public var strength = 1.0
    /// Strength of the detail pass at the picture's own resolution, 0 to 0.9; 0 for none.
    ///
    /// nil is 0.35, or none for models below 256 pixels.
    public var detail: Double?
    /// Whether random numbers are those of PyTorch's generator.
    public var usesTorchRandom = false
    /// Low-rank adapters.
    public var loras: [Weighted] = []
    /// Textual inversions.
    public var embeddings: [Weighted] = []
    /// ControlNets with their pictures.
    public var controls: [Control] = []
    /// Attention control by another prompt (prompt-to-prompt).
    public var change: PromptChange?
    /// Tokenizer of a model in a single file: a folder or OpenAI's list of merges; nil looks next to the
    /// file.
    public var tokenizer: String?
    /// What a model in a single file predicts; nil infers it from the tensors.
    public var prediction: PredictionType?

    /// Syntax of the prompts; nil is `weighted`.
    public var grammar: PromptGrammar?
    /// A folder or file with an autoencoder (VAE) to use in place of the model's; nil for the model's own.
    public var autoencoder: String?

    /// The defaults.
    public init() {}

    /// Checks the values.
    /// - Throws: `LatheError` (`badInput`) for a value out of range.
    func validate() throws {
        func require(_ name: OptionName, _ value: Double, _ range: ClosedRange<Double>) throws {
            guard value.isFinite, range.contains(value) else {
                let limits = String(format: "%g to %g", range.lowerBound, range.upperBound)
                throw LatheError.badInput("\(name) is \(String(format: "%g", value)); use \(limits)")
            }
        }
        try require(.steps, Double(steps), 1...1000)
        if let guidance { try require(.guidance, Double(guidance), 0...50) }
        try require(.guidanceRescale, Double(guidanceRescale), 0...1)
        try require(.strength, strength, 0.02...1)
        if let detail { try require(.detail, detail, 0...0.9) }
        if let change {
            try require(.crossReplaceSteps, Double(change.crossReplaceSteps), 0...1)
            try require(.selfReplaceSteps, Double(change.selfReplaceSteps), 0...1)
        }
        try PromptText.check(negativePrompt, .negativePrompt, mayBeEmpty: true)
        _ = try samplerKind()
    }

    /// All files and folders that are read apart from the model.
    var inputs: [String] {
        (loras + embeddings).map(\.path) + [autoencoder].compactMap(\.self)
            + controls.flatMap { [$0.model, $0.picture] }
    }

    /// A request with these settings, completed by `defaults`.
    func request(_ prompt: String, seed: UInt64, _ defaults: DiffusionDefaults) throws -> GenerationRequest {
        var request = GenerationRequest(
            prompt: prompt, negativePrompt: negativePrompt, grammar: grammar ?? .weighted, steps: steps,
            sampler: try samplerKind(),
            guidance: guidance ?? defaults.guidance, guidanceRescale: guidanceRescale, seed: seed,
            random: usesTorchRandom ? .torch : .lathe)
        request.change = change
        return request
    }

    /// Strength of the detail pass for a model with these needs.
    func strengthOfDetail(_ needs: CropPlan.Needs) -> Double {
        if let detail { return detail }
        guard case .area(let side, _) = needs.size else { return 0 }
        return DiffusionDefaults(side: side).detail
    }

    /// Whether a detail pass of this strength has at least one step.
    func hasSteps(forDetail strength: Double) -> Bool { strength * Double(steps) >= 1 }

    func samplerKind() throws -> SamplerKind? {
        guard let sampler else { return nil }
        guard let kind = SamplerKind(rawValue: sampler) else {
            let known = SamplerKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw LatheError.badInput("there is no sampler '\(sampler)'; choose from \(known)")
        }
        return kind
    }
}
