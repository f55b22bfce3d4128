// Options of mesh extraction.

/// Options of mesh extraction.
public struct MeshOptions: Codable, Sendable, Hashable {
    /// Grid points along each side of the marching-cubes grid, 16 to 512.
    public var resolution: Int
    /// Upper bound on triangles, at least 4; nil keeps all.
    public var faces: Int?
    /// Side of the texture, 64 to 8192 texels; 0 stores vertex colours instead.
    public var texture: Int

    /// See the properties; values are checked by ``validate()``.
    public init(resolution: Int = 128, faces: Int? = nil, texture: Int = 0) {
        self.resolution = resolution
        self.faces = faces
        self.texture = texture
    }

    /// The options of a preset: 64, 112 or 192 grid points, 6,000, 20,000 or 60,000 faces, 512, 1024 or 2048
    /// texels.
    public init(for preset: LiftOptions.Preset) {
        switch preset {
        case .draft: self.init(resolution: 64, faces: 6_000, texture: 512)
        case .standard: self.init(resolution: 112, faces: 20_000, texture: 1024)
        case .fine: self.init(resolution: 192, faces: 60_000, texture: 2048)
        }
    }

    /// Checks the values.
    /// - Throws: `LatheError` (`badInput`) if a value is out of range.
    public func validate() throws {
        guard (16...512).contains(resolution) else {
            throw LatheError.badInput("\(.resolution) \(resolution) is out of range; use 16 to 512")
        }
        if let faces, faces < 4 { throw LatheError.badInput("\(.faces) \(faces) is too few; use 4 or more") }
        guard texture == 0 || (64...8192).contains(texture) else {
            throw LatheError.badInput("\(.texture) \(texture) is out of range; use 64 to 8192, or 0 for none")
        }
    }
}
