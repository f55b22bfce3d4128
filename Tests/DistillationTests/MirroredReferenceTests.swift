// The mirrored reference picture in a lift.

import Distillation
import Foundation
import Radiance
import Testing

@Suite struct MirroredReferenceTests {
    private func lift(_ symmetry: SymmetryChoice) throws -> Distiller {
        var configuration = DistillationFixtures.configuration(steps: 8)
        configuration.formingShare = 0.5
        configuration.symmetry = symmetry
        return try Distiller(
            configuration, prior: try DistillationFixtures.prior(size: 16),
            reference: DistillationFixtures.reference())
    }

    @Test func theMirroredPictureCountsOnceThePlaneIsKnown() throws {
        var lift = try lift(.plane(40))
        while let state = lift.next() {
            #expect((state.losses["mirrored"] != nil) == (state.stage != .form), "step \(state.step)")
        }
        #expect(lift.mirrors.map(\.azimuth) == [40])
    }

    @Test(arguments: [SymmetryChoice.off, .plane(0)])
    func withoutAnotherSideItDoesNot(symmetry: SymmetryChoice) throws {
        var lift = try lift(symmetry)
        while let state = lift.next() { #expect(state.losses["mirrored"] == nil) }
    }

    @Test func thePlaneIsKeptByACheckpoint() throws {
        var lift = try lift(.plane(40))
        for _ in 0..<6 { _ = lift.next() }
        let resumed = try Distiller(
            resuming: try lift.checkpoint(), prior: try DistillationFixtures.prior(size: 16),
            reference: DistillationFixtures.reference())
        #expect(resumed.mirrors == lift.mirrors && resumed.mirrors.count == 1)
    }

    /// Checkpoints of versions without the setting go on as they began.
    @Test func aConfigurationWithoutTheSettingUsesNone() throws {
        let data = try JSONEncoder().encode(DistillationFixtures.configuration(steps: 8))
        var tree = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(tree.removeValue(forKey: "symmetry") as? String == "auto")
        let old = try JSONSerialization.data(withJSONObject: tree)
        let read = try JSONDecoder().decode(DistillationConfiguration.self, from: old)
        #expect(read.symmetry == .off)
    }
}
