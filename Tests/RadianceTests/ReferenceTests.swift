// Encoding and network against PyTorch: values, and the gradients of grid and network.

import Arrays
import Radiance
import TestSupport
import Testing

@Suite struct FieldReferenceTests {
    @Test(arguments: [HashGrid.Interpolation.linear, .smoothstep])
    func pointsAndGradientsMatchTheReference(interpolation: HashGrid.Interpolation) throws {
        let fixture = try Fixture("field")
        func expected(_ name: String) throws -> NDArray { try fixture["\(interpolation.rawValue).\(name)"] }
        let configuration = FieldFixtures.configuration(interpolation)
        let field = try RadianceField(configuration, grid: fixture["grid"], network: fixture["network"])
        let points = try fixture["points"]
        let (values, record) = field.evaluateRecorded(points)
        // The reference is float64: what is left is the rounding of a few dozen float32 additions.
        expectClose(values, try expected("values"), relative: 1e-5)
        let density = field.evaluate(points).scalars.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
        expectClose(density, try expected("density").scalars, relative: 1e-5)
        var gradients = FieldGradients(for: field)
        field.accumulate(try fixture["slope"], record, into: &gradients)
        expectClose(gradients.grid, try expected("grid"), relative: 1e-5)
        expectClose(gradients.network, try expected("network"), relative: 1e-5)
    }
}
