// Reading binary glTF 2.0: the triangles of a scene with their colours and images.

import Files
import Foundation
import Images

/// Reads one mapped file; every offset is checked against the file before use.
struct GLBReader {
    /// More faces are rejected; a small file can reference one mesh from many nodes.
    private static let faceLimit = 50_000_000

    /// Required extensions that change nothing in what is drawn here: colours without light, and quantised or moved
    /// coordinates, which are understood.
    private static let understood: Set = [
        "KHR_materials_unlit", "KHR_mesh_quantization", "KHR_texture_transform",
        "KHR_materials_emissive_strength",
        "KHR_materials_ior", "KHR_materials_specular", "KHR_materials_clearcoat", "KHR_materials_sheen",
        "KHR_materials_anisotropy", "KHR_materials_iridescence", "KHR_materials_dispersion",
        "KHR_lights_punctual",
    ]

    let path: String
    let document: GLBDocument
    /// The binary chunk; nil in a file that holds all its data in the document.
    let binary: UnsafeRawBufferPointer?
    /// Buffers that the document itself holds as data URIs, by their index.
    let inlineBuffers: [Int: OwnedBytes]

    init(path: String, bytes: UnsafeRawBufferPointer) throws {
        func fail(_ reason: String) -> MeshError { MeshError(path: path, reason: reason) }
        func word(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        guard bytes.count >= 20, word(0) == GLBDocument.magic else { throw fail("is not a binary glTF file") }
        guard word(4) == 2 else { throw fail("is glTF version \(word(4)); version 2 is needed") }
        let length = Int(word(8))
        guard length <= bytes.count else {
            throw fail("is cut short: it declares \(length) bytes and has \(bytes.count)")
        }
        let jsonLength = Int(word(12))
        guard word(16) == GLBDocument.jsonChunk, jsonLength <= length - 20 else {
            throw fail("has a damaged JSON chunk")
        }
        let text = Data(bytes[20..<20 + jsonLength])
        do {
            document = try JSONDecoder().decode(GLBDocument.self, from: text)
        } catch {
            throw fail("has a glTF document that cannot be read: \(JSONReason(error, in: text).text)")
        }
        if let needed = document.extensionsRequired?.first(where: { !GLBReader.understood.contains($0) }) {
            throw fail("needs the extension \(needed.quotedForMessage), which is not supported")
        }
        let start = 20 + jsonLength
        var inline: [Int: OwnedBytes] = [:]
        for (index, buffer) in (document.buffers ?? []).enumerated() {
            if let uri = buffer.uri, let bytes = GLBReader.content(ofDataURI: uri) {
                inline[index] = OwnedBytes(bytes)
            }
        }
        inlineBuffers = inline
        let hasChunk = bytes.count >= start + 8 && word(start + 4) == GLBDocument.binaryChunk
        guard hasChunk || (length == start && !inline.isEmpty) else {
            throw fail("has no whole binary chunk")
        }
        if hasChunk {
            guard Int(word(start)) <= length - start - 8 else { throw fail("has no whole binary chunk") }
            binary = UnsafeRawBufferPointer(rebasing: bytes[start + 8..<start + 8 + Int(word(start))])
        } else {
            binary = nil
        }
        self.path = path
    }

    func read() throws -> TexturedMesh {
        var result = GLBScene()
        var visited = Set<Int>()
        let nodes = document.nodes ?? []
        let children = Set(nodes.flatMap { $0.children ?? [] })
        let scene = document.scenes?[safe: document.scene ?? 0]
        var stack = (scene?.nodes ?? nodes.indices.filter { !children.contains($0) }).map {
            ($0, GLBTransform.identity)
        }
        while let (index, parent) = stack.popLast() {
            guard let node = nodes[safe: index] else { throw fault("names node \(index) of \(nodes.count)") }
            // A node has at most one parent (§3.5.1), so visiting it again means a cycle.
            guard visited.insert(index).inserted else { throw fault("has nodes that form a cycle") }
            let transform = parent * (try GLBTransform(node, path: path))
            if let mesh = node.mesh { try add(mesh, transform, to: &result) }
            stack += (node.children ?? []).map { ($0, transform) }
        }
        if nodes.isEmpty {
            for mesh in (document.meshes ?? []).indices { try add(mesh, .identity, to: &result) }
        }
        guard !result.faces.isEmpty else { throw fault("holds no triangle mesh") }
        let (materials, notes) = try materials()
        for text in notes { result.note(text) }
        return result.mesh(materials: materials)
    }

    /// The corners of separate triangles: as they are (mode 4), or of a strip (5) or a fan (6) (§3.7.2.1).
    private static func triangles(_ indices: [UInt32], mode: Int) -> [UInt32] {
        guard mode != 4, indices.count >= 3 else { return mode == 4 ? indices : [] }
        return (0..<indices.count - 2).flatMap { place -> [UInt32] in
            mode == 6
                ? [indices[0], indices[place + 1], indices[place + 2]]
                : [indices[place], indices[place + 1 + place % 2], indices[place + 2 - place % 2]]
        }
    }

    // MARK: Parts

    private func add(_ index: Int, _ transform: GLBTransform, to scene: inout GLBScene) throws {
        guard let entry = document.meshes?[safe: index] else {
            throw fault("names mesh \(index), which is not there")
        }
        for primitive in entry.primitives {
            let mode = primitive.mode ?? 4
            guard (4...6).contains(mode) else {
                // They have no surface.
                scene.note("points and lines are left out")
                continue
            }
            guard let position = primitive.attributes["POSITION"] else { continue }
            let positions = try numbers(position, width: 3)
            let count = positions.count / 3
            let listed = try primitive.indices.map(indices) ?? (0..<UInt32(count)).map { $0 }
            guard mode != 4 || listed.count % 3 == 0, listed.allSatisfy({ $0 < count }) else { throw misfit }
            let indices = GLBReader.triangles(listed, mode: mode)
            guard positions.allSatisfy(\.isFinite) else { throw fault("has a vertex that is not finite") }
            guard scene.faces.count + indices.count / 3 <= GLBReader.faceLimit else {
                throw fault("has too many faces")
            }
            let colors = try attribute("COLOR_0", of: primitive, count: count)
            let normals = try attribute("NORMAL", of: primitive, count: count)
            let layout = layout(of: primitive.material)
            let places = try attribute("TEXCOORD_\(layout.set)", of: primitive, count: count)
            let base = UInt32(scene.positions.count)
            scene.hasNormals = scene.hasNormals && transform.isIdentity && normals != nil
            for vertex in 0..<count {
                func vector(_ values: [Float], _ width: Int) -> SIMD3<Float> {
                    SIMD3(values[vertex * width], values[vertex * width + 1], values[vertex * width + 2])
                }
                let moved = transform.apply(vector(positions, 3))
                guard moved.x.isFinite, moved.y.isFinite, moved.z.isFinite else {
                    throw fault("has a vertex that is not finite")
                }
                scene.positions.append(moved)
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
                    let place = places.map { SIMD2($0[vertex * 2], $0[vertex * 2 + 1]) } ?? .zero
                    scene.coordinates.append(layout.transform?.apply(place) ?? place)
                }
            }
            guard (primitive.material ?? -1) < (document.materials?.count ?? 0) else {
                throw fault("names a material that is not there")
            }
        }
    }

    func fault(_ reason: String) -> MeshError { MeshError(path: path, reason: reason) }
    var damaged: MeshError { fault("names data outside the file") }
    var misfit: MeshError { fault("has indices or attributes that do not fit its vertices") }
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
    private var notes: [String] = []

    /// Keeps a remark; a hostile file must not fill memory with them.
    mutating func note(_ text: String) {
        if notes.count < 20, !notes.contains(text) { notes.append(text) }
    }

    func mesh(materials: [MeshMaterial]) -> TexturedMesh {
        var mesh = Mesh(positions: positions, colors: hasColors ? colors : [], faces: faces)
        if hasNormals { mesh.normals = normals } else { mesh = mesh.withComputedNormals() }
        // A material that is white and bare says nothing beside vertex colours.
        let speaks = materials.contains {
            $0.texture != nil || $0.cutout != nil || ($0.color - 1).min() < -1e-3
        }
        return TexturedMesh(
            mesh: mesh, materials: speaks ? materials : [], faceMaterials: speaks ? faceMaterials : [],
            coordinates: speaks && hasCoordinates ? coordinates : [], notes: notes)
    }
}

extension Array {
    /// The element at an index of a file, or nil where there is none.
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
