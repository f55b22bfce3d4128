// One view of an object: what each channel shows, and the views of fields and meshes.

import Arrays
import Images
import Lathe
import Meshes
import Radiance
import Testing

@Suite struct ViewPictureTests {
    private let camera = Camera(azimuth: 0, elevation: 0)

    /// Four pixels: near, far, near and half transparent, empty; facing the camera, right, up, nowhere.
    private let view = ViewPicture(
        size: 2,
        colour: NDArray(
            [0.8, 0.4, 0.2, 1, 0.1, 0.5, 0.9, 1, 0.3, 0.2, 0.1, 0.5, 0, 0, 0, 0], shape: [2, 2, 4]),
        depth: NDArray([2.2, 3.2, 1.1, 0], shape: [2, 2]),
        normal: NDArray([0, 0, 1, 1, 0, 0, 0, 0.5, 0, 0, 0, 0], shape: [2, 2, 3]))

    private func expect(
        _ picture: Image, _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = picture.pixels.scalars
        #expect(found.count == expected.count, sourceLocation: sourceLocation)
        for (a, b) in zip(found, expected) {
            #expect(abs(a - b) < 1e-5, "\(found)", sourceLocation: sourceLocation)
        }
    }

    /// The camera stands 2.7 units away: depth 2.2 is a quarter into the two units that are shown, 3.2 three quarters.
    @Test func nearIsBrightInTheDepthPicture() {
        expect(
            view.shown([.depth], background: .colour(red: 0, green: 0, blue: 0), camera: camera),
            [0.75, 0.75, 0.75, 0.25, 0.25, 0.25, 0.375, 0.375, 0.375, 0, 0, 0])
    }

    @Test func normalsAreShownInTheCamerasAxes() {
        let black = FilmOptions.Background.colour(red: 0, green: 0, blue: 0)
        expect(
            view.shown([.normal], background: black, camera: camera),
            [0.5, 0.5, 1, 1, 0.5, 0.5, 0.25, 0.5, 0.25, 0, 0, 0])
        // Seen from the right, what faces the world's front faces left, and what faces its right faces the camera.
        expect(
            view.shown([.normal], background: black, camera: Camera(azimuth: 90, elevation: 0)),
            [0, 0.5, 0.5, 0.5, 0.5, 1, 0.25, 0.5, 0.25, 0, 0, 0])
    }

    @Test func opacityIsWhiteWhereTheObjectIs() {
        expect(
            view.shown([.opacity], background: .colour(red: 0, green: 0, blue: 0), camera: camera),
            [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0, 0, 0])
    }

    @Test func coloursLieOverTheBackground() {
        expect(
            view.shown([.rgb], background: .white, camera: camera),
            [0.8, 0.4, 0.2, 0.1, 0.5, 0.9, 0.8, 0.7, 0.6, 1, 1, 1])
        let clear = view.shown([.rgb], background: .alpha, camera: camera)
        expect(clear, [0.8, 0.4, 0.2, 1, 0.1, 0.5, 0.9, 1, 0.6, 0.4, 0.2, 0.5, 0, 0, 0, 0])
    }

    @Test func channelsStandSideBySideInTheirOrder() {
        let both = view.shown([.opacity, .rgb], background: .white, camera: camera)
        #expect(both.width == 4 && both.height == 2)
        let row = Array(both.pixels.scalars.prefix(12))
        for (found, expected) in zip(row, [1, 1, 1, 1, 1, 1, 0.8, 0.4, 0.2, 0.1, 0.5, 0.9] as [Float]) {
            #expect(abs(found - expected) < 1e-5, "\(row)")
        }
    }

    /// The middle of a ball is nearer than its rim, and its normal there looks at the camera.
    @Test func aBallsMiddleIsNearest() throws {
        let field = try SolidField.ball { _ in SIMD3(0.5, 0.5, 0.5) }
        let size = 33
        let mesh = Mesh(
            levelSetOf: ScalarGrid(resolution: 32, extent: 1) { 0.6 - ($0 * $0).sum().squareRoot() }, level: 0
        ).withComputedNormals()
        let subjects: [any Viewable] = [field, MeshView(TexturedMesh(mesh: mesh))]
        for subject in subjects {
            let seen = subject.view(from: camera, size: size, needsNormals: true)
            let depth = seen.shown([.depth], background: .white, camera: camera).pixels.scalars
            let middle = size / 2 * size + size / 2
            // The front of the ball is 2.1 units away: 0.8 of white. A few pixels below the rim it is farther.
            #expect(abs(depth[3 * middle] - 0.8) < 0.03, "\(depth[3 * middle])")
            #expect(depth[3 * middle] > depth[3 * (middle + 7 * size)] + 0.05)
            let normal = seen.shown([.normal], background: .white, camera: camera).pixels.scalars
            #expect(normal[3 * middle + 2] > 0.95)
            // To the right of the middle the surface turns right, above it up.
            #expect(normal[3 * (middle + 6)] > 0.6 && normal[3 * (middle - 6 * size) + 1] > 0.6)
        }
    }
}
