// Surface extraction against solids whose measures are known.

import Meshes
import Testing

@Suite struct MarchingCubesTests {
    static func sphere(resolution: Int = 48, radius: Float = 0.7) -> ScalarGrid {
        ScalarGrid(resolution: resolution, extent: 1) { radius - ($0 * $0).sum().squareRoot() }
    }

    static func torus(resolution: Int = 64) -> ScalarGrid {
        ScalarGrid(resolution: resolution, extent: 1) { point in
            let ring = (point.x * point.x + point.z * point.z).squareRoot() - 0.6
            return 0.2 - (ring * ring + point.y * point.y).squareRoot()
        }
    }

    @Test func aSphereIsClosedWithTheRightVolume() {
        let topology = Mesh(levelSetOf: Self.sphere(), level: 0).topology
        #expect(topology.isWatertight)
        #expect(topology.components == 1)
        #expect(topology.eulerCharacteristic == 2)
        let exact: Float = 4 / 3 * .pi * 0.7 * 0.7 * 0.7
        // Chords of a sphere lie inside it: a grid step of 1/24 costs about 0.3 % of the volume.
        #expect(abs(topology.volume / exact - 1) < 0.01)
        #expect(abs(topology.area / (4 * .pi * 0.49) - 1) < 0.01)
    }

    @Test func aTorusHasOneHole() {
        let topology = Mesh(levelSetOf: Self.torus(), level: 0).topology
        #expect(topology.isWatertight)
        #expect(topology.eulerCharacteristic == 0)
        let exact: Float = 2 * .pi * .pi * 0.6 * 0.04
        #expect(abs(topology.volume / exact - 1) < 0.02)
    }

    @Test func everyRandomPatternCloses() {
        // White noise meets all 256 patterns and both kinds of ambiguous face.
        var state: UInt64 = 1
        let grid = ScalarGrid(resolution: 24, extent: 1) { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 24) - 0.5
        }
        let topology = Mesh(levelSetOf: grid, level: 0).topology
        #expect(topology.boundaryEdges == 0)
        #expect(topology.nonManifoldEdges == 0)
        #expect(topology.volume > 0)
    }

    @Test func aSolidThatFillsTheGridIsCapped() {
        let grid = ScalarGrid(resolution: 8, extent: 1) { _ in 1 }
        let topology = Mesh(levelSetOf: grid, level: 0).topology
        #expect(topology.isWatertight)
        #expect(abs(topology.volume - 8) < 0.1)
    }

    @Test func anEmptyFieldAndNaNGiveNoSurface() {
        #expect(Mesh(levelSetOf: ScalarGrid(resolution: 8, extent: 1) { _ in -1 }, level: 0).faces.isEmpty)
        #expect(Mesh(levelSetOf: ScalarGrid(resolution: 8, extent: 1) { _ in .nan }, level: 0).faces.isEmpty)
    }

    @Test func smallPiecesAreDropped() {
        let grid = ScalarGrid(resolution: 64, extent: 1) { point in
            let big = 0.5 - ((point + SIMD3(0.3, 0, 0)) * (point + SIMD3(0.3, 0, 0))).sum().squareRoot()
            let small = 0.1 - ((point - SIMD3(0.7, 0, 0)) * (point - SIMD3(0.7, 0, 0))).sum().squareRoot()
            return max(big, small)
        }
        let mesh = Mesh(levelSetOf: grid, level: 0)
        #expect(mesh.topology.components == 2)
        let kept = mesh.keepingComponents(atLeast: 0.5)
        #expect(kept.topology.components == 1)
        #expect(kept.topology.isWatertight)
        #expect(kept.positions.count < mesh.positions.count)
    }

    @Test func smoothingKeepsTheVolume() {
        let mesh = Mesh(levelSetOf: Self.sphere(resolution: 24), level: 0)
        let smooth = mesh.smoothed(passes: 10)
        #expect(smooth.topology.isWatertight)
        #expect(abs(smooth.topology.volume / mesh.topology.volume - 1) < 0.02)
        for (position, normal) in zip(smooth.positions, smooth.normals) {
            let size = (position * position).sum().squareRoot()
            // On a sphere the normal is the direction of the position.
            #expect((position / size * normal).sum() > 0.97)
        }
    }
}
