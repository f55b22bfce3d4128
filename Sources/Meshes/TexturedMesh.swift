// A mesh with materials: colours or textures.

import Arrays
import Files
public import Images

/// The colour of a surface: one colour, multiplied by a texture if there is one.
public struct MeshMaterial: Sendable {
    public var name: String
    /// sRGB colour in [0, 1].
    public var color: SIMD3<Float>
    /// A texture addressed by texture coordinates; repeats beyond its edges.
    public var texture: Image?

    public init(name: String, color: SIMD3<Float> = SIMD3(repeating: 1), texture: Image? = nil) {
        self.name = name
        self.color = color
        self.texture = texture?.rgb
    }

    /// The sRGB colour at a texture coordinate, bilinearly interpolated between texel centres.
    package func color(at coordinate: SIMD2<Float>) -> SIMD3<Float> {
        guard let texture, coordinate.x.isFinite, coordinate.y.isFinite else { return color }
        let (w, h) = (texture.width, texture.height)
        let wrapped = coordinate - coordinate.rounded(.down)
        let place = wrapped * SIMD2(Float(w), Float(h)) - 0.5
        let floor = place.rounded(.down)
        let share = place - floor
        let (left, top) = ((Int(floor.x) + w) % w, (Int(floor.y) + h) % h)
        let (right, bottom) = ((left + 1) % w, (top + 1) % h)
        return texture.pixels.withUnsafeBuffer { texels in
            func texel(_ x: Int, _ y: Int) -> SIMD3<Float> {
                let index = (y * w + x) * 3
                return SIMD3(texels[index], texels[index + 1], texels[index + 2])
            }
            let upper = texel(left, top) * (1 - share.x) + texel(right, top) * share.x
            let lower = texel(left, bottom) * (1 - share.x) + texel(right, bottom) * share.x
            return color * (upper * (1 - share.y) + lower * share.y)
        }
    }
}

/// A mesh with materials.
public struct TexturedMesh: Sendable {
    /// Positions, faces, and vertex colours, which are multiplied by the materials.
    public var mesh: Mesh
    public var materials: [MeshMaterial]
    /// The material of each face, or −1 for none; empty if no face has one.
    public var faceMaterials: [Int]
    /// Texture coordinates of the three corners of each face, (0, 0) at the image's top left; empty if there are
    /// none.
    public var coordinates: [SIMD2<Float>]
    /// Notes on unsupported or invalid content that was skipped while reading, one line each.
    public var notes: [String]

    /// - Precondition: non-empty lists have one entry per face, or three for coordinates.
    public init(
        mesh: Mesh, materials: [MeshMaterial] = [], faceMaterials: [Int] = [],
        coordinates: [SIMD2<Float>] = [], notes: [String] = []
    ) {
        precondition(
            faceMaterials.isEmpty || faceMaterials.count == mesh.faces.count,
            "TexturedMesh: \(faceMaterials.count) materials for \(mesh.faces.count) faces")
        precondition(
            coordinates.isEmpty || coordinates.count == 3 * mesh.faces.count,
            "TexturedMesh: \(coordinates.count) coordinates for \(mesh.faces.count) faces")
        precondition(
            faceMaterials.allSatisfy { $0 < materials.count },
            "TexturedMesh: a face names a material past the last")
        self.mesh = mesh
        self.materials = materials
        self.faceMaterials = faceMaterials
        self.coordinates = coordinates
        self.notes = notes
    }

    /// The material of a face, if it has one.
    package func material(of face: Int) -> MeshMaterial? {
        guard !faceMaterials.isEmpty, faceMaterials[face] >= 0 else { return nil }
        return materials[faceMaterials[face]]
    }

    /// The mesh with vertex colours only: each vertex takes the mean of its corners' colours.
    public var flattened: Mesh {
        guard !faceMaterials.isEmpty else { return mesh }
        var sums = [SIMD4<Float>](repeating: .zero, count: mesh.positions.count)
        for (index, face) in mesh.faces.enumerated() {
            for corner in 0..<3 {
                let coordinate = coordinates.isEmpty ? SIMD2<Float>.zero : coordinates[index * 3 + corner]
                let color = material(of: index)?.color(at: coordinate) ?? SIMD3(repeating: 1)
                sums[Int(face[corner])] += SIMD4(color, 1)
            }
        }
        var result = mesh
        result.colors = sums.enumerated().map { index, sum in
            let color = SIMD3(sum.x, sum.y, sum.z) / max(sum.w, 1)
            return mesh.colors.isEmpty ? color : color * mesh.colors[index]
        }
        return result
    }

    /// Renders the mesh with its materials; see `Mesh.picture`.
    public func picture(from camera: MeshCamera, width: Int, height: Int) -> MeshPicture {
        guard !faceMaterials.isEmpty else { return mesh.picture(from: camera, width: width, height: height) }
        return mesh.picture(from: camera, width: width, height: height) { face, weights, vertexColor in
            var coordinate = SIMD2<Float>.zero
            if !coordinates.isEmpty {
                for corner in 0..<3 { coordinate += coordinates[face * 3 + corner] * weights[corner] }
            }
            let color = material(of: face)?.color(at: coordinate) ?? SIMD3(repeating: 0.7)
            return mesh.colors.isEmpty ? color : color * vertexColor
        }
    }
}

extension TexturedMesh {
    /// Reads a GLB, PLY or OBJ file; the content determines the format, not the name.
    /// - Throws: `MeshError` if the file is missing, damaged, without faces, or uses unsupported features.
    public static func read(from path: String) throws(MeshError) -> TexturedMesh {
        try MeshError.wrap(path) {
            let file = try MappedFile(path: path)
            if file.bytes.starts(with: "glTF".utf8) {
                return try GLBReader(path: path, bytes: file.bytes).read()
            }
            if file.bytes.starts(with: "ply".utf8) {
                return TexturedMesh(mesh: try PLYReader(path: path, bytes: file.bytes).read())
            }
            var reader = OBJReader(path: path, bytes: file.bytes)
            return try reader.read()
        }
    }
}

extension Mesh {
    /// Reads a GLB, PLY or OBJ file as one mesh with vertex colours; see `TexturedMesh.read`.
    /// - Throws: `MeshError` if the file is missing, damaged, without faces, or uses unsupported features.
    public static func read(from path: String) throws(MeshError) -> Mesh {
        try TexturedMesh.read(from: path).flattened
    }
}
