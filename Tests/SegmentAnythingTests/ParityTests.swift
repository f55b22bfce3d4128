// The tiny model gives what transformers' SamModel gives.

import Arrays
import Checkpoints
import Foundation
import Images
import SegmentAnything
import Testing

/// Float sums in another order differ by some 1e-6 of the largest value; a wrong formula by far more than 1e-4.
private let tolerance: Float = 1e-4

@Suite struct ParityTests {
    private let fixture: SAMFixture

    init() throws { fixture = try SAMFixture() }

    @Test func preprocessingEqualsTheProcessor() throws {
        let pixels = fixture.model.preprocess(Image(try fixture.array("picture")))
        let expected = try fixture.array("pixels")
        let error = relativeError(pixels, expected)
        #expect(error < tolerance)
    }

    @Test func imageFeaturesEqualTheEncoder() throws {
        let features = fixture.model.features(of: try fixture.array("pixels"))
        let error = relativeError(features, try fixture.array("features"))
        #expect(error < tolerance)
    }

    @Test(arguments: ["point", "background", "points", "box", "point_box", "box_mask", "mask", "all"])
    func masksEqualTheDecoder(name: String) throws {
        let prompt = try fixture.prompt(name)
        let embedding = fixture.model.embedding(
            features: try fixture.array("features"), height: 37, width: 50)
        let predictions =
            try fixture.model.predict(prompt, on: embedding, outputs: .single)
            + fixture.model.predict(prompt, on: embedding, outputs: .alternatives)
        let masks = try fixture.array("\(name).masks")
        let iou = try fixture.array("\(name).iou").scalars
        #expect(predictions.map(\.index) == [0, 1, 2, 3])
        for (index, prediction) in predictions.enumerated() {
            let error = relativeError(prediction.lowResolutionLogits, masks[leading: index])
            #expect(error < tolerance)
            #expect(abs(prediction.iou - iou[index]) < tolerance * max(1, abs(iou[index])))
        }
        if fixture.expected.names.contains("\(name).full") {
            let full = try fixture.array("\(name).full")
            for (index, prediction) in predictions.enumerated() {
                #expect(relativeError(prediction.logits, full[leading: index]) < tolerance)
            }
        }
    }

    @Test func wholeChainFromThePicture() throws {
        let embedding = fixture.model.encode(Image(try fixture.array("picture")))
        let prediction = try fixture.model.predict(fixture.prompt("all"), on: embedding, outputs: .single)[0]
        #expect(relativeError(prediction.logits, try fixture.array("all.full")[leading: 0]) < tolerance)
    }
}
