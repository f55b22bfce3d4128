// Planes of symmetry: found in fields, asked for, and used by the lift and the photograph's projection.

import Arrays
import Distillation
import Foundation
import Images
import Lathe
import Radiance
import Testing

@Suite struct SymmetryTests {
    private let camera = Camera(azimuth: 0, elevation: 10)

    /// A ball whose colours are symmetric about one vertical plane alone.
    private func ball(plane degrees: Float) throws -> RadianceField {
        let angle = degrees * .pi / 180
        let (along, across) = (
            SIMD3<Float>(sin(angle), 0, cos(angle)), SIMD3<Float>(cos(angle), 0, -sin(angle))
        )
        return try SolidField.ball { position in
            let (front, side) = ((position * along).sum(), abs((position * across).sum()))
            return SIMD3(front > 0.3 ? 0.95 : 0.05, side > 0.35 ? 0.9 : 0.1, front < -0.3 ? 0.9 : 0.1)
        }
    }

    @Test(arguments: [0, 30, -40] as [Float])
    func thePlaneOfAFieldIsFound(degrees: Float) throws {
        let search = SymmetrySearch(of: try ball(plane: degrees), like: camera, samplesAcross: 96)
        let plane = try #require(search.planes().first)
        #expect(abs(plane.azimuth - degrees) < 3, "\(plane.azimuth)")
    }

    @Test func aSurfaceOfRevolutionIsSymmetricAboutTheDiagonals() throws {
        let field = try SolidField.ball { $0.y > 0.2 ? SIMD3(0.9, 0.2, 0.1) : SIMD3(0.1, 0.3, 0.9) }
        let search = SymmetrySearch(of: field, like: camera, samplesAcross: 96)
        #expect(search.costs.allSatisfy { $0 < 0.01 }, "\(search.costs)")
        let valleys = costs([(0, 0.05), (45, 0.1), (90, 0.2), (-45, 0.1)])
        #expect(valleys.planes().map(\.azimuth) == [45, -45, 90])
    }

    /// Costs that fall to `depth` at some planes.
    private func costs(_ valleys: [(azimuth: Float, depth: Float)]) -> SymmetrySearch {
        SymmetrySearch(
            costs: (0..<36).map { index in
                valleys.reduce(Float(1)) { cost, valley in
                    let apart = abs(remainder(5 * Float(index) - valley.azimuth, 180))
                    return min(cost, valley.depth + (1 - valley.depth) * min(1, apart / 30))
                }
            })
    }

    @Test func planesNearTheViewingDirectionArePreferred() {
        #expect(costs([(35, 0.3), (-55, 0.25)]).planes().first?.azimuth == 35)
        #expect(costs([(35, 0.5), (-20, 0.3)]).planes().first?.azimuth == -20)
        #expect(costs([(35, 0.8), (-55, 0.25)]).planes().first?.azimuth == -55)
        #expect(costs([(65, 0.2)]).planes().first?.azimuth == 65)
    }

    @Test func withoutAClearPlaneThereIsNone() {
        #expect(costs([(35, 0.8)]).planes().isEmpty)
        #expect(costs([(65, 0.4)]).planes().isEmpty)
        #expect(costs([(90, 0.1)]).planes().isEmpty)
        #expect(SymmetrySearch(costs: Array(repeating: 0, count: 36)).planes().isEmpty)
    }

    @Test func choicesAreReadAndWritten() throws {
        #expect(SymmetryChoice("auto") == .auto && SymmetryChoice("off") == .off)
        #expect(SymmetryChoice("x") == .plane(0) && SymmetryChoice("-35.5") == .plane(-35.5))
        for wrong in ["", "y", "91", "nan", "-inf"] { #expect(SymmetryChoice(wrong) == nil, "\(wrong)") }
        for choice in [SymmetryChoice.auto, .off, .plane(12.5)] {
            let data = try JSONEncoder().encode([choice])
            #expect(try JSONDecoder().decode([SymmetryChoice].self, from: data) == [choice])
        }
    }

    @Test func theOtherSideIsColouredByTheMirroredPhotograph() throws {
        let field = try SolidField.ball(colour: SolidField.sides)
        let view = field.view(from: camera, size: 96, needsNormals: false).colour
        let plane = MirrorPlane(azimuth: 45)
        let seen = PhotographProjection(PlacedPhotograph(pixels: view, camera: camera), onto: field)
        let both = PhotographProjection(
            PlacedPhotograph(pixels: view, camera: camera, mirrors: [plane]), onto: field)
        let (front, right, left): (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) =
            ([0, 0.1, 0.59], [0.59, 0.1, 0], [-0.59, 0.1, 0])
        #expect(seen.sample(right, size: 96).weight == 0)
        let mirrored = both.sample(right, size: 96)
        #expect(mirrored.weight > 0.9 && colourName(mirrored.colour) == "red", "\(mirrored)")
        #expect(both.sample(right, normal: [1, 0, 0], size: 96).weight > 0.9)
        // What the photograph sees itself stays, and what neither sees has no colour.
        #expect(both.sample(front, size: 96).colour == seen.sample(front, size: 96).colour)
        #expect(both.sample(left, size: 96).weight == 0)
    }
}
