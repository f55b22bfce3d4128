// The tiny models give what PyTorch's generator gives.

import Arrays
import Checkpoints
import LaMa
import TestSupport
import Testing

@Suite struct ParityTests {
    private let fixture: LaMaFixture

    init() throws { fixture = try LaMaFixture() }

    /// Float sums in another order differ by some 1e-6; a wrong formula by far more.
    @Test(arguments: ["odd", "whole"]) func fillsHolesAsPyTorchDoes(name: String) throws {
        let filled = try fixture.small()(fixture.image(name), mask: fixture.mask(name))
        expectClose(filled, try fixture.composed(name), relative: 1e-5, name)
    }

    @Test func sizesReadOffATrainingCheckpointGiveTheSamePictures() throws {
        let model = try fixture.capped()
        let filled = try model(fixture.image("capped"), mask: fixture.mask("capped"))
        expectClose(filled, try fixture.composed("capped"), relative: 1e-5)
        #expect(model.configuration.maximumChannels == 10 && model.configuration.downsamplings == 3)
    }

    @Test func theConfigurationFileAndTheTensorsTellTheSameSizes() throws {
        let model = try fixture.small()
        let weights = WeightScope(
            try SafetensorsFile(path: Fixture.folder() + "/small/model.safetensors"))
        #expect(try LaMaConfiguration(deducedFrom: weights) == model.configuration)
    }

    @Test(arguments: ["refine", "budget"]) func refinementDescendsAsPyTorchDoes(name: String) throws {
        var options = LaMaRefinement.Options()
        (options.iterations, options.rate, options.minimumSide) = (4, 0.02, 20)
        options.pixelBudget = name == "budget" ? 3000 : 1_000_000_000
        let (image, mask) = (try fixture.image(name), try fixture.mask(name))
        let states = Array(try fixture.small().refine(image, mask: mask, options: options))
        let losses = states.compactMap(\.loss)
        expectClose(losses, try fixture.expected["\(name).losses"].scalars, relative: 1e-5, name)
        let result = try #require(states.last?.picture)
        #expect(agreeOutside(mask, result, image))
        // The reference stops at the budgeted size; the finest scale before enlarging is not a state.
        guard name == "refine" else { return }
        var rows: [Float] = []
        let width = result.shape[2]
        result.withUnsafeBuffer { values in
            for y in stride(from: 0, to: result.shape[1], by: 3) {
                for x in stride(from: 0, to: width, by: 2) {
                    for c in 0..<3 { rows.append(values[(y * width + x) * 3 + c]) }
                }
            }
        }
        expectClose(rows, try fixture.expected["refine.output"].scalars, relative: 1e-4, name)
    }
}
