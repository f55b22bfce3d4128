// The radiance field.

import Arrays
import Radiance

extension Workload {
    static let field = [
        Workload(
            "field-step",
            "Starter hash grid (8 × 2, 2^15), 4096 rays, 64 samples across: forward, backward, Adam"
        ) { _ in
            var random = RandomStream(seed: 0, stream: "field")
            var field = try RadianceField(dense, random: &random)
            var optimizer = FieldOptimizer(for: field)
            var gradients = FieldGradients(for: field)
            let rays = Camera(azimuth: 30, elevation: 20).rays(width: 64, height: 64)
            let adjoint = RenderingAdjoint(count: 4096, colour: noise([4096, 3]))
            return {
                let (_, record) = field.renderRecorded(rays, settings)
                field.accumulate(adjoint, record, into: &gradients)
                optimizer.update(&field, &gradients, rateScale: 0)
            }
        },
        Workload("field-render", "Starter hash grid, a picture of 256² at 64 samples across, nothing skipped")
        { _ in
            var random = RandomStream(seed: 0, stream: "field")
            let field = try RadianceField(dense, random: &random)
            let rays = Camera(azimuth: 30, elevation: 20).rays(width: 256, height: 256)
            return { _ = field.render(rays, settings) }
        },
    ]

    /// So thin that no ray ends before it has left the cube.
    private static let dense = FieldConfiguration(
        density: DensityActivation(bias: -9), bound: 1, domain: .cube)
    private static let settings = RenderSettings(
        samplesAcross: 64, transmittanceFloor: 0, skipsEmptySpace: false)
}
