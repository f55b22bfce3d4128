// Which pictures a point of a mesh takes its colour from.

import Lathe
import Meshes
import Radiance
import Testing

@Suite struct TextureBakingTests {
    /// A ball that is red in front and blue behind.
    private func paint() throws -> TextureBaking {
        let field = try SolidField.ball {
            $0.z > 0 ? SIMD3(0.9, 0.1, 0.1) : SIMD3(0.1, 0.1, 0.9)
        }
        let mesh = Mesh(
            levelSetOf: ScalarGrid(resolution: 32, extent: 1) { 0.6 - ($0 * $0).sum().squareRoot() }, level: 0
        )
        return TextureBaking(field: field, photograph: nil, mesh: mesh, size: 64)
    }

    @Test func aPointTakesTheColourThatIsSeenThere() throws {
        let colours = try paint().colours(
            at: [[0, 0, 0.6], [0, 0, -0.6], [0.3, 0.2, 0.48]], [[0, 0, 1], [0, 0, -1], [0.5, 0.33, 0.8]])
        #expect(colours.map(colourName) == ["red", "blue", "red"])
    }

    /// The far side of the ball, turned towards the front: every camera before it sees the red front instead.
    @Test func whatHidesAPointDoesNotColourIt() throws {
        let colours = try paint().colours(at: [[0, 0, -0.6]], [[0, 0, 1]])
        #expect(colours.map(colourName) == ["blue"], "\(colours)")
    }
}
