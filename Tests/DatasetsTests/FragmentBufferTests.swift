// Visibility of triangles: what is nearest at a sample, and where on it.

import Meshes
import Testing

@Suite struct FragmentBufferTests {
    private func draw(
        _ positions: [SIMD3<Float>], _ faces: [SIMD3<UInt32>], _ projection: FragmentBuffer.Projection
    ) -> FragmentBuffer {
        let buffer = FragmentBuffer(width: 8, height: 8)
        positions.withUnsafeBufferPointer { points in
            faces.withUnsafeBufferPointer { buffer.draw(points, faces: $0, projection: projection) }
        }
        return buffer
    }

    private let square: [SIMD3<UInt32>] = [SIMD3(0, 1, 2), SIMD3(0, 2, 3)]

    private func corners(_ low: Float, _ high: Float, _ z: Float) -> [SIMD3<Float>] {
        [SIMD3(low, low, z), SIMD3(high, low, z), SIMD3(high, high, z), SIMD3(low, high, z)]
    }

    @Test func aSquareCoversTheSamplesWhoseCentresLieInIt() {
        let buffer = draw(corners(2, 5, 1), square, .perspective)
        for y in 0..<8 {
            for x in 0..<8 {
                let inside = (2..<5).contains(x) && (2..<5).contains(y)
                #expect((buffer.face[y * 8 + x] >= 0) == inside, "\(x), \(y)")
            }
        }
    }

    @Test func theNearerFaceHidesTheFarther() {
        let positions = corners(0, 8, 4) + corners(2, 6, 2)
        let faces = square + square.map { $0 &+ 4 }
        let perspective = draw(positions, faces, .perspective)
        #expect(perspective.face[0] < 2 && perspective.face[3 * 8 + 3] >= 2)
        // Along a parallel axis the larger height is nearer.
        let parallel = draw(positions, faces, .parallel)
        #expect(parallel.face[3 * 8 + 3] < 2)
    }

    @Test func weightsArePerspectiveCorrect() {
        // From depth 1 at the left to depth 3 at the right: the middle of the screen is at a quarter of the edge,
        // since 1/z is linear on the screen: 1/z = 2/3, z = 1.5, (1.5 - 1) / 2 = 0.25.
        let positions = [SIMD3<Float>(0, -20, 1), SIMD3(0, 20, 1), SIMD3(9, 4.5, 3)]
        let buffer = draw(positions, [SIMD3(0, 1, 2)], .perspective)
        let sample = 4 * 8 + 4
        #expect(abs(buffer.weights[sample].y - 0.25) < 1e-5)
        let parallel = draw(positions, [SIMD3(0, 1, 2)], .parallel)
        #expect(abs(parallel.weights[sample].y - 0.5) < 1e-5)
    }

    @Test func facesBehindTheCameraAreLeftOut() {
        let buffer = draw(corners(0, 8, -1), square, .perspective)
        #expect(buffer.face.allSatisfy { $0 == -1 })
    }
}
