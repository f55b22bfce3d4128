// Random changes that make many things of one mesh: shape, colours, surfaces, company.

package import Toybox

/// Draws objects: a mesh of a library, changed.
package struct MeshVariation: Sendable {
    package let library: MeshLibrary
    /// Photographs of which parts are laid over surfaces.
    package let photographs: [SurfaceTexture]

    package init(library: MeshLibrary, photographs: [SurfaceTexture]) {
        self.library = library
        self.photographs = photographs
    }

    /// An object of radius 0.9 about the origin, and the entry that it was made from.
    /// - Throws: `MeshError` when a file of the library cannot be read.
    package func draw(_ random: inout ToyRandom) throws -> (surface: SurfaceMesh, entry: Int) {
        let entry = library.draw(&random)
        var surface = try changed(entry, &random)
        if random.chance(0.12) {
            var other = try changed(library.draw(&random), &random)
            if random.chance(0.5) {
                beside(surface, &other, &random)
            } else {
                attach(surface, &other, &random)
            }
            surface.append(other)
        }
        surface.normalise(radius: ToyObject.standardRadius)
        return (surface, entry)
    }

    /// An entry in a random shape and random colours.
    private func changed(_ entry: Int, _ random: inout ToyRandom) throws -> SurfaceMesh {
        var surface = try library.surface(entry)
        surface.normalise(radius: 1)
        var moved = false
        if random.chance(0.5) {
            let scale = SIMD3<Float>(
                ToyMath.exp(0.16 * random.normal()), ToyMath.exp(0.16 * random.normal()),
                ToyMath.exp(0.16 * random.normal()))
            for i in surface.positions.indices { surface.positions[i] *= scale }
            moved = true
        }
        if random.chance(0.2) {
            let taper = random.uniform(-0.35, 0.35)
            for i in surface.positions.indices {
                let factor = 1 + taper * surface.positions[i].y
                surface.positions[i].x *= factor
                surface.positions[i].z *= factor
            }
            moved = true
        }
        if random.chance(0.5) {
            for i in surface.positions.indices { surface.positions[i].x = -surface.positions[i].x }
            for i in surface.faces.indices { surface.faces[i] = surface.faces[i][Self.turned] }
            for i in surface.faces.indices {
                surface.corners.swapAt(3 * i + 1, 3 * i + 2)
                if surface.texture != nil { surface.coordinates.swapAt(3 * i + 1, 3 * i + 2) }
            }
            moved = true
        }
        if moved { surface.findNormals() }
        if surface.groupCount > 1, random.chance(0.4) { recolour(&surface, &random) }
        if random.chance(0.18) { overlay(&surface, &random) }
        return surface
    }

    private static let turned = SIMD3<UInt32>(0, 2, 1)

    /// Gives groups the colours of other groups, or new ones.
    private func recolour(_ surface: inout SurfaceMesh, _ random: inout ToyRandom) {
        var palette = [SIMD3<Float>](repeating: .zero, count: surface.groupCount)
        for i in surface.faces.indices { palette[Int(surface.groups[i])] = surface.corners[3 * i] }
        let exchange = random.chance(0.4)
        var drawn = palette
        for g in drawn.indices {
            if exchange {
                drawn[g] = random.pick(palette)
            } else if random.chance(0.6) {
                drawn[g] = SceneTexture.natural(&random)
            }
        }
        for i in surface.faces.indices {
            for corner in 0..<3 { surface.corners[3 * i + corner] = drawn[Int(surface.groups[i])] }
        }
    }

    /// Lays patterns over some groups, or over everything where there are no groups.
    private func overlay(_ surface: inout SurfaceMesh, _ random: inout ToyRandom) {
        func pattern() -> SurfacePattern {
            if !photographs.isEmpty, random.chance(0.35) {
                return .photograph(
                    random.pick(photographs), offset: SIMD2(random.uniform(0, 2), random.uniform(0, 2)),
                    repeats: random.uniform(0.15, 0.8))
            }
            return .procedural(SceneTexture(random: &random))
        }
        if surface.groupCount == 0 {
            surface.patterns = [pattern()]
            surface.facePatterns = [UInt8](repeating: 0, count: surface.faces.count)
            return
        }
        let chosen = (0..<surface.groupCount).map { _ in random.chance(0.5) }
        var numbers: [UInt8] = []
        for on in chosen {
            numbers.append(on ? UInt8(surface.patterns.count) : SurfaceMesh.noGroup)
            if on { surface.patterns.append(pattern()) }
        }
        surface.facePatterns = surface.groups.map { numbers[Int($0)] }
    }

    /// Moves `other` so that it stands beside `surface` on the same ground.
    private func beside(_ surface: SurfaceMesh, _ other: inout SurfaceMesh, _ random: inout ToyRandom) {
        let scale = random.uniform(0.5, 1)
        let (low, high) = bounds(surface)
        for i in other.positions.indices { other.positions[i] *= scale }
        let (otherLow, otherHigh) = bounds(other)
        let right = random.chance(0.5)
        let gap = random.uniform(-0.05, 0.15)
        let shift = SIMD3<Float>(
            right ? high.x - otherLow.x + gap : low.x - otherHigh.x - gap, low.y - otherLow.y,
            random.uniform(-0.2, 0.2))
        for i in other.positions.indices { other.positions[i] += shift }
    }

    /// Shrinks `other` and sets it on top or at a side of `surface`, slightly sunk in.
    private func attach(_ surface: SurfaceMesh, _ other: inout SurfaceMesh, _ random: inout ToyRandom) {
        let scale = random.uniform(0.25, 0.6)
        for i in other.positions.indices { other.positions[i] *= scale }
        let (low, high) = bounds(surface), (otherLow, _) = bounds(other)
        // A vertex of the upper half is a place on the surface.
        var place = random.pick(surface.positions)
        for _ in 0..<8 where place.y < (low.y + high.y) / 2 { place = random.pick(surface.positions) }
        let shift = SIMD3<Float>(place.x, place.y - otherLow.y - 0.15 * scale, place.z)
        for i in other.positions.indices { other.positions[i] += shift }
    }

    private func bounds(_ surface: SurfaceMesh) -> (SIMD3<Float>, SIMD3<Float>) {
        surface.positions.reduce((SIMD3(repeating: .infinity), SIMD3(repeating: -.infinity))) {
            (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1))
        }
    }
}
