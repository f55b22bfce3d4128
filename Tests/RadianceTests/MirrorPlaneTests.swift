// Reflection of points and cameras.

import Radiance
import Testing

@Suite struct MirrorPlaneTests {
    private func isNear(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Bool {
        ((a - b) * (a - b)).sum() < 1e-8
    }

    @Test func planesExchangeTheirSides() {
        #expect(isNear(MirrorPlane(azimuth: 0).reflected([1, 2, 3]), [-1, 2, 3]))
        #expect(isNear(MirrorPlane(azimuth: 90).reflected([1, 2, 3]), [1, 2, -3]))
        // The plane at 45 degrees exchanges front (+z) and right (+x).
        #expect(isNear(MirrorPlane(azimuth: 45).reflected([0, 0, 1]), [1, 0, 0]))
        let plane = MirrorPlane(azimuth: -20)
        #expect(isNear(plane.reflected(plane.reflected([0.3, -0.4, 0.8])), [0.3, -0.4, 0.8]))
    }

    @Test func aReflectedCameraStandsAtTwiceThePlane() {
        let camera = Camera(azimuth: 10, elevation: 20).reflected(in: MirrorPlane(azimuth: 30))
        #expect(abs(camera.azimuth - 50) < 1e-3 && abs(camera.elevation - 20) < 1e-3)
        let handedness =
            camera.right.x * (camera.up.y * camera.forward.z - camera.up.z * camera.forward.y)
            + camera.right.y * (camera.up.z * camera.forward.x - camera.up.x * camera.forward.z)
            + camera.right.z * (camera.up.x * camera.forward.y - camera.up.y * camera.forward.x)
        #expect(abs(handedness + 1) < 1e-5, "right x up = back")
    }

    /// The ray of a pixel and that of the mirrored pixel of the reflected camera are mirror images.
    @Test func picturesOfAReflectedCameraAreMirrored() {
        var camera = Camera(azimuth: 0, elevation: 15)
        camera.magnification = 1.3
        camera.principalPoint = [0.1, -0.2]
        let plane = MirrorPlane(azimuth: 25)
        let other = camera.reflected(in: plane)
        for (x, y) in [(0.5, 0.5), (31, 10), (63.5, 40)] as [(Float, Float)] {
            let ray = camera.ray(x: x, y: y, width: 64, height: 64)
            let mirrored = other.ray(x: 64 - x, y: y, width: 64, height: 64)
            #expect(isNear(plane.reflected(ray.origin), mirrored.origin))
            #expect(isNear(plane.reflected(ray.direction), mirrored.direction))
        }
    }

    @Test func aPlaneSeenEdgeOnShowsNoOtherSide() {
        #expect(!MirrorPlane(azimuth: -5).showsOtherSide)
        #expect(MirrorPlane(azimuth: -35).showsOtherSide && MirrorPlane(azimuth: 90).showsOtherSide)
    }
}
