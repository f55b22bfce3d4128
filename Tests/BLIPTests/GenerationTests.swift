// Properties of caption search that need no reference.

import Arrays
import BLIP
import Foundation
import Images
import Testing

@Suite struct GenerationTests {
    private let model: BLIPCaptioner
    private let features: BLIPImageFeatures

    init() throws { (model, features) = try tiedCaptioner() }

    private func sample(_ index: UInt64, seed: UInt64 = 7, topP: Float = 0.9) -> Caption {
        model.caption(
            features, options: CaptionOptions(method: .nucleus(topP: topP, seed: seed, sample: index)))
    }

    @Test func samplesRepeatWithTheSeedAndVaryWithTheIndex() {
        let first = (0..<8).map { sample($0).ids }
        #expect(first == (0..<8).map { sample($0).ids })
        #expect(Set(first).count > 1)
        #expect(first != (0..<8).map { sample($0, seed: 8).ids })
    }

    @Test func aTinyNucleusIsGreedy() {
        let greedy = model.caption(features, options: CaptionOptions(method: .greedy, repetitionPenalty: 1.1))
        #expect((0..<4).allSatisfy { sample($0, topP: 1e-6).ids == greedy.ids })
    }

    @Test func wideBeamsFindCaptionsAtLeastAsLikely() {
        // Not true of every model, but a beam that loses the greedy path here has a fault.
        let greedy = model.caption(features, options: CaptionOptions(method: .greedy))
        let beams = model.caption(features, options: CaptionOptions(method: .beams(8)))
        #expect(beams.score >= greedy.score - 1e-5)
    }

    @Test func lengthsAreKept() {
        let end = model.configuration.text.endID
        for maximum in [5, 6, 9, 20] {
            for method in [
                CaptionOptions.Method.greedy, .beams(3), .beams(1), .nucleus(topP: 0.9, seed: 1, sample: 0),
            ] {
                let ids = model.caption(
                    features,
                    options: CaptionOptions(method: method, minimumLength: 5, maximumLength: maximum)
                ).ids
                #expect(ids.count <= maximum && ids.count > 4)
                if let place = ids.firstIndex(of: end) { #expect(place >= 5 && place == ids.count - 1) }
            }
        }
    }
}
