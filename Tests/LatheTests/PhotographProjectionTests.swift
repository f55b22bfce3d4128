// Where the photograph colours the surface, and where it does not.

import Arrays
import Images
import Lathe
import Meshes
import Radiance
import Testing

@Suite struct PhotographProjectionTests {
    private static let radius: Float = 0.6
    private let camera = Camera(azimuth: 0, elevation: 0)

    /// A ball that is red in front and blue behind.
    private func ball() throws -> RadianceField {
        try SolidField.ball { $0.z > 0 ? SIMD3(0.9, 0.1, 0.1) : SIMD3(0.1, 0.1, 0.9) }
    }

    /// A photograph of the ball that shows it green, with a yellow upper half.
    private func photograph(of field: RadianceField, side: Int = 128) -> PlacedPhotograph {
        let seen = field.view(from: camera, size: side, needsNormals: false).colour.scalars
        var pixels = [Float](repeating: 0, count: side * side * 4)
        for i in 0..<side * side where seen[4 * i + 3] > 0.5 {
            pixels[4 * i] = i / side < side / 2 ? 0.9 : 0
            pixels[4 * i + 1] = 0.9
            pixels[4 * i + 3] = 1
        }
        return PlacedPhotograph(pixels: NDArray(pixels, shape: [side, side, 4]), camera: camera)
    }

    private func mesh() -> Mesh {
        Mesh(
            levelSetOf: ScalarGrid(resolution: 48, extent: 1) { Self.radius - ($0 * $0).sum().squareRoot() },
            level: 0)
    }

    @Test func thePhotographColoursWhatItSees() throws {
        let field = try ball()
        let photograph = photograph(of: field)
        for projection in [
            PhotographProjection(photograph, onto: field),
            PhotographProjection(photograph, onto: DistanceMap(of: mesh(), from: camera, size: 128)),
        ] {
            let upper = projection.sample([0, 0.2, 0.566], size: 128)
            let lower = projection.sample([0.1, -0.2, 0.557], size: 128)
            #expect(upper.weight > 0.95 && lower.weight > 0.95, "\(upper) \(lower)")
            #expect(upper.colour.x > 0.8 && lower.colour.x < 0.1, "\(upper) \(lower)")
            // Hidden behind the front, seen edge on, in the air before the surface, outside the picture.
            #expect(projection.sample([0, 0, -0.6], size: 128).weight == 0)
            #expect(projection.sample([0.59, 0, 0.1], size: 128).weight < 0.05)
            #expect(projection.sample([0, 0, 0.9], size: 128).weight == 0)
            #expect(projection.sample([3, 0, 0], size: 128).weight == 0)
        }
    }

    /// The normal of a side face at a point that a coarse map takes for the front.
    @Test func aGrazedSurfaceTakesNoColour() throws {
        let field = try ball()
        let projection = PhotographProjection(photograph(of: field), onto: field)
        #expect(projection.sample([0, 0.2, 0.566], normal: [0, 0, 1], size: 128).weight > 0.9)
        #expect(projection.sample([0, 0.2, 0.566], normal: [1, 0, 0.05], size: 128).weight == 0)
    }

    @Test func distancesOfAFieldAndOfAMeshAgree() throws {
        let (a, b) = (
            DistanceMap(of: try ball(), from: camera, size: 64),
            DistanceMap(of: mesh(), from: camera, size: 64)
        )
        let centre = 32 * 64 + 32
        #expect(abs(b.distances[centre] - (2.7 - Self.radius)) < 0.01)
        #expect(abs(a.distances[centre] - b.distances[centre]) < 0.05)
        #expect(b.cosine(32, 32) > 0.95)
        #expect(b.distances[0] == 0 && b.cosine(0, 0) == 0)
    }

    @Test func viewsShowThePhotographInFrontAndTheFieldBehind() throws {
        let field = try ball()
        let scene = PhotographedField(field, photograph: photograph(of: field))
        func middle(_ azimuth: Float) -> String {
            let view = scene.view(
                from: Camera(azimuth: azimuth, elevation: 0), size: 64, needsNormals: false)
            let pixel = Array(view.colour.scalars[(40 * 64 + 32) * 4..<(40 * 64 + 32) * 4 + 4])
            #expect(pixel[3] > 0.9)
            return colourName(SIMD3(pixel[0], pixel[1], pixel[2]))
        }
        #expect(middle(0) == "green")
        #expect(middle(30) == "green")
        #expect(middle(180) == "blue")
    }

    @Test func theMeshTakesThePhotographsColours() throws {
        let field = try ball()
        let baking = TextureBaking(
            field: field, photograph: photograph(of: field), mesh: mesh(), size: 64)
        let colours = baking.colours(
            at: [[0, -0.2, 0.566], [0, 0, -0.6], [0.6, 0, 0]], [[0, -0.33, 0.94], [0, 0, -1], [1, 0, 0]])
        #expect(colours.prefix(2).map(colourName) == ["green", "blue"], "\(colours)")
        #expect(colourName(colours[2]) != "green")
    }

    @Test func agreementIsOfColourInsideAndOfSilhouettes() throws {
        let photograph = photograph(of: try ball())
        #expect(photograph.agreement(with: photograph.pixels) == (60, 1))
        let (psnr, overlap) = photograph.agreement(with: NDArray.zeros([128, 128, 4]))
        #expect(psnr < 6 && overlap == 0)
    }
}
