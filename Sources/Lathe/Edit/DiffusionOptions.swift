// How a diffusion model is asked.

import Compositing
import Foundation
public import StableDiffusion

/// The settings of a diffusion run, apart from what it shows.
public struct DiffusionOptions: Codable, Sendable, Hashable {
    /// Adapters (LoRA, learned words) and control pictures are files with a strength.
    public struct Weighted: Codable, Sendable, Hashable {
        public var path: String
        public var strength: Float

        public init(path: String, strength: Float = 1) { (self.path, self.strength) = (path, strength) }

        /// Parses `FILE` or `FILE:0.8`.
        public init?(parsing text: String) {
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

    /// A ControlNet and the picture that it steers by.
    public struct Control: Codable, Sendable, Hashable {
        public var kind: ControlNetKind
        /// A folder, or a file of the original layout.
        public var model: String
        /// The picture that the condition is made from.
        public var picture: String
        public var scale: Float

        public init(kind: ControlNetKind, model: String, picture: String, scale: Float = 1) {
            (self.kind, self.model, self.picture, self.scale) = (kind, model, picture, scale)
        }

        /// Parses `KIND:MODEL:PICTURE` or `KIND:MODEL:PICTURE:0.8`; neither path may hold a colon.
        public init?(parsing text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard (3...4).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }),
                let kind = ControlNetKind(rawValue: parts[0]),
                let scale = parts.count == 4 ? Float(parts[3]) : 1, scale.isFinite, abs(scale) <= 10
            else { return nil }
            self.init(kind: kind, model: parts[1], picture: parts[2], scale: scale)
        }
    }

    /// What the picture should not show.
    public var negativePrompt = ""
    public var steps = 30
    /// s of `u + s (c - u)`; nil is 7.5, or 4 where the model works below 256 pixels.
    public var guidance: Float?
    /// Share, 0 … 1, by which guided answers get back the contrast of unguided ones (Lin and others 2023, section 3.4).
    public var guidanceRescale: Float = 0
    /// The sampler's short name; nil for the one that the model names.
    public var sampler: String?
    /// How much of the old content of a hole is forgotten, above 0 up to 1.
    public var strength = 1.0
    /// Strength of the second pass at the picture's own resolution; 0 for none.
    ///
    /// nil is 0.35, or none where the model works below 256 pixels.
    public var detail: Double?
    /// Random numbers as PyTorch draws them.
    public var usesTorchRandom = false
    public var loras: [Weighted] = []
    public var embeddings: [Weighted] = []
    public var controls: [Control] = []
    /// What of another prompt's attention is kept, and which words count more or less.
    public var change: PromptChange?
    /// The vocabulary of a model in a single file: a tokenizer folder or OpenAI's list of merges; nil looks beside the file.
    public var tokenizer: String?
    /// What a model in a single file predicts, where its tensors do not tell.
    public var prediction: PredictionType?

    public init() {}

    /// - Throws: `LatheError` (`badInput`) for a value out of range.
    func validate() throws {
        func require(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
            guard value.isFinite, range.contains(value) else {
                let limits = String(format: "%g to %g", range.lowerBound, range.upperBound)
                throw LatheError.badInput("--\(name) is \(String(format: "%g", value)); use \(limits)")
            }
        }
        try require("steps", Double(steps), 1...1000)
        if let guidance { try require("guidance", Double(guidance), 0...50) }
        try require("guidance-rescale", Double(guidanceRescale), 0...1)
        try require("strength", strength, 0.02...1)
        if let detail { try require("detail", detail, 0...0.9) }
        if let change {
            try require("keep-attention", Double(change.crossReplaceSteps), 0...1)
            try require("keep-layout", Double(change.selfReplaceSteps), 0...1)
        }
        _ = try samplerKind()
    }

    /// Every file and folder that is read apart from the model: adapters, learned words, controls and their pictures.
    var inputs: [String] {
        (loras + embeddings).map(\.path) + controls.flatMap { [$0.model, $0.picture] }
    }

    /// A request with these settings, and what they leave open as `defaults` say.
    func request(_ prompt: String, seed: UInt64, _ defaults: DiffusionDefaults) throws -> GenerationRequest {
        var request = GenerationRequest(
            prompt: prompt, negativePrompt: negativePrompt, steps: steps, sampler: try samplerKind(),
            guidance: guidance ?? defaults.guidance, guidanceRescale: guidanceRescale, seed: seed,
            random: usesTorchRandom ? .torch : .lathe)
        request.change = change
        return request
    }

    /// Strength of the second pass with a model that needs this.
    func strengthOfDetail(_ needs: CropPlan.Needs) -> Double {
        if let detail { return detail }
        guard case .area(let side, _) = needs.size else { return 0 }
        return DiffusionDefaults(side: side).detail
    }

    /// Whether a second pass has at least one step to take.
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
