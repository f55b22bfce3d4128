// A mesh with materials: colours or textures.

import Arrays
import Files
public import Images

/// The colour of a surface: one colour, multiplied by a texture if there is one.
public struct MeshMaterial: Sendable {
    public var name: String
    /// sRGB colour in [0, 1].
    public var color: SIMD3<Float>
    /// A picture laid over the surface by its texture coordinates.
    public var texture: Image?
    /// What the picture shows beyond its left and right edges, and beyond its upper and lower ones.
    package var wrap = (across: TextureWrap.repeats, down: TextureWrap.repeats)
    /// Where the surface is cut away; nil where it is whole.
    package var cutout: MeshCutout?

    public init(name: String, color: SIMD3<Float> = SIMD3(repeating: 1), texture: Image? = nil) {
        self.name = name
        self.color = color
        self.texture = texture?.rgb
    }

    /// The sRGB colour at a texture coordinate, bilinearly interpolated between texel centres.
    package func color(at coordinate: SIMD2<Float>) -> SIMD3<Float> {
        guard let texture else { return color }
        return color * MeshMaterial.sample(texture, wrap, at: coordinate)
    }

    /// Whether nothing of the surface is drawn at a texture coordinate.
    func isClear(at coordinate: SIMD2<Float>) -> Bool {
        guard let cutout else { return false }
        let opacity = cutout.opacity.map { MeshMaterial.sample($0, wrap, at: coordinate).x } ?? 1
        return opacity * cutout.factor < cutout.threshold
    }

    /// The value of a picture of three channels at a texture coordinate; 1 at one that is not finite.
    fileprivate static func sample(
        _ texture: Image, _ wrap: (across: TextureWrap, down: TextureWrap), at coordinate: SIMD2<Float>
    ) -> SIMD3<Float> {
        guard coordinate.x.isFinite, coordinate.y.isFinite else { return SIMD3(repeating: 1) }
        let (w, h) = (texture.width, texture.height)
        let near = SIMD2(wrap.across.nearby(coordinate.x), wrap.down.nearby(coordinate.y))
        let place = near * SIMD2(Float(w), Float(h)) - 0.5
        let floor = place.rounded(.down)
        let share = place - floor
        let (column, row) = (Int(floor.x), Int(floor.y))
        let (left, top) = (wrap.across.texel(column, of: w), wrap.down.texel(row, of: h))
        let (right, bottom) = (wrap.across.texel(column + 1, of: w), wrap.down.texel(row + 1, of: h))
        return texture.pixels.withUnsafeBuffer { texels in
            func texel(_ x: Int, _ y: Int) -> SIMD3<Float> {
                let index = (y * w + x) * 3
                return SIMD3(texels[index], texels[index + 1], texels[index + 2])
            }
            let upper = texel(left, top) * (1 - share.x) + texel(right, top) * share.x
            let lower = texel(left, bottom) * (1 - share.x) + texel(right, bottom) * share.x
            return upper * (1 - share.y) + lower * share.y
        }
    }
}

/// The part of a surface that is not there (glTF's alphaMode MASK, §3.9.4).
package struct MeshCutout: Sendable {
    /// Opacity laid over the surface like the texture, in each of three channels; nil if it is 1 everywhere.
    package var opacity: Image?
    /// A factor of the opacity, and the least product that is drawn.
    package var factor: Float, threshold: Float
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
            let material = material(of: face)
            if let material, material.isClear(at: coordinate) { return nil }
            let color = material?.color(at: coordinate) ?? SIMD3(repeating: 0.7)
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
                return try PLYReader(path: path, bytes: file.bytes).read()
            }
            if file.bytes.starts(with: [0xFF, 0xFE]) || file.bytes.starts(with: [0xFE, 0xFF]) {
                throw MeshError(path: path, reason: "is UTF-16 text; save it as UTF-8")
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
