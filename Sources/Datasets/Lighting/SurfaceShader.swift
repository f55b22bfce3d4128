// Colours of fragments: what a surface is, and what it looks like in a light.

import Meshes
import Toybox

/// Shades the fragments of one object.
struct SurfaceShader {
    let surface: SurfaceMesh
    /// The light and what it sees; nil shows the surface's own colours.
    let light: (probe: LightProbe, around: VisibilityMaps, key: VisibilityMaps)?

    init(_ surface: SurfaceMesh, light probe: LightProbe?) {
        self.surface = surface
        light = probe.map {
            (
                $0, VisibilityMaps(surface, directions: $0.directions, side: 64),
                VisibilityMaps(surface, directions: [$0.key], side: 160)
            )
        }
    }

    /// sRGB colours of a fragment: the surface's own, and lit.
    /// - Parameters:
    ///   - weights: of the second and third corner.
    ///   - eye: where the camera is; the highlight is left out without one, so that all cameras see the same.
    @inline(__always)
    func colours(
        face: Int, weights: SIMD2<Float>, eye: SIMD3<Float>, highlight: Bool
    ) -> (plain: SIMD3<Float>, lit: SIMD3<Float>) {
        let corner = surface.faces[face]
        let (i, j, k) = (Int(corner.x), Int(corner.y), Int(corner.z))
        let wa = 1 - weights.x - weights.y
        let p =
            surface.positions[i] * wa + surface.positions[j] * weights.x + surface.positions[k] * weights.y
        var n = (surface.normals[i] * wa + surface.normals[j] * weights.x + surface.normals[k] * weights.y)
            .normalised
        // Open surfaces have two sides.
        if n.dot(eye - p) < 0 { n = -n }
        var plain =
            surface.corners[3 * face] * wa + surface.corners[3 * face + 1] * weights.x
            + surface.corners[3 * face + 2] * weights.y
        if !surface.patterns.isEmpty, surface.facePatterns[face] != SurfaceMesh.noGroup {
            plain = surface.patterns[Int(surface.facePatterns[face])].color(at: p, normal: n)
        } else if let texture = surface.texture, surface.coordinates[3 * face].x > -1 {
            let uv =
                surface.coordinates[3 * face] * wa + surface.coordinates[3 * face + 1] * weights.x
                + surface.coordinates[3 * face + 2] * weights.y
            plain *= texture.color(at: uv)
        }
        guard let light else { return (plain, plain) }
        let probe = light.probe
        var sum = probe.ambient
        let raised = p + n * 0.02
        for d in probe.directions.indices {
            let facing = n.dot(probe.directions[d])
            if facing > 0, light.around.sees(d, raised) { sum += probe.radiances[d] * (facing * 0.25) }
        }
        let facing = n.dot(probe.key)
        var shine: Float = 0
        if facing > 0, light.key.sees(0, raised) {
            sum += probe.keyRadiance * facing
            if highlight, probe.shine.strength > 0 {
                let halfway = ((eye - p).normalised + probe.key).normalised
                shine =
                    probe.shine.strength
                    * ToyMath.exp(probe.shine.exponent * ToyMath.log(max(n.dot(halfway), 1e-4)))
            }
        }
        let linear = DisplayCurve.linear(plain) * sum + shine * probe.keyRadiance
        return (plain, DisplayCurve.display(linear))
    }
}
