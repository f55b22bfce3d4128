// The tiny models give what transformers' BlipForConditionalGeneration gives.

import Arrays
import BLIP
import Checkpoints
import Foundation
import Images
import Testing

private struct ExpectedCaption: Decodable {
    let model: String
    let image: Int
    let method: String
    let prompt: String
    let ids: [Int]
    let beams: Int
    let minimum: Int
    let maximum: Int
    let penalty: Float
    let text: String
}

/// Float sums in another order differ by some 1e-6 of the largest value; a wrong formula by far more than 1e-4.
private let tolerance: Float = 1e-4

@Suite struct ParityTests {
    private let expected: SafetensorsFile

    init() throws { expected = try SafetensorsFile(path: fixtures + "/expected.safetensors") }

    @Test func preprocessingEqualsTheProcessor() throws {
        let model = try BLIPCaptioner(folder: fixtures + "/tied")
        for index in 0..<4 {
            let pixels = model.preprocess(Image(try expected.array("picture\(index)")))
            #expect(relativeError(pixels, try expected.array("pixels\(index)")) < tolerance)
        }
    }

    @Test(arguments: ["tied", "untied"])
    func featuresAndLogitsEqualTheReference(kind: String) throws {
        let model = try BLIPCaptioner(folder: fixtures + "/" + kind)
        let begin = model.configuration.text.beginID
        for index in 0..<4 {
            let features = model.features(of: try expected.array("pixels\(index)"))
            #expect(relativeError(features, try expected.array("\(kind).features\(index)")) < tolerance)
            let ids = [begin, 6, 7, 8, 12 + index, 20, 33, 4, 9]
            let logits = try expected.array("\(kind).logits\(index)")
            // At once, one by one, and in pieces: the cache must not change anything.
            for chunks in [[ids], ids.map { [$0] }, [Array(ids[..<4]), [ids[4]], Array(ids[5...])]] {
                let error = relativeError(model.logits(chunks, image: features), logits)
                #expect(error < tolerance)
            }
        }
    }

    @Test(arguments: ["tied", "untied"])
    func captionsEqualTheReference(kind: String) throws {
        let model = try BLIPCaptioner(folder: fixtures + "/" + kind)
        let captions = try loadFixture([ExpectedCaption].self, "captions.json").filter { $0.model == kind }
        #expect(captions.count == 24)
        for item in captions {
            let features = BLIPImageFeatures(
                values: model.features(of: try expected.array("pixels\(item.image)")))
            let options = CaptionOptions(
                prompt: item.prompt, method: item.beams == 1 ? .greedy : .beams(item.beams),
                minimumLength: item.minimum, maximumLength: item.maximum, repetitionPenalty: item.penalty)
            let caption = model.caption(features, options: options)
            #expect(caption.ids == item.ids, "\(item.method), picture \(item.image)")
            #expect(caption.text == item.text, "\(item.method), picture \(item.image)")
        }
    }
}
