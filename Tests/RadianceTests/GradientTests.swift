// Hand-written adjoints against finite differences, per parameter kind and per output.
import Arrays
import Radiance
import Testing

@Suite struct GradientTests {
    /// Parameter ranges: two dense levels, the hashed one, weights and biases of both layers.
    enum Part: CaseIterable {
        case denseCoarse, denseFine, hashed, firstWeights, firstBias, secondWeights, secondBias
    }

    enum Output: CaseIterable {
        case colour, opacity, depth, normal, distortion

        var columns: Range<Int> {
            switch self {
            case .colour: 0..<3
            case .opacity: 3..<4
            case .depth: 4..<5
            case .normal: 5..<8
            case .distortion: 8..<9
            }
        }
    }

    static func range(_ part: Part, _ c: FieldConfiguration) -> (isGrid: Bool, range: Range<Int>) {
        let f = c.grid.featuresPerLevel, hidden = c.hiddenWidth, first = hidden * c.grid.inputs
        // Vertices of the levels 3, 6 and 13 cells wide; starts are rounded up to 16 floats.
        let coarse = 64 * f, fineStart = (coarse + 15) & ~15, fine = 343 * f
        let hashStart = (fineStart + fine + 15) & ~15
        switch part {
        case .denseCoarse: return (true, 0..<coarse)
        case .denseFine: return (true, fineStart..<fineStart + fine)
        case .hashed: return (true, hashStart..<hashStart + 512 * f)
        case .firstWeights: return (false, 0..<first)
        case .firstBias: return (false, first..<first + hidden)
        case .secondWeights: return (false, first + hidden..<first + 5 * hidden)
        case .secondBias: return (false, first + 5 * hidden..<first + 5 * hidden + 4)
        }
    }

    /// `field` moved by `amount` times a fixed random direction in one parameter range.
    static func moved(_ field: RadianceField, _ part: Part, _ amount: Float) -> RadianceField {
        var result = field
        let (isGrid, range) = range(part, field.configuration)
        var random = RandomStream(seed: 3, stream: "direction")
        let direction = random.uniform([range.count]).scalars
        func move(_ array: inout NDArray) {
            array.withUnsafeMutableBuffer {
                for i in range { $0[i] += amount * (direction[i - range.lowerBound] - 0.3) }
            }
        }
        if isGrid { move(&result.grid) } else { move(&result.network) }
        return result
    }

    /// The slope of the loss along the same direction, from gradients.
    static func slope(_ gradients: FieldGradients, _ configuration: FieldConfiguration, _ part: Part)
        -> Double
    {
        let (isGrid, range) = range(part, configuration)
        var random = RandomStream(seed: 3, stream: "direction")
        let direction = random.uniform([range.count]).scalars
        let values = (isGrid ? gradients.grid : gradients.network).scalars
        return range.reduce(0) { $0 + Double(values[$1]) * Double(direction[$1 - range.lowerBound] - 0.3) }
    }

    static func weights(_ count: Int, _ output: Output) -> NDArray {
        var random = RandomStream(seed: 5, stream: "loss")
        let draws = random.uniform([count, 9]).scalars
        return NDArray(
            draws.enumerated().map { output.columns.contains($0.offset % 9) ? $0.element - 0.4 : 0 },
            shape: [count, 9])
    }

    static func loss(_ field: RadianceField, _ weights: NDArray, _ settings: RenderSettings) -> Double {
        let outputs = field.render(FieldFixtures.rays(), settings).outputs.scalars
        return zip(outputs, weights.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    static func check(
        _ configuration: FieldConfiguration, _ output: Output, step: Float = 2e-3, tolerance: Double = 2e-2
    ) throws {
        let field = try FieldFixtures.field(configuration, steady: true)
        // No early end: where a ray ends would jump with the parameters.
        let settings = RenderSettings(
            samplesAcross: 40, jitterSeed: 9, transmittanceFloor: 0, wantsNormals: output == .normal)
        let weights = weights(FieldFixtures.rays().count, output)
        let (_, record) = field.renderRecorded(FieldFixtures.rays(), settings)
        var adjoint = RenderingAdjoint(count: FieldFixtures.rays().count)
        adjoint.outputs = weights
        var gradients = FieldGradients(for: field)
        field.accumulate(adjoint, record, into: &gradients)
        for part in Part.allCases {
            let expected =
                (loss(moved(field, part, step), weights, settings)
                    - loss(moved(field, part, -step), weights, settings))
                / (2 * Double(step))
            let actual = slope(gradients, configuration, part)
            // Sums of float32 outputs carry about 1e-5; divided by the step that is the absolute floor.
            #expect(
                abs(actual - expected) <= tolerance * abs(expected) + 2e-2,
                "\(output) by \(part): adjoint \(actual), difference \(expected)")
        }
    }

    @Test(arguments: Output.allCases) func adjointsMatchDifferencesWithLinearWeights(_ output: Output) throws
    {
        try Self.check(FieldFixtures.configuration(.linear), output)
    }

    @Test(arguments: Output.allCases) func adjointsMatchDifferencesWithSmoothstep(_ output: Output) throws {
        let density = DensityActivation(
            activation: .exponential, scale: 1, bias: 0.2, blob: .gaussian(amplitude: 1, width: 0.5))
        try Self.check(FieldFixtures.configuration(.smoothstep, features: 4, density: density), output)
    }

    @Test(arguments: [1, 8]) func otherFeatureWidthsMatchDifferences(_ features: Int) throws {
        let density = DensityActivation(scale: 2, bias: 0, blob: .cone(amplitude: 1, width: 0.5))
        try Self.check(FieldFixtures.configuration(.linear, features: features, density: density), .normal)
    }

    @Test func pointAdjointMatchesDifferences() throws {
        let configuration = FieldFixtures.configuration()
        let field = try FieldFixtures.field(configuration, steady: true)
        var random = RandomStream(seed: 1, stream: "points")
        var points = random.uniform([700, 3])
        points.withUnsafeMutableBuffer { for i in $0.indices { $0[i] = $0[i] * 2 - 1 } }
        var weights = random.uniform([700, 4])
        weights.withUnsafeMutableBuffer { for i in $0.indices { $0[i] -= 0.4 } }
        func loss(_ field: RadianceField) -> Double {
            zip(field.evaluate(points, logit: true).scalars, weights.scalars)
                .reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let (values, record) = field.evaluateRecorded(points)
        #expect(values.scalars == field.evaluate(points, logit: true).scalars)
        var gradients = FieldGradients(for: field)
        field.accumulate(weights, record, into: &gradients)
        for part in Part.allCases {
            let expected = (loss(Self.moved(field, part, 2e-3)) - loss(Self.moved(field, part, -2e-3))) / 4e-3
            let actual = Self.slope(gradients, configuration, part)
            #expect(
                abs(actual - expected) <= 1e-2 * abs(expected) + 5e-2,
                "\(part): adjoint \(actual), difference \(expected)")
        }
    }

    @Test(arguments: [
        Smoothness(density: 0.5), Smoothness(colour: 5), Smoothness(bending: 0.5),
        Smoothness(density: 0.3, colour: 2, bending: 0.1),
    ])
    func smoothnessMatchesDifferences(_ weights: Smoothness) throws {
        let configuration = FieldFixtures.configuration()
        let field = try FieldFixtures.field(configuration, steady: true)
        func term(_ field: RadianceField, _ gradients: inout FieldGradients) -> Double {
            var random = RandomStream(seed: 4, stream: "smoothness")
            return field.addSmoothness(weights, count: 300, spacing: 0.1, random: &random, into: &gradients)
        }
        var gradients = FieldGradients(for: field), unused = FieldGradients(for: field)
        #expect(term(field, &gradients) > 0)
        for part in Part.allCases {
            let ahead = term(Self.moved(field, part, 2e-3), &unused)
            let expected = (ahead - term(Self.moved(field, part, -2e-3), &unused)) / 4e-3
            let actual = Self.slope(gradients, configuration, part)
            // The differences cancel most of each value, so the float32 floor is higher than for the values.
            #expect(
                abs(actual - expected) <= 2e-2 * abs(expected) + 5e-2,
                "\(part): adjoint \(actual), difference \(expected)")
        }
    }

    @Test func smoothnessIsMeasuredWhereSomethingIs() throws {
        var field = try FieldFixtures.field(FieldFixtures.configuration())
        var gradients = FieldGradients(for: field)
        var random = RandomStream(seed: 4, stream: "smoothness")
        let everywhere = Smoothness(density: 1)
        #expect(
            field.addSmoothness(everywhere, count: 50, spacing: 0.1, random: &random, into: &gradients) > 0)
        field.occupancy.densities = .zeros(field.occupancy.densities.shape)
        field.occupancy.refresh(threshold: 1, dilate: true)
        #expect(
            field.addSmoothness(everywhere, count: 50, spacing: 0.1, random: &random, into: &gradients) == 0)
    }
}
