// A mesh as the renderer of datasets needs it: flat arrays, colours per corner, and groups of equal colour.

import Arrays
package import Images
package import Meshes
package import Toybox

/// A triangle mesh with the colours of its surface.
package struct SurfaceMesh: Sendable {
    package var positions: [SIMD3<Float>]
    /// Unit normals, one per vertex.
    package var normals: [SIMD3<Float>]
    package var faces: [SIMD3<UInt32>]
    /// sRGB colours of the corners, three per face; multiplied by the texture where there is one.
    package var corners: [SIMD3<Float>]
    /// The group of equal colour of each face, or `noGroup`.
    package var groups: [UInt8]
    /// Number of groups; 0 for scans and other things of many colours.
    package var groupCount: Int
    /// Texture coordinates of the corners, three per face; empty without a texture.
    package var coordinates: [SIMD2<Float>]
    package var texture: SurfaceTexture?
    /// Surfaces laid over groups (or over everything, where there is one).
    package var patterns: [SurfacePattern]
    /// The pattern of each face, or `noGroup`; empty without patterns.
    package var facePatterns: [UInt8]

    package static let noGroup = UInt8.max
    private static let mostGroups = 24

    package init(_ textured: TexturedMesh) {
        let mesh = textured.mesh.normals.isEmpty ? textured.mesh.withComputedNormals() : textured.mesh
        positions = mesh.positions
        normals = mesh.normals
        faces = mesh.faces
        groups = []
        groupCount = 0
        coordinates = []
        patterns = []
        facePatterns = []
        corners = [SIMD3<Float>](repeating: SIMD3(repeating: 1), count: 3 * faces.count)
        let picture = textured.materials.first { $0.texture != nil }?.texture
        let texture = picture.map(SurfaceTexture.init)
        let flat = texture.map { Self.isFlat(textured, $0) } ?? true
        for (index, face) in faces.enumerated() {
            let material = textured.material(of: index)
            var tint = material?.color ?? SIMD3(repeating: mesh.colors.isEmpty ? 0.7 : 1)
            if let texture, flat, material?.texture != nil, !textured.coordinates.isEmpty {
                let middle =
                    (0..<3).reduce(SIMD2<Float>.zero) { $0 + textured.coordinates[3 * index + $1] } / 3
                tint *= texture.color(at: middle)
            }
            for corner in 0..<3 {
                let vertex = mesh.colors.isEmpty ? SIMD3(repeating: 1) : mesh.colors[Int(face[corner])]
                corners[3 * index + corner] = tint * vertex
            }
        }
        if let texture, !flat {
            self.texture = texture
            coordinates = textured.coordinates
        } else {
            findGroups()
        }
    }

    /// Whether nearly every face has one colour: the texture is a palette.
    private static func isFlat(_ mesh: TexturedMesh, _ texture: SurfaceTexture) -> Bool {
        guard !mesh.coordinates.isEmpty else { return true }
        var flat = 0
        for index in mesh.mesh.faces.indices {
            let uv = (0..<3).map { mesh.coordinates[3 * index + $0] }
            let middle = (uv[0] + uv[1] + uv[2]) / 3, color = texture.color(at: middle)
            if uv.allSatisfy({ abs(texture.color(at: $0 + (middle - $0) * 0.2) - color).max() < 0.06 }) {
                flat += 1
            }
        }
        return flat * 20 >= mesh.mesh.faces.count * 19
    }

    /// Groups faces by colour in steps of 1/24, unless there are too many colours.
    private mutating func findGroups() {
        var numbers: [SIMD3<Int32>: UInt8] = [:]
        var found = [UInt8](repeating: Self.noGroup, count: faces.count)
        for index in faces.indices {
            let mean = (corners[3 * index] + corners[3 * index + 1] + corners[3 * index + 2]) / 3
            let key = SIMD3<Int32>((mean * 24).rounded(.toNearestOrEven))
            if let number = numbers[key] {
                found[index] = number
            } else {
                guard numbers.count < Self.mostGroups else { return }
                found[index] = UInt8(numbers.count)
                numbers[key] = found[index]
            }
        }
        groups = found
        groupCount = numbers.count
    }

    /// The mesh centred on its box, its farthest vertex at `radius`.
    package mutating func normalise(radius: Float) {
        guard let first = positions.first else { return }
        var low = first, high = first
        for p in positions {
            low = pointwiseMin(low, p)
            high = pointwiseMax(high, p)
        }
        let centre = (low + high) / 2
        let farthest = positions.reduce(Float(0)) { max($0, ($1 - centre).length) }
        let scale = radius / max(farthest, 1e-6)
        for i in positions.indices { positions[i] = (positions[i] - centre) * scale }
    }

    /// Finds the normals anew from the faces round each vertex, weighted by area.
    package mutating func findNormals() {
        normals = Mesh(positions: positions, faces: faces).withComputedNormals().normals
    }

    /// Adds the faces of another mesh.
    package mutating func append(_ other: SurfaceMesh) {
        let base = UInt32(positions.count)
        if other.texture != nil || texture != nil {
            // One texture at most: the added mesh keeps the mean colours of its faces.
            corners += other.texture == nil ? other.corners : other.bakedCorners
            if texture != nil {
                coordinates += [SIMD2<Float>](repeating: SIMD2(-1, -1), count: 3 * other.faces.count)
            }
        } else {
            corners += other.corners
        }
        positions += other.positions
        normals += other.normals
        faces += other.faces.map { $0 &+ base }
        groups = []
        groupCount = 0
        if !patterns.isEmpty || !other.patterns.isEmpty {
            let before = faces.count - other.faces.count
            if facePatterns.isEmpty { facePatterns = [UInt8](repeating: Self.noGroup, count: before) }
            facePatterns += (0..<other.faces.count).map {
                let number = other.facePatterns.isEmpty ? Self.noGroup : other.facePatterns[$0]
                return number == Self.noGroup ? number : number + UInt8(patterns.count)
            }
            patterns += other.patterns
        }
    }

    /// Corner colours with the texture's colour at the corner multiplied in.
    private var bakedCorners: [SIMD3<Float>] {
        guard let texture else { return corners }
        return corners.indices.map { corners[$0] * texture.color(at: coordinates[$0]) }
    }
}

/// A picture laid over a surface, row by row from the top left.
package struct SurfaceTexture: Sendable {
    package let width: Int
    package let height: Int
    /// sRGB colours.
    package let texels: [SIMD3<Float>]

    package init(_ image: Image) {
        let rgb = image.rgb
        (width, height) = (rgb.width, rgb.height)
        texels = rgb.pixels.withUnsafeBuffer { values in
            (0..<values.count / 3).map { SIMD3(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2]) }
        }
    }

    /// The colour at a coordinate, (0, 0) at the top left, repeating beyond the edges, bilinear.
    package func color(at coordinate: SIMD2<Float>) -> SIMD3<Float> {
        guard coordinate.x.isFinite, coordinate.y.isFinite else { return SIMD3(repeating: 1) }
        let wrapped = coordinate - coordinate.rounded(.down)
        let place = wrapped * SIMD2(Float(width), Float(height)) - 0.5
        let floor = place.rounded(.down), share = place - floor
        let x0 = (Int(floor.x) + width) % width, y0 = (Int(floor.y) + height) % height
        let x1 = (x0 + 1) % width, y1 = (y0 + 1) % height
        return texels.withUnsafeBufferPointer { t in
            let upper = t[y0 * width + x0] * (1 - share.x) + t[y0 * width + x1] * share.x
            let lower = t[y1 * width + x0] * (1 - share.x) + t[y1 * width + x1] * share.x
            return upper * (1 - share.y) + lower * share.y
        }
    }
}

/// What can be laid over a surface: a procedural pattern, or part of a photograph.
package enum SurfacePattern: Sendable {
    case procedural(SceneTexture)
    /// A photograph's part, `repeats` times per scene unit.
    case photograph(SurfaceTexture, offset: SIMD2<Float>, repeats: Float)

    /// The sRGB colour at a point of a surface, laid on along the axis nearest to its normal.
    func color(at p: SIMD3<Float>, normal n: SIMD3<Float>) -> SIMD3<Float> {
        let m = abs(n)
        let uv = m.y > m.x && m.y > m.z ? SIMD2(p.x, p.z) : m.x > m.z ? SIMD2(p.z, -p.y) : SIMD2(p.x, -p.y)
        switch self {
        case .procedural(let texture): return texture.colour(uv.x * 2, uv.y * 2, footprint: 0.02)
        case .photograph(let picture, let offset, let repeats):
            // Mirrored at every second repeat, so that there are no seams.
            let t = uv * repeats + offset, f = t - 2 * (t / 2).rounded(.down)
            return picture.color(at: SIMD2(min(f.x, 2 - f.x), min(f.y, 2 - f.y)) * 0.999)
        }
    }
}

/// Absolute values.
private func abs(_ v: SIMD3<Float>) -> SIMD3<Float> { SIMD3(Swift.abs(v.x), Swift.abs(v.y), Swift.abs(v.z)) }
