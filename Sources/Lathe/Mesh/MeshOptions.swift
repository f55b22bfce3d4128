// How a mesh is taken out of a field.

/// How a mesh is taken out of a field.
public struct MeshOptions: Codable, Sendable, Hashable {
    /// Cells along each side of the grid that the surface is found in.
    public var resolution: Int
    /// The surface is simplified to at most so many triangles; nil keeps all.
    public var faces: Int?
    /// Side in texels of the picture laid over the surface; 0 gives colours to the vertices instead.
    public var texture: Int

    public init(resolution: Int = 128, faces: Int? = nil, texture: Int = 0) {
        self.resolution = resolution
        self.faces = faces
        self.texture = texture
    }

    public init(for preset: LiftOptions.Preset) {
        switch preset {
        case .draft: self.init(resolution: 64, faces: 6_000, texture: 512)
        case .standard: self.init(resolution: 112, faces: 20_000, texture: 1024)
        case .fine: self.init(resolution: 192, faces: 60_000, texture: 2048)
        }
    }

    /// - Throws: `LatheError` (`badInput`) if a value is out of range.
    public func validate() throws {
        guard (16...512).contains(resolution) else {
            throw LatheError.badInput("--resolution \(resolution) is out of range; use 16 to 512")
        }
        if let faces, faces < 4 { throw LatheError.badInput("--faces \(faces) is too few; use 4 or more") }
        guard texture == 0 || (64...8192).contains(texture) else {
            throw LatheError.badInput("--texture \(texture) is out of range; use 64 to 8192, or 0 for none")
        }
    }
}
