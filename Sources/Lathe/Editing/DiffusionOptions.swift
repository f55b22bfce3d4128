// How a diffusion model is asked.

import Foundation
import StableDiffusion

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

    /// What the picture should not show.
    public var negativePrompt = ""
    public var steps = 30
    /// s of `u + s (c - u)`.
    public var guidance: Float = 7.5
    /// The sampler's short name; nil for the one that the model names.
    public var sampler: String?
    /// How much of the old content of a hole is forgotten, above 0 up to 1.
    public var strength = 1.0
    /// Strength of the second pass at the picture's own resolution; 0 for none.
    public var detail = 0.35
    /// Random numbers as PyTorch draws them.
    public var usesTorchRandom = false
    public var loras: [Weighted] = []
    public var embeddings: [Weighted] = []

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
        try require("guidance", Double(guidance), 0...50)
        try require("strength", strength, 0.02...1)
        try require("detail", detail, 0...0.9)
        _ = try samplerKind()
    }

    /// Whether the second pass has at least one step to take.
    var hasDetail: Bool { detail * Double(steps) >= 1 }

    func samplerKind() throws -> SamplerKind? {
        guard let sampler else { return nil }
        guard let kind = SamplerKind(rawValue: sampler) else {
            let known = SamplerKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw LatheError.badInput("there is no sampler '\(sampler)'; choose from \(known)")
        }
        return kind
    }
}
