// Reading binary glTF 2.0: the triangles of a scene with their colours and images.

import Files
import Foundation
import Images

/// Reads one mapped file; every offset is checked against the file before use.
struct GLBReader {
    /// More faces are rejected; a small file can reference one mesh from many nodes.
    private static let faceLimit = 50_000_000

    private let path: String
    private let document: GLBDocument
    private let binary: UnsafeRawBufferPointer

    init(path: String, bytes: UnsafeRawBufferPointer) throws {
        func fail(_ reason: String) -> MeshError { MeshError(path: path, reason: reason) }
        func word(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        guard bytes.count >= 20, word(0) == GLBDocument.magic else { throw fail("is not a binary glTF file") }
        guard word(4) == 2 else { throw fail("is glTF version \(word(4)); version 2 is needed") }
        let jsonLength = Int(word(12))
        guard word(16) == GLBDocument.jsonChunk, jsonLength <= bytes.count - 20 else {
            throw fail("has a damaged JSON chunk")
        }
        do {
            document = try JSONDecoder().decode(GLBDocument.self, from: Data(bytes[20..<20 + jsonLength]))
        } catch {
            throw fail("has a glTF document that cannot be read")
        }
        if let needed = document.extensionsRequired?.first {
            throw fail("needs the extension \(needed.quotedForMessage), which is not supported")
        }
        let start = 20 + jsonLength
        guard bytes.count >= start + 8, word(start + 4) == GLBDocument.binaryChunk,
            Int(word(start)) <= bytes.count - start - 8
        else { throw fail("has no whole binary chunk") }
        binary = UnsafeRawBufferPointer(rebasing: bytes[start + 8..<start + 8 + Int(word(start))])
        self.path = path
    }

    func read() throws -> TexturedMesh {
        var result = GLBScene()
        var visited = Set<Int>()
        let nodes = document.nodes ?? []
        let children = Set(nodes.flatMap { $0.children ?? [] })
        let scene = document.scenes?[safe: document.scene ?? 0]
        var stack = (scene?.nodes ?? nodes.indices.filter { !children.contains($0) }).map {
            ($0, Transform.identity)
        }
        while let (index, parent) = stack.popLast() {
            guard let node = nodes[safe: index] else { throw fault("names node \(index) of \(nodes.count)") }
            // A node has at most one parent (§3.5.1), so visiting it again means a cycle.
            guard visited.insert(index).inserted else { throw fault("has nodes that form a cycle") }
            let transform = parent * (try Transform(node, path: path))
            if let mesh = node.mesh { try add(mesh, transform, to: &result) }
            stack += (node.children ?? []).map { ($0, transform) }
        }
        if nodes.isEmpty {
            for mesh in (document.meshes ?? []).indices { try add(mesh, .identity, to: &result) }
        }
        guard !result.faces.isEmpty else { throw fault("holds no triangle mesh") }
        return result.mesh(materials: try materials())
    }

    // MARK: Parts

    private func add(_ index: Int, _ transform: Transform, to scene: inout GLBScene) throws {
        guard let entry = document.meshes?[safe: index] else {
            throw fault("names mesh \(index), which is not there")
        }
        // Points and lines have no surface.
        for primitive in entry.primitives where primitive.mode ?? 4 == 4 {
            guard let position = primitive.attributes["POSITION"] else { continue }
            let positions = try numbers(position, width: 3)
            let count = positions.count / 3
            let indices = try primitive.indices.map(indices) ?? (0..<UInt32(count)).map { $0 }
            guard indices.count % 3 == 0, indices.allSatisfy({ $0 < count }) else { throw misfit }
            guard positions.allSatisfy(\.isFinite) else { throw fault("has a vertex that is not finite") }
            guard scene.faces.count + indices.count / 3 <= GLBReader.faceLimit else {
                throw fault("has too many faces")
            }
            let colors = try attribute("COLOR_0", of: primitive, count: count)
            let normals = try attribute("NORMAL", of: primitive, count: count)
            let places = try attribute("TEXCOORD_0", of: primitive, count: count)
            let base = UInt32(scene.positions.count)
            scene.hasNormals = scene.hasNormals && transform.isIdentity && normals != nil
            for vertex in 0..<count {
                func vector(_ values: [Float], _ width: Int) -> SIMD3<Float> {
                    SIMD3(values[vertex * width], values[vertex * width + 1], values[vertex * width + 2])
                }
                scene.positions.append(transform.apply(vector(positions, 3)))
                scene.normals.append(normals.map { vector($0, 3) } ?? .zero)
                let width = (colors?.count ?? 0) / max(1, count)
                scene.colors.append(
                    colors.map { mapped(vector($0, width), srgbFromLinear) } ?? SIMD3(repeating: 1))
            }
            scene.hasColors = scene.hasColors || colors != nil
            scene.hasCoordinates = scene.hasCoordinates || places != nil
            for start in stride(from: 0, to: indices.count, by: 3) {
                let corners = transform.mirrors ? [0, 2, 1] : [0, 1, 2]
                let face = SIMD3(
                    indices[start + corners[0]], indices[start + corners[1]], indices[start + corners[2]])
                scene.faces.append(face &+ base)
                scene.faceMaterials.append(primitive.material ?? -1)
                for corner in 0..<3 {
                    let vertex = Int(face[corner])
                    scene.coordinates.append(
                        places.map { SIMD2($0[vertex * 2], $0[vertex * 2 + 1]) } ?? .zero)
                }
            }
            guard (primitive.material ?? -1) < (document.materials?.count ?? 0) else {
                throw fault("names a material that is not there")
            }
        }
    }

    private func materials() throws -> [MeshMaterial] {
        try (document.materials ?? []).map { entry in
            let surface = entry.pbrMetallicRoughness
            let factor = surface?.baseColorFactor ?? [1, 1, 1, 1]
            guard factor.count >= 3 else { throw fault("has a material with a damaged colour") }
            let color = mapped(SIMD3(factor[0], factor[1], factor[2]), srgbFromLinear)
            var material = MeshMaterial(name: entry.name ?? "", color: color)
            if let use = surface?.baseColorTexture {
                material.texture = try picture(use.index)
            }
            return material
        }
    }

    private func picture(_ texture: Int) throws -> Image {
        guard let source = document.textures?[safe: texture]?.source,
            let entry = document.images?[safe: source]
        else {
            throw fault("names a picture that is not there")
        }
        guard let index = entry.bufferView, let view = document.bufferViews?[safe: index] else {
            throw fault("keeps a picture outside the file, which is not supported")
        }
        let start = view.byteOffset ?? 0
        guard start >= 0, start <= binary.count, view.byteLength >= 0, view.byteLength <= binary.count - start
        else {
            throw damaged
        }
        let bytes = Array(binary[start..<start + view.byteLength])
        do {
            return try ImageFile(bytes: bytes, path: path).image.rgb
        } catch {
            throw fault("has an embedded picture that cannot be read (\(error))")
        }
    }

    // MARK: Accessors

    private func attribute(_ name: String, of primitive: GLBDocument.Primitive, count: Int) throws -> [Float]?
    {
        guard let index = primitive.attributes[name] else { return nil }
        let isColor = name == "COLOR_0"
        let width = isColor && accessorType(index) == "VEC4" ? 4 : name == "TEXCOORD_0" ? 2 : 3
        let values = try numbers(index, width: width)
        guard values.count == count * width else { throw misfit }
        return values
    }

    private func accessorType(_ index: Int) -> String? { document.accessors?[safe: index]?.type }

    /// The values of a vector accessor: floats, or normalised unsigned integers of one or two bytes.
    private func numbers(_ index: Int, width: Int) throws -> [Float] {
        guard let accessor = document.accessors?[safe: index] else { throw damaged }
        let type = "VEC\(width)"
        switch accessor.componentType {
        case GLBDocument.Component.float32:
            return try values(accessor, type, width, Float.self) { $0 }
        case GLBDocument.Component.uint8 where accessor.normalized == true:
            return try values(accessor, type, width, UInt8.self) { Float($0) / 255 }
        case GLBDocument.Component.uint16 where accessor.normalized == true:
            return try values(accessor, type, width, UInt16.self) { Float($0) / 65535 }
        default: throw fault("stores vectors as type \(accessor.componentType), which is not supported")
        }
    }

    private func indices(_ index: Int) throws -> [UInt32] {
        guard let accessor = document.accessors?[safe: index] else { throw damaged }
        switch accessor.componentType {
        case GLBDocument.Component.uint8: return try values(accessor, "SCALAR", 1, UInt8.self) { UInt32($0) }
        case GLBDocument.Component.uint16:
            return try values(accessor, "SCALAR", 1, UInt16.self) { UInt32($0) }
        case GLBDocument.Component.uint32: return try values(accessor, "SCALAR", 1, UInt32.self) { $0 }
        default: throw fault("stores indices as type \(accessor.componentType), which is not supported")
        }
    }

    private func values<Stored: BitwiseCopyable, Value>(
        _ accessor: GLBDocument.Accessor, _ type: String, _ width: Int, _: Stored.Type,
        _ convert: (Stored) -> Value
    ) throws -> [Value] {
        guard accessor.type == type, let index = accessor.bufferView else {
            throw fault("stores a \(accessor.type.quotedForMessage) where a plain \(type) is needed")
        }
        guard let view = document.bufferViews?[safe: index], view.buffer == 0 else { throw damaged }
        let size = MemoryLayout<Stored>.size * width
        let stride = view.byteStride ?? size
        let (offset, overflow) = (view.byteOffset ?? 0).addingReportingOverflow(accessor.byteOffset ?? 0)
        let (span, spanOverflow) = accessor.count.multipliedReportingOverflow(by: stride)
        guard accessor.count >= 0, stride >= size, stride <= 4096, !overflow, !spanOverflow, offset >= 0,
            view.byteOffset ?? 0 >= 0, accessor.byteOffset ?? 0 >= 0, offset <= binary.count,
            accessor.count == 0 || span - stride + size <= binary.count - offset
        else { throw damaged }
        var result: [Value] = []
        result.reserveCapacity(accessor.count * width)
        for item in 0..<accessor.count {
            for part in 0..<width {
                let place = offset + item * stride + part * MemoryLayout<Stored>.size
                result.append(convert(binary.loadUnaligned(fromByteOffset: place, as: Stored.self)))
            }
        }
        return result
    }

    private func fault(_ reason: String) -> MeshError { MeshError(path: path, reason: reason) }
    private var damaged: MeshError { fault("names data outside the file") }
    private var misfit: MeshError { fault("has indices or attributes that do not fit its vertices") }
}

/// Data collected from the nodes of a scene.
private struct GLBScene {
    var positions: [SIMD3<Float>] = []
    var normals: [SIMD3<Float>] = []
    var colors: [SIMD3<Float>] = []
    var faces: [SIMD3<UInt32>] = []
    var faceMaterials: [Int] = []
    var coordinates: [SIMD2<Float>] = []
    var hasNormals = true
    var hasColors = false
    var hasCoordinates = false

    func mesh(materials: [MeshMaterial]) -> TexturedMesh {
        var mesh = Mesh(positions: positions, colors: hasColors ? colors : [], faces: faces)
        if hasNormals { mesh.normals = normals } else { mesh = mesh.withComputedNormals() }
        // A white material without a texture has no effect in addition to vertex colours.
        let hasEffect = materials.contains { $0.texture != nil || ($0.color - 1).min() < -1e-3 }
        return TexturedMesh(
            mesh: mesh, materials: hasEffect ? materials : [], faceMaterials: hasEffect ? faceMaterials : [],
            coordinates: hasEffect && hasCoordinates ? coordinates : [])
    }
}

/// An affine map: columns of the linear part, and the translation.
private struct Transform {
    var x: SIMD3<Float>
    var y: SIMD3<Float>
    var z: SIMD3<Float>
    var shift: SIMD3<Float>

    static let identity = Transform(
        x: SIMD3(1, 0, 0), y: SIMD3(0, 1, 0), z: SIMD3(0, 0, 1), shift: .zero)

    var isIdentity: Bool {
        x == SIMD3(1, 0, 0) && y == SIMD3(0, 1, 0) && z == SIMD3(0, 0, 1) && shift == .zero
    }
    /// Whether the map reverses orientation.
    var mirrors: Bool { dot(cross(x, y), z) < 0 }

    func apply(_ point: SIMD3<Float>) -> SIMD3<Float> { direction(point) + shift }

    private func direction(_ vector: SIMD3<Float>) -> SIMD3<Float> {
        x * vector.x + y * vector.y + z * vector.z
    }

    static func * (l: Transform, r: Transform) -> Transform {
        Transform(x: l.direction(r.x), y: l.direction(r.y), z: l.direction(r.z), shift: l.apply(r.shift))
    }
}

extension Transform {
    /// The transform of a node: its matrix (column-major), or translation × rotation × scale (§3.5.3).
    init(_ node: GLBDocument.Node, path: String) throws {
        let parts = [node.matrix, node.translation, node.rotation, node.scale]
        for (values, count) in zip(parts, [16, 3, 4, 3]) {
            guard values?.count ?? count == count, values?.allSatisfy(\.isFinite) ?? true else {
                throw MeshError(path: path, reason: "has a node with a damaged transformation")
            }
        }
        if let m = node.matrix {
            self.init(
                x: SIMD3(m[0], m[1], m[2]), y: SIMD3(m[4], m[5], m[6]), z: SIMD3(m[8], m[9], m[10]),
                shift: SIMD3(m[12], m[13], m[14]))
            return
        }
        let q = node.rotation ?? [0, 0, 0, 1]
        let scale = node.scale ?? [1, 1, 1]
        let shift = node.translation ?? [0, 0, 0]
        let (i, j, k, w) = (q[0], q[1], q[2], q[3])
        self.init(
            x: SIMD3(1 - 2 * (j * j + k * k), 2 * (i * j + k * w), 2 * (i * k - j * w)) * scale[0],
            y: SIMD3(2 * (i * j - k * w), 1 - 2 * (i * i + k * k), 2 * (j * k + i * w)) * scale[1],
            z: SIMD3(2 * (i * k + j * w), 2 * (j * k - i * w), 1 - 2 * (i * i + j * j)) * scale[2],
            shift: SIMD3(shift[0], shift[1], shift[2]))
    }
}

extension Array {
    /// The element at an index from a file, or nil if out of range.
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
