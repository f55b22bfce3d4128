// The radiance field.

import Arrays
import Radiance

extension Workload {
    static let field = [
        Workload(
            "field-step",
            "Starter hash grid (8 × 2, 2^15), 4096 rays, 64 samples across: forward, backward, Adam"
        ) { _ in try step(field(HashGrid())) },
        Workload(
            "field-step-large",
            "Published hash grid (16 × 2, 2^19), 4096 rays, 64 samples across: forward, backward, Adam"
        ) { _ in try step(field(published, hiddenWidth: 64)) },
        Workload("field-render", "Starter hash grid, a picture of 256² at 64 samples across, nothing skipped")
        { _ in
            let field = try field(HashGrid())
            let rays = Camera(azimuth: 30, elevation: 20).rays(width: 256, height: 256)
            return PreparedWork { _ = field.render(rays, settings) }
        },
        Workload(
            "field-render-large",
            "Published hash grid holding a ball, a picture of 256² at 128 samples across, empty space skipped"
        ) { _ in
            var field = try field(published, hiddenWidth: 64, density: .lift)
            field.updateOccupancy(seed: 0)
            let rays = Camera(azimuth: 30, elevation: 20).rays(width: 256, height: 256)
            return PreparedWork { [field] in _ = field.render(rays) }
        },
    ]

    /// The grid of Müller and others 2022: resolutions from 16 to 2048.
    private static let published = HashGrid(
        levels: 16, featuresPerLevel: 2, log2TableSize: 19, baseResolution: 16,
        finestResolution: 2048)

    /// A new field, by default with so little density that no ray is terminated within the cube.
    private static func field(
        _ grid: HashGrid, hiddenWidth: Int = 32, density: DensityActivation = DensityActivation(bias: -9)
    ) throws -> RadianceField {
        var random = RandomStream(seed: 0, stream: "field")
        return try RadianceField(
            FieldConfiguration(
                grid: grid, hiddenWidth: hiddenWidth, density: density, bound: 1,
                domain: .cube),
            random: &random)
    }

    private static func step(_ start: RadianceField) throws -> PreparedWork {
        var field = start
        var optimizer = FieldOptimizer(for: field)
        var gradients = FieldGradients(for: field)
        let rays = Camera(azimuth: 30, elevation: 20).rays(width: 64, height: 64)
        let adjoint = RenderingAdjoint(count: 4096, colour: noise([4096, 3]))
        return PreparedWork {
            let (_, record) = field.renderRecorded(rays, settings)
            field.accumulate(adjoint, record, into: &gradients)
            optimizer.update(&field, &gradients, rateScale: 0)
        }
    }

    private static let settings = RenderSettings(
        samplesAcross: 64, transmittanceFloor: 0, skipsEmptySpace: false)
}
