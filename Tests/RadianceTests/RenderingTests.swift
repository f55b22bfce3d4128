// Rendering against known answers, across tiers and across thread counts.
import Arrays
import Foundation
import Radiance
import Testing

@Suite struct RenderingTests {
    /// A field whose density is the same everywhere: all weights zero, the bias alone speaks.
    static func uniform(density: Float) throws -> RadianceField {
        // softplus(s) = density  =>  s = log(exp(density) - 1)
        let bias = Float(log(exp(Double(density)) - 1))
        let configuration = FieldFixtures.configuration(density: DensityActivation(scale: 1, bias: bias))
        return try RadianceField(
            configuration, grid: .zeros([configuration.grid.parameterCount]),
            network: .zeros([configuration.networkParameterCount]))
    }

    @Test func uniformSphereAttenuatesByItsChord() throws {
        let field = try Self.uniform(density: 1.7)
        // Offsets from the axis, chord 2 sqrt(1 - d^2).
        let offsets: [Float] = [0, 0.3, 0.6, 0.9]
        let rays = RayBatch(NDArray(offsets.flatMap { [$0, 0, 3, 0, 0, -1] }, shape: [4, 6]))
        let seen = field.render(rays, RenderSettings(samplesAcross: 2048, transmittanceFloor: 0))
        for (d, opacity) in zip(offsets, seen.opacity.scalars) {
            let expected = 1 - exp(-1.7 * 2 * (1 - d * d).squareRoot())
            // One step more or less at the rim: density * step = 1.7e-3 of the transmittance.
            #expect(abs(opacity - expected) < 2e-3, "offset \(d): \(opacity), expected \(expected)")
        }
        // Zero weights: grey, premultiplied.
        for (c, a) in zip(seen.colour.scalars.chunked(3), seen.opacity.scalars) {
            #expect(c.allSatisfy { abs($0 - a / 2) < 1e-5 })
        }
    }

    @Test func raysThatMissSeeNothing() throws {
        let field = try Self.uniform(density: 5)
        let rays = RayBatch(NDArray([0, 0, 3, 0, 0, 1, 2, 0, 3, 0, 0, -1], shape: [2, 6]))
        #expect(field.render(rays).outputs.scalars.allSatisfy { $0 == 0 })
    }

    @Test func opaqueFieldStopsAtItsSurface() throws {
        let field = try Self.uniform(density: 80)
        let rays = RayBatch(NDArray([0, 0, 3, 0, 0, -1], shape: [1, 6]))
        let seen = field.render(rays, RenderSettings(samplesAcross: 512))
        #expect(seen.opacity.scalars[0] > 0.999)
        #expect(abs(seen.depth.scalars[0] - 2) < 0.03)
        #expect(seen.sampleCount < 128, "\(seen.sampleCount) samples: the ray did not end early")
    }

    @Test func emptyCellsAreSkippedAndOthersAreNot() throws {
        let configuration = FieldFixtures.configuration(
            density: DensityActivation(scale: 25, bias: -12, blob: .gaussian(amplitude: 16, width: 0.2)))
        var field = try FieldFixtures.field(configuration)
        field.grid = .zeros(field.grid.shape)
        let rays = Camera(azimuth: 10, elevation: 20).rays(width: 24, height: 24)
        let before = field.render(rays)
        field.updateOccupancy(seed: 4)
        field.updateOccupancy(seed: 5)
        #expect(field.occupancy.occupiedFraction < 0.5)
        let after = field.render(rays)
        #expect(after.sampleCount < before.sampleCount)
        #expect(normalisedError(after.outputs.scalars, before.outputs.scalars) < 1e-5)
    }

    @Test func normalsOfARoundBlobPointOutwards() throws {
        let configuration = FieldFixtures.configuration(
            .smoothstep,
            density: DensityActivation(scale: 25, bias: -8, blob: .gaussian(amplitude: 16, width: 0.3)))
        var field = try FieldFixtures.field(configuration)
        field.grid = .zeros(field.grid.shape)
        let seen = field.render(
            RayBatch(NDArray([0, 0.1, 3, 0, 0, -1], shape: [1, 6])),
            RenderSettings(samplesAcross: 256, wantsNormals: true))
        let n = seen.normal.scalars, a = seen.opacity.scalars[0], depth = seen.depth.scalars[0] / a
        let r = (0.01 + (3 - depth) * (3 - depth)).squareRoot()
        #expect(abs(n[1] / a - 0.1 / r) < 0.02 && abs(n[2] / a - (3 - depth) / r) < 0.02 && abs(n[0]) < 1e-4)
        let point = NDArray([0.2, -0.1, 0.2], shape: [1, 3])
        let value = field.evaluate(point, normals: true).scalars
        #expect(abs(value[4] - 2 / 3) < 1e-3 && abs(value[5] + 1 / 3) < 1e-3 && abs(value[6] - 2 / 3) < 1e-3)
    }

    @Test(arguments: KernelTier.allCases.filter { $0.rawValue <= KernelTier.detected.rawValue })
    func tiersAgree(_ tier: KernelTier) throws {
        var field = try FieldFixtures.field(FieldFixtures.configuration(.smoothstep))
        field.tier = .scalar
        let reference = Self.renderAndGradients(field)
        field.tier = tier
        let result = Self.renderAndGradients(field)
        // Tiers differ by fused multiply-adds only.
        #expect(normalisedError(result.outputs, reference.outputs) < 1e-9)
        #expect(normalisedError(result.grid, reference.grid) < 1e-8)
        #expect(normalisedError(result.network, reference.network) < 1e-8)
    }

    /// A grid of more than a core's cache, whose rays go through it in groups.
    static let large = HashGrid(levels: 6, log2TableSize: 18, baseResolution: 32, finestResolution: 700)

    @Test func largeGridsCompositeWhatTheirPointsHold() throws {
        let configuration = FieldConfiguration(
            grid: Self.large, density: DensityActivation(bias: -2), bound: 1, domain: .cube)
        let field = try FieldFixtures.field(configuration)
        let rays = Camera(azimuth: 25, elevation: 35).rays(width: 72, height: 72)
        let step: Float = 2 / 48, near: Float = 0.01
        let seen = field.render(
            rays, RenderSettings(samplesAcross: 48, transmittanceFloor: 0, skipsEmptySpace: false, near: near)
        )
        let base = rays.rays.scalars
        for ray in stride(from: 0, to: rays.count, by: 517) {
            let o = SIMD3(base[6 * ray], base[6 * ray + 1], base[6 * ray + 2])
            let d = SIMD3(base[6 * ray + 3], base[6 * ray + 4], base[6 * ray + 5])
            let a = (-1 - o) / d, b = (1 - o) / d
            let enter = max(near, pointwiseMin(a, b).max()), leave = pointwiseMax(a, b).min()
            guard leave > enter else { continue }
            let places = (0...Int((leave - enter) / step)).map { o + d * (enter + step * (Float($0) + 0.5)) }
                .filter { $0.min() >= -1 && $0.max() <= 1 }
            let values = field.evaluate(
                NDArray(places.flatMap { [$0.x, $0.y, $0.z] }, shape: [places.count, 3])
            ).scalars.chunked(4)
            var transmittance: Float = 1
            var expected: [Float] = [0, 0, 0, 0]
            for value in values {
                let alpha = 1 - exp(-value[0] * step)
                for c in 0..<3 { expected[c] += transmittance * alpha * value[c + 1] }
                expected[3] += transmittance * alpha
                transmittance *= 1 - alpha
            }
            // Places differ by their rounding, which the finest cells, 1/350 of a unit, make 1e-5 of a feature.
            let got = Array(seen.outputs.scalars[ray * 9..<ray * 9 + 4])
            #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "ray \(ray): \(got), \(expected)")
        }
    }

    @Test(arguments: [nil, RenderingTests.large])
    func bytesDoNotDependOnTheNumberOfThreads(_ grid: HashGrid?) throws {
        var configuration = FieldFixtures.configuration()
        if let grid { configuration.grid = grid }
        let field = try FieldFixtures.field(configuration)
        let rays = Camera(azimuth: 40, elevation: 10).rays(width: 48, height: 48)
        Threads.setLimit(1)
        let one = Self.renderAndGradients(field, rays)
        for threads in [2, 3, 7] {
            Threads.setLimit(threads)
            let many = Self.renderAndGradients(field, rays)
            #expect(one.outputs == many.outputs && one.grid == many.grid && one.network == many.network)
        }
    }

    static func renderAndGradients(
        _ field: RadianceField, _ rays: RayBatch = FieldFixtures.rays()
    ) -> (outputs: [Float], grid: [Float], network: [Float]) {
        let settings = RenderSettings(samplesAcross: 64, jitterSeed: 2, wantsNormals: true)
        let (rendering, record) = field.renderRecorded(rays, settings)
        var adjoint = RenderingAdjoint(count: rays.count)
        var random = RandomStream(seed: 8, stream: "adjoint")
        adjoint.outputs = random.uniform([rays.count, 9])
        var gradients = FieldGradients(for: field)
        field.accumulate(adjoint, record, into: &gradients)
        return (rendering.outputs.scalars, gradients.grid.scalars, gradients.network.scalars)
    }
}

/// Squared error over squared reference.
func normalisedError(_ actual: [Float], _ reference: [Float]) -> Double {
    precondition(actual.count == reference.count)
    let error = zip(actual, reference).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    let scale = reference.reduce(0.0) { $0 + Double($1) * Double($1) }
    return error / max(scale, 1e-30)
}

extension [Float] {
    func chunked(_ size: Int) -> [[Float]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
    }
}
