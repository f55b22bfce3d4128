// Everything a lift is asked to do, resolved: saved in `run.json`, so that a run can be repeated.

/// What a lift is asked to do.
public struct LiftOptions: Codable, Sendable {
    /// How much work is spent.
    public enum Preset: String, Codable, Sendable, CaseIterable {
        case draft, standard, fine
    }

    /// Where the caption comes from.
    public enum Prompt: Codable, Sendable, Hashable {
        /// The captioner looks at the cut-out.
        case auto
        case text(String)
    }

    /// The picture file.
    public var picture: String
    public var selection: Selection
    public var prompt: Prompt
    public var preset: Preset
    public var seed: UInt64
    public var models: ModelSet
    /// The run directory.
    public var output: String
    /// Settings of the lift changed by name, as given with `--set key=value`.
    public var settings: [String: String]
    public var film: FilmOptions
    public var mesh: MeshOptions

    public init(
        picture: String, selection: Selection, prompt: Prompt = .auto, preset: Preset = .standard,
        seed: UInt64 = 0, models: ModelSet, output: String, settings: [String: String] = [:],
        film: FilmOptions? = nil, mesh: MeshOptions? = nil
    ) {
        self.picture = picture
        self.selection = selection
        self.prompt = prompt
        self.preset = preset
        self.seed = seed
        self.models = models
        self.output = output
        self.settings = settings
        self.film = film ?? FilmOptions(for: preset)
        self.mesh = mesh ?? MeshOptions(for: preset)
    }
}

extension LiftOptions {
    /// - Throws: `LatheError` (`badInput`) naming the first value that cannot be used.
    public func validate() throws {
        try film.validate()
        try mesh.validate()
        if case .text(let text) = prompt, text.allSatisfy(\.isWhitespace) {
            throw LatheError.badInput("--prompt is empty; say what the object is, or leave it out")
        }
        _ = try LiftSettings.configuration(self)
        guard !output.isEmpty else {
            throw LatheError.badInput("the run directory has no name; give one with -o")
        }
    }
}
