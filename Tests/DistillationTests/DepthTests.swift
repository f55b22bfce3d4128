// The depth term: what it measures, and its gradient against finite differences.

import Arrays
import Distillation
import Radiance
import TestSupport
import Testing

@Suite struct DepthTests {
    static let size = 20
    static let settings = RenderSettings(samplesAcross: 64, skipsEmptySpace: false)

    /// A ball with an uneven surface.
    static func field() throws -> RadianceField {
        var random = RandomStream(seed: 2, stream: "field")
        var field = try RadianceField(.lift, random: &random)
        field.grid.withUnsafeMutableBuffer { for i in $0.indices { $0[i] *= 3e3 } }
        return field
    }

    /// Opaque inside a disc that the ball covers.
    static var picture: NDArray {
        NDArray(shape: [size, size, 4]) { out in
            for y in 0..<size {
                for x in 0..<size {
                    let (u, v) = (Float(x) - 9.5, Float(y) - 9.5)
                    for c in 0..<4 { out[(y * size + x) * 4 + c] = u * u + v * v < 25 ? 1 : 0 }
                }
            }
        }
    }

    static func depth(_ f: (Float, Float) -> Float) -> NDArray {
        NDArray(shape: [size, size]) { out in
            for y in 0..<size {
                for x in 0..<size { out[y * size + x] = f((Float(x) - 9.5) / 10, (Float(y) - 9.5) / 10) }
            }
        }
    }

    static func term(_ field: RadianceField, _ depth: NDArray) -> (value: Double, gradients: FieldGradients) {
        let rays = Camera(azimuth: 0, elevation: 0).rays(width: size, height: size)
        let (rendering, record) = field.renderRecorded(rays, settings)
        var adjoint = RenderingAdjoint(count: rays.count)
        let value = adjoint.addDepthCorrelation(
            of: rendering, rays: 0..<rays.count, depth: depth, picture: picture, size: size, weight: 3)
        var gradients = FieldGradients(for: field)
        field.accumulate(adjoint, record, into: &gradients)
        return (value, gradients)
    }

    @Test func aBallAgreesWithADishAndNotWithAHill() throws {
        let field = try Self.field()
        // Seen from the front a ball's depth grows away from the middle, in whatever unit it is told.
        let dish = Self.term(field, Self.depth { 40 * ($0 * $0 + $1 * $1) + 7 }).value
        let hill = Self.term(field, Self.depth { 1 - $0 * $0 - $1 * $1 }).value
        #expect(dish < 0.6 && hill > 5.4, "3 (1 - correlation): \(dish) and \(hill)")
    }

    @Test func theGradientMatchesDifferences() throws {
        let field = try Self.field()
        let depth = Self.depth { $0 + 0.5 * $1 * $1 }
        var random = RandomStream(seed: 9, stream: "direction")
        // The second layer alone: depth is smooth in it, while a step through a ReLU's kink is no derivative.
        let first = field.configuration.hiddenWidth * (field.configuration.grid.levels * 2 + 1)
        let direction = random.uniform(field.network.shape).scalars.enumerated().map {
            $0.offset < first ? 0 : $0.element - 0.4
        }
        func moved(_ amount: Float) -> RadianceField {
            var result = field
            result.network.withUnsafeMutableBuffer {
                for i in $0.indices { $0[i] += amount * direction[i] }
            }
            return result
        }
        let step: Float = 1e-3
        let expected =
            (Self.term(moved(step), depth).value - Self.term(moved(-step), depth).value) / (2 * Double(step))
        let slope = zip(Self.term(field, depth).gradients.network.scalars, direction)
            .reduce(0) { $0 + Double($1.0) * Double($1.1) }
        // Float32 sums of depth, divided by the step.
        #expect(abs(slope - expected) <= 2e-2 * abs(expected) + 1e-3, "\(slope), difference \(expected)")
        #expect(abs(expected) > 1e-2, "the direction matters")
    }
}
