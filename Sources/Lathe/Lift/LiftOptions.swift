// Options of a lift with all defaults filled in, as saved in `run.json`.

public import Distillation

/// Options of a lift.
public struct LiftOptions: Codable, Sendable {
    /// Trade-off between time and quality.
    public enum Preset: String, Codable, Sendable, CaseIterable {
        /// Fewest steps and smallest outputs.
        case draft
        /// The default.
        case standard
        /// Most steps and largest outputs.
        case fine
    }

    /// The source of the caption.
    public enum Prompt: Codable, Sendable, Hashable {
        /// The captioner describes the cut-out.
        case auto
        /// A given caption.
        case text(String)
    }

    /// Path of the photograph.
    public var picture: String
    /// The object in the photograph.
    public var selection: Selection
    /// Where the caption comes from.
    public var prompt: Prompt
    /// Steps, sizes and film by default.
    public var preset: Preset
    /// Seed of all random numbers; the same seed gives the same bytes on the same machine.
    public var seed: UInt64
    /// Whether the object is taken to be mirror-symmetric: its other side then shows the photograph, mirrored.
    public var symmetry: SymmetryChoice
    /// The models used.
    public var models: ModelSet
    /// The run directory.
    public var output: String
    /// Settings of the distillation by key path, as text: numbers, booleans and lists in JSON.
    public var settings: [String: String]
    /// Options of the turntable film.
    public var film: FilmOptions
    /// Options of the mesh.
    public var mesh: MeshOptions

    /// See the properties; film and mesh default to the preset's.
    public init(
        picture: String, selection: Selection, prompt: Prompt = .auto, preset: Preset = .standard,
        seed: UInt64 = 0, symmetry: SymmetryChoice = .auto, models: ModelSet, output: String,
        settings: [String: String] = [:], film: FilmOptions? = nil, mesh: MeshOptions? = nil
    ) {
        self.picture = picture
        self.selection = selection
        self.prompt = prompt
        self.preset = preset
        self.seed = seed
        self.symmetry = symmetry
        self.models = models
        self.output = output
        self.settings = settings
        self.film = film ?? FilmOptions(for: preset)
        self.mesh = mesh ?? MeshOptions(for: preset)
    }
}

extension LiftOptions {
    /// Checks the values.
    /// - Throws: `LatheError` (`badInput`) naming the first value that cannot be used.
    public func validate() throws {
        try film.validate()
        try mesh.validate()
        if case .text(let text) = prompt {
            guard !text.allSatisfy(\.isWhitespace) else {
                throw LatheError.badInput("\(.prompt) is empty; say what the object is, or leave it out")
            }
            try PromptText.check(text, .prompt)
        }
        _ = try LiftSettings.configuration(self)
        guard !output.isEmpty else {
            throw LatheError.badInput("the run directory has no name; give one with \(.output)")
        }
    }
}
