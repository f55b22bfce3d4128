// Binary glTF 2.0: writing our meshes, and reading them back to check what was written.

import Files
import Foundation

/// The part of a glTF 2.0 document that one vertex-coloured mesh needs (Khronos glTF 2.0 specification, §5).
private struct GLTFDocument: Codable {
    struct Asset: Codable {
        var version = "2.0"
        var generator: String? = "Lathe"
    }
    struct Scene: Codable { var nodes: [Int] }
    struct Node: Codable {
        var mesh: Int?
        var name: String?
    }
    struct Primitive: Codable {
        var attributes: [String: Int]
        var indices: Int?
        var material: Int?
        var mode: Int?
    }
    struct MeshEntry: Codable { var primitives: [Primitive] }
    struct Material: Codable {
        struct Roughness: Codable {
            var baseColorFactor: [Float] = [1, 1, 1, 1]
            var metallicFactor: Float = 0
            var roughnessFactor: Float = 1
        }
        var name: String?
        var pbrMetallicRoughness: Roughness? = Roughness()
    }
    struct Accessor: Codable {
        var bufferView: Int?
        var byteOffset: Int?
        var componentType: Int
        var count: Int
        var type: String
        var min: [Float]?
        var max: [Float]?
    }
    struct BufferView: Codable {
        var buffer = 0
        var byteOffset: Int?
        var byteLength: Int
        var byteStride: Int?
        var target: Int?
    }
    struct Buffer: Codable { var byteLength: Int }

    var asset = Asset()
    var scene: Int? = 0
    var scenes: [Scene]? = [Scene(nodes: [0])]
    var nodes: [Node]? = [Node(mesh: 0, name: "object")]
    var meshes: [MeshEntry]
    var materials: [Material]?
    var accessors: [Accessor]
    var bufferViews: [BufferView]
    var buffers: [Buffer]
}

private let float32 = 5126
private let uint32 = 5125
private let magic: UInt32 = 0x4654_6C67
private let jsonChunk: UInt32 = 0x4E4F_534A
private let binaryChunk: UInt32 = 0x004E_4942

extension Mesh {
    /// Writes the mesh as binary glTF: metres, y up, vertex colours.
    ///
    /// glTF takes `COLOR_0` as linear light (§3.7.2.1), so the sRGB colours are converted on the way.
    /// - Throws: `MeshError` when the file cannot be written; nothing is left behind then.
    public func writeGLB(to path: String) throws(MeshError) {
        guard let box = bounds, !faces.isEmpty else {
            throw MeshError(path: path, reason: "the mesh has no surface, so there is nothing to write")
        }
        var binary: [UInt8] = []
        var views: [GLTFDocument.BufferView] = []
        func append<T>(_ values: [T], target: Int) -> Int {
            let start = binary.count
            values.withUnsafeBytes { binary.append(contentsOf: $0) }
            views.append(.init(byteOffset: start, byteLength: binary.count - start, target: target))
            return views.count - 1
        }
        func packed(_ vectors: [SIMD3<Float>]) -> [Float] { vectors.flatMap { [$0.x, $0.y, $0.z] } }

        var attributes = ["POSITION": 0]
        var accessors = [
            GLTFDocument.Accessor(
                bufferView: append(packed(positions), target: 34962), componentType: float32,
                count: positions.count, type: "VEC3", min: [box.lower.x, box.lower.y, box.lower.z],
                max: [box.upper.x, box.upper.y, box.upper.z])
        ]
        let unit = normals.isEmpty ? withComputedNormals().normals : normals
        attributes["NORMAL"] = accessors.count
        accessors.append(
            .init(
                bufferView: append(packed(unit), target: 34962), componentType: float32, count: unit.count,
                type: "VEC3"))
        if !colors.isEmpty {
            let linear = colors.map { SIMD3(linearLight($0.x), linearLight($0.y), linearLight($0.z)) }
            attributes["COLOR_0"] = accessors.count
            accessors.append(
                .init(
                    bufferView: append(packed(linear), target: 34962), componentType: float32,
                    count: colors.count, type: "VEC3"))
        }
        let indices = accessors.count
        accessors.append(
            .init(
                bufferView: append(faces.flatMap { [$0.x, $0.y, $0.z] }, target: 34963),
                componentType: uint32,
                count: faces.count * 3, type: "SCALAR"))
        let document = GLTFDocument(
            meshes: [
                .init(primitives: [.init(attributes: attributes, indices: indices, material: 0, mode: 4)])
            ],
            materials: [.init(name: "surface")], accessors: accessors, bufferViews: views,
            buffers: [.init(byteLength: binary.count)])
        try MeshError.wrap(path) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            var json = [UInt8](try encoder.encode(document))
            json += [UInt8](repeating: 0x20, count: (4 - json.count % 4) % 4)
            let file = try AtomicFile(path: path)
            let total = 12 + 8 + json.count + 8 + binary.count
            try file.write(bytes([magic, 2, UInt32(total), UInt32(json.count), jsonChunk]))
            try file.write(json)
            try file.write(bytes([UInt32(binary.count), binaryChunk]))
            try file.write(binary)
            try file.commit()
        }
    }

    /// Reads the first mesh of a binary glTF file that holds float positions and optional float colours.
    /// - Throws: `MeshError` when the file is damaged or uses something else (Draco, sparse accessors …).
    public static func readGLB(from path: String) throws(MeshError) -> Mesh {
        try MeshError.wrap(path) {
            let file = try MappedFile(path: path)
            return try GLBReader(path: path, bytes: file.bytes).mesh()
        }
    }
}

/// The reading of one mapped file; every offset is checked against the file before use.
private struct GLBReader {
    let path: String
    let document: GLTFDocument
    let binary: UnsafeRawBufferPointer

    init(path: String, bytes: UnsafeRawBufferPointer) throws {
        func fail(_ reason: String) -> MeshError { MeshError(path: path, reason: reason) }
        func word(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        guard bytes.count >= 20, word(0) == magic else { throw fail("is not a binary glTF file") }
        guard word(4) == 2 else { throw fail("is glTF version \(word(4)); version 2 is needed") }
        let jsonLength = Int(word(12))
        guard word(16) == jsonChunk, jsonLength <= bytes.count - 20 else {
            throw fail("has a damaged JSON chunk")
        }
        let json = Data(bytes[20..<20 + jsonLength])
        do {
            document = try JSONDecoder().decode(GLTFDocument.self, from: json)
        } catch {
            throw fail("has a glTF document that cannot be used here: one plain mesh in one buffer is needed")
        }
        let start = 20 + jsonLength
        guard bytes.count >= start + 8, word(start + 4) == binaryChunk,
            Int(word(start)) <= bytes.count - start - 8
        else { throw fail("has no whole binary chunk") }
        binary = UnsafeRawBufferPointer(rebasing: bytes[start + 8..<start + 8 + Int(word(start))])
        self.path = path
    }

    func mesh() throws -> Mesh {
        guard let primitive = document.meshes.first?.primitives.first, primitive.mode ?? 4 == 4,
            let position = primitive.attributes["POSITION"]
        else { throw MeshError(path: path, reason: "holds no triangle mesh") }
        let positions = try vectors(position)
        let normals = try primitive.attributes["NORMAL"].map { try vectors($0) } ?? []
        let colors = try primitive.attributes["COLOR_0"].map { try vectors($0) } ?? []
        let indices =
            try primitive.indices.map { try integers($0) } ?? (0..<UInt32(positions.count)).map { $0 }
        guard indices.count % 3 == 0, indices.allSatisfy({ $0 < UInt32(positions.count) }),
            normals.isEmpty || normals.count == positions.count,
            colors.isEmpty || colors.count == positions.count
        else { throw MeshError(path: path, reason: "has indices or attributes that do not fit its vertices") }
        return Mesh(
            positions: positions, normals: normals,
            colors: colors.map { SIMD3(encodedLight($0.x), encodedLight($0.y), encodedLight($0.z)) },
            faces: stride(from: 0, to: indices.count, by: 3).map {
                SIMD3(indices[$0], indices[$0 + 1], indices[$0 + 2])
            })
    }

    private func vectors(_ index: Int) throws -> [SIMD3<Float>] {
        let (start, stride, count) = try place(index, type: "VEC3", component: float32, size: 12)
        return (0..<count).map { item in
            func scalar(_ part: Int) -> Float {
                binary.loadUnaligned(fromByteOffset: start + item * stride + part * 4, as: Float.self)
            }
            return SIMD3(scalar(0), scalar(1), scalar(2))
        }
    }

    private func integers(_ index: Int) throws -> [UInt32] {
        guard document.accessors.indices.contains(index) else { throw damaged }
        if document.accessors[index].componentType == 5123 {
            let (start, stride, count) = try place(index, type: "SCALAR", component: 5123, size: 2)
            return (0..<count).map {
                UInt32(binary.loadUnaligned(fromByteOffset: start + $0 * stride, as: UInt16.self))
            }
        }
        let (start, stride, count) = try place(index, type: "SCALAR", component: uint32, size: 4)
        return (0..<count).map { binary.loadUnaligned(fromByteOffset: start + $0 * stride, as: UInt32.self) }
    }

    private var damaged: MeshError { MeshError(path: path, reason: "names data outside the file") }

    /// Where an accessor's items lie in the binary chunk: first byte, bytes between items, number of items.
    private func place(
        _ index: Int, type: String, component: Int, size: Int
    ) throws -> (start: Int, stride: Int, count: Int) {
        guard document.accessors.indices.contains(index) else { throw damaged }
        let accessor = document.accessors[index]
        guard accessor.type == type, accessor.componentType == component, let view = accessor.bufferView
        else {
            throw MeshError(
                path: path,
                reason:
                    "stores a \(accessor.type.quotedForMessage) of type \(accessor.componentType); only plain floats and indices are read"
            )
        }
        guard document.bufferViews.indices.contains(view) else { throw damaged }
        let place = document.bufferViews[view]
        let stride = place.byteStride ?? size
        let offset = (place.byteOffset ?? 0).addingReportingOverflow(accessor.byteOffset ?? 0)
        let span = accessor.count.multipliedReportingOverflow(by: stride)
        guard accessor.count >= 0, stride >= size, !offset.overflow, !span.overflow, offset.partialValue >= 0,
            offset.partialValue <= binary.count,
            accessor.count == 0 || span.partialValue - stride + size <= binary.count - offset.partialValue
        else { throw damaged }
        return (offset.partialValue, stride, accessor.count)
    }
}

/// The little-endian bytes of header words.
private func bytes(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
}

/// sRGB to linear light (IEC 61966-2-1).
private func linearLight(_ value: Float) -> Float {
    value <= 0.04045 ? value / 12.92 : Float(pow(Double(value + 0.055) / 1.055, 2.4))
}

/// Linear light to sRGB (IEC 61966-2-1).
private func encodedLight(_ value: Float) -> Float {
    value <= 0.0031308 ? value * 12.92 : Float(1.055 * pow(Double(value), 1 / 2.4) - 0.055)
}
