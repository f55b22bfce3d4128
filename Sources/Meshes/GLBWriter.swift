// Writing of binary glTF 2.0 with vertex colours or textures.

import Files
import Foundation
import Images

extension Mesh {
    /// Writes the mesh as binary glTF: y up, vertex colours; lengths stay as they are, though glTF calls them metres.
    ///
    /// glTF defines `COLOR_0` as linear (§3.7.2.1), so sRGB colours are converted.
    /// - Throws: `MeshError` if the mesh has no faces or the file cannot be written; no partial file remains.
    public func writeGLB(to path: String) throws(MeshError) {
        try TexturedMesh(mesh: self).writeGLB(to: path)
    }
}

extension TexturedMesh {
    /// Writes the mesh as binary glTF: y up, one primitive per material, images embedded as PNG.
    ///
    /// Base-colour images stay sRGB (§3.9.2); vertex colours and factors are converted to linear.
    /// - Throws: `MeshError` if the mesh has no faces or the file cannot be written; no partial file remains.
    public func writeGLB(to path: String) throws(MeshError) {
        guard !mesh.faces.isEmpty else {
            throw MeshError(path: path, reason: "the mesh has no surface, so there is nothing to write")
        }
        try MeshError.wrap(path) {
            var builder = GLBBuilder()
            for part in parts() { builder.add(part) }
            try builder.add(materials.isEmpty ? [MeshMaterial(name: "surface")] : materials)
            try builder.write(to: path)
        }
    }

    /// The faces of each material with their own vertices: one per pair of vertex and texture coordinate.
    private func parts() -> [GLBPart] {
        struct Corner: Hashable {
            let vertex: UInt32
            let coordinate: SIMD2<Float>
        }
        guard !faceMaterials.isEmpty else {
            let normals = mesh.normals.isEmpty ? mesh.withComputedNormals().normals : mesh.normals
            return [
                GLBPart(
                    material: 0, positions: mesh.positions, normals: normals, colors: mesh.colors,
                    coordinates: [],
                    faces: mesh.faces)
            ]
        }
        let normals = mesh.normals.isEmpty ? mesh.withComputedNormals().normals : mesh.normals
        return Set(faceMaterials).sorted().map { material in
            var part = GLBPart(material: max(0, material))
            var known: [Corner: UInt32] = [:]
            for (index, face) in mesh.faces.enumerated() where faceMaterials[index] == material {
                var corners = SIMD3<UInt32>()
                for corner in 0..<3 {
                    let coordinate = coordinates.isEmpty ? .zero : coordinates[index * 3 + corner]
                    let key = Corner(vertex: face[corner], coordinate: coordinate)
                    if let vertex = known[key] {
                        corners[corner] = vertex
                        continue
                    }
                    corners[corner] = UInt32(part.positions.count)
                    known[key] = corners[corner]
                    let source = Int(face[corner])
                    part.positions.append(mesh.positions[source])
                    part.normals.append(normals[source])
                    if !mesh.colors.isEmpty { part.colors.append(mesh.colors[source]) }
                    if !coordinates.isEmpty { part.coordinates.append(coordinate) }
                }
                part.faces.append(corners)
            }
            return part
        }
    }
}

/// Vertices and faces of one primitive.
private struct GLBPart {
    var material: Int
    var positions: [SIMD3<Float>] = []
    var normals: [SIMD3<Float>] = []
    var colors: [SIMD3<Float>] = []
    var coordinates: [SIMD2<Float>] = []
    var faces: [SIMD3<UInt32>] = []
}

/// A document and its binary chunk under construction.
private struct GLBBuilder {
    private var document = GLBDocument()
    private var binary: [UInt8] = []
    private var primitives: [GLBDocument.Primitive] = []
    private var accessors: [GLBDocument.Accessor] = []
    private var views: [GLBDocument.BufferView] = []

    private static let vertexTarget = 34962
    private static let indexTarget = 34963

    mutating func add(_ part: GLBPart) {
        var attributes: [String: Int] = [:]
        let lower = part.positions.reduce(part.positions[0], pointwiseMin)
        let upper = part.positions.reduce(part.positions[0], pointwiseMax)
        attributes["POSITION"] = accessor(packed(part.positions), "VEC3")
        accessors[accessors.count - 1].min = [lower.x, lower.y, lower.z]
        accessors[accessors.count - 1].max = [upper.x, upper.y, upper.z]
        attributes["NORMAL"] = accessor(packed(part.normals), "VEC3")
        if !part.colors.isEmpty {
            let linear = part.colors.map { mapped($0, linearFromSRGB) }
            attributes["COLOR_0"] = accessor(packed(linear), "VEC3")
        }
        if !part.coordinates.isEmpty {
            attributes["TEXCOORD_0"] = accessor(part.coordinates.flatMap { [$0.x, $0.y] }, "VEC2")
        }
        let corners = part.faces.flatMap { [$0.x, $0.y, $0.z] }
        let bytes = corners.withUnsafeBytes { Array($0) }
        accessors.append(
            .init(
                bufferView: view(bytes, target: GLBBuilder.indexTarget),
                componentType: GLBDocument.Component.uint32,
                count: corners.count, type: "SCALAR"))
        primitives.append(
            .init(attributes: attributes, indices: accessors.count - 1, material: part.material, mode: 4))
    }

    mutating func add(_ materials: [MeshMaterial]) throws {
        var pictures: [GLBDocument.Picture] = []
        document.materials = try materials.map { material in
            let color = mapped(material.color, linearFromSRGB)
            var surface = GLBDocument.Roughness(baseColorFactor: [color.x, color.y, color.z, 1])
            if let texture = material.texture {
                pictures.append(
                    .init(bufferView: view(try texture.png(), target: nil), mimeType: "image/png"))
                surface.baseColorTexture = .init(index: pictures.count - 1)
            }
            return .init(name: material.name, pbrMetallicRoughness: surface)
        }
        guard !pictures.isEmpty else { return }
        document.textures = pictures.indices.map { .init(sampler: 0, source: $0) }
        document.images = pictures
        // Linear filtering, with mipmaps for minification; repeat.
        document.samplers = [.init(magFilter: 9729, minFilter: 9987, wrapS: 10497, wrapT: 10497)]
    }

    mutating func write(to path: String) throws {
        document.meshes = [.init(primitives: primitives)]
        document.accessors = accessors
        document.bufferViews = views
        document.buffers = [.init(byteLength: binary.count)]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var json = [UInt8](try encoder.encode(document))
        json += [UInt8](repeating: 0x20, count: (4 - json.count % 4) % 4)
        guard let total = UInt32(exactly: 12 + 8 + json.count + 8 + binary.count) else {
            throw MeshError(
                path: path, reason: "the mesh needs more than the format's 4 GB; ask for fewer faces")
        }
        let file = try AtomicFile(path: path)
        try file.write(bytes([GLBDocument.magic, 2, total, UInt32(json.count), GLBDocument.jsonChunk]))
        try file.write(json)
        try file.write(bytes([UInt32(binary.count), GLBDocument.binaryChunk]))
        try file.write(binary)
        try file.commit()
    }

    // MARK: Helpers

    private mutating func accessor(_ values: [Float], _ type: String) -> Int {
        let bytes = values.withUnsafeBytes { Array($0) }
        accessors.append(
            .init(
                bufferView: view(bytes, target: GLBBuilder.vertexTarget),
                componentType: GLBDocument.Component.float32, count: values.count / (type == "VEC3" ? 3 : 2),
                type: type))
        return accessors.count - 1
    }

    private mutating func view(_ bytes: [UInt8], target: Int?) -> Int {
        views.append(.init(byteOffset: binary.count, byteLength: bytes.count, target: target))
        binary += bytes
        // Pads the view to a multiple of four, as required for floats and indices.
        binary += [UInt8](repeating: 0, count: (4 - binary.count % 4) % 4)
        return views.count - 1
    }

    private func packed(_ vectors: [SIMD3<Float>]) -> [Float] { vectors.flatMap { [$0.x, $0.y, $0.z] } }

    /// The little-endian bytes of header words.
    private func bytes(_ words: [UInt32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
}

/// A function applied to each channel.
func mapped(_ color: SIMD3<Float>, _ curve: (Float) -> Float) -> SIMD3<Float> {
    SIMD3(curve(color.x), curve(color.y), curve(color.z))
}
