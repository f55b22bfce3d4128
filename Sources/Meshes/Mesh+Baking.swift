// Colouring of a mesh from a field: vertex colours or a texture.

import Images

extension Mesh {
    /// The mesh with vertex colours computed by `colors` for all positions at once.
    /// - Parameter colors: takes positions and unit normals, returns as many sRGB colours in [0, 1].
    public func painted(
        by colors: (_ positions: [SIMD3<Float>], _ normals: [SIMD3<Float>]) throws -> [SIMD3<Float>]
    ) rethrows -> Mesh {
        var result = normals.isEmpty ? withComputedNormals() : self
        let found = try colors(result.positions, result.normals)
        precondition(
            found.count == positions.count,
            "Mesh.painted: \(found.count) colours for \(positions.count) vertices")
        result.colors = found
        return result
    }

    /// The mesh with a texture of `side` × `side` texels, computed from a field.
    ///
    /// Each pair of faces shares a square of the texture, one per half, with a margin of one texel beyond their edges
    /// so that bilinear filtering shows no seams. The texture is computed in strips of rows.
    /// - Parameter colors: takes positions on the surface and unit normals, returns as many sRGB colours in [0, 1].
    /// - Precondition: the texture has at least 4 × 4 texels for every two faces.
    public func baked(
        textureSide side: Int,
        by colors: (_ positions: [SIMD3<Float>], _ normals: [SIMD3<Float>]) throws -> [SIMD3<Float>]
    ) rethrows -> TexturedMesh {
        let source = normals.isEmpty ? withComputedNormals() : self
        let squares = max(1, (faces.count + 1) / 2)
        let perRow = Int(Double(squares).squareRoot().rounded(.up))
        let cell = side / perRow
        precondition(cell >= 4, "Mesh.baked: \(side)² texels are too few for \(faces.count) faces")
        var texels = [Float](repeating: 0.5, count: side * side * 3)
        var coordinates = [SIMD2<Float>](repeating: .zero, count: faces.count * 3)
        let layout = BakeCell(size: cell)
        for row in 0..<(squares + perRow - 1) / perRow {
            var places: [Int] = []
            var positions: [SIMD3<Float>] = []
            var directions: [SIMD3<Float>] = []
            for face in row * perRow * 2..<min(faces.count, (row + 1) * perRow * 2) {
                let corner = SIMD2(face / 2 % perRow * cell, row * cell)
                let (i, j, k) = (Int(faces[face].x), Int(faces[face].y), Int(faces[face].z))
                for number in 0..<3 {
                    let place =
                        SIMD2(Float(corner.x), Float(corner.y)) + layout.corner(number, upper: face % 2 == 0)
                    coordinates[face * 3 + number] = place / Float(side)
                }
                for (x, y, weights) in layout.texels(upper: face % 2 == 0) {
                    places.append((corner.y + y) * side + corner.x + x)
                    positions.append(
                        source.positions[i] * weights.x + source.positions[j] * weights.y
                            + source.positions[k] * weights.z)
                    directions.append(
                        normalized(
                            source.normals[i] * weights.x + source.normals[j] * weights.y
                                + source.normals[k] * weights.z))
                }
            }
            let found = try colors(positions, directions)
            precondition(
                found.count == places.count, "Mesh.baked: \(found.count) colours for \(places.count) texels")
            for (place, color) in zip(places, found) {
                for channel in 0..<3 { texels[place * 3 + channel] = color[channel] }
            }
        }
        var plain = source
        plain.colors = []
        return TexturedMesh(
            mesh: plain, materials: [MeshMaterial(name: "surface", texture: picture(texels, side: side))],
            faceMaterials: [Int](repeating: 0, count: faces.count), coordinates: coordinates)
    }

    private func picture(_ texels: [Float], side: Int) -> Image {
        let bytes = texels.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
        return Image(width: side, height: side, channels: 3, bytes: bytes)
    }
}

/// Layout of two triangles in a square of texels: one in the upper left half, one in the lower right.
private struct BakeCell {
    let size: Int

    /// Position of a corner, in texels from the square's corner; a texel inside, so that filters do not read beyond.
    func corner(_ number: Int, upper: Bool) -> SIMD2<Float> {
        let near: Float = 1
        let far = Float(size) - 2
        let corners: [SIMD2<Float>] = [SIMD2(near, near), SIMD2(far, near), SIMD2(near, far)]
        return upper ? corners[number] : SIMD2(repeating: Float(size)) - corners[number]
    }

    /// The texels of one half with barycentric weights; slightly outside the triangle near the margin.
    func texels(upper: Bool) -> [(x: Int, y: Int, weights: SIMD3<Float>)] {
        let extent = Float(size) - 3
        var result: [(x: Int, y: Int, weights: SIMD3<Float>)] = []
        for y in 0..<size {
            for x in 0..<size where upper ? x + y < size : x + y >= size {
                let center = SIMD2(Float(x), Float(y)) + 0.5
                let offset = (upper ? center : SIMD2(repeating: Float(size)) - center) - 1
                let (u, v) = (offset.x / extent, offset.y / extent)
                result.append((x, y, SIMD3(1 - u - v, u, v)))
            }
        }
        return result
    }
}
