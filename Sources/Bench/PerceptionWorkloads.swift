// Segment Anything, CLIP's text encoder, BLIP.

import Arrays
import BLIP
import CLIP
import Lathe
import SegmentAnything

extension Workload {
    static let perception = [
        Workload("sam-encoder", "SAM ViT-B image encoder, 1024²", gigaflops: 972, of: .segmenter) {
            let model = try $0.segmenter()
            let side = model.configuration.vision.imageSize
            let pixels = noise([1, side, side, 3])
            return PreparedWork { _ = model.features(of: pixels) }
        },
        Workload(
            "sam-decoder", "SAM prompt encoder and mask decoder, one point", gigaflops: 3.6, of: .segmenter
        ) {
            let model = try $0.segmenter()
            let vision = model.configuration.vision, side = vision.imageSize
            let embedding = model.embedding(
                features: noise([1, vision.grid, vision.grid, vision.outputChannels]), height: side,
                width: side)
            let prompt = Prompt(points: [.init(x: 0.5 * Double(side), y: 0.4 * Double(side))])
            return PreparedWork {
                _ = try model.predict(prompt, on: embedding, outputs: .alternatives)
            }
        },
        Workload(
            "clip-text", "CLIP ViT-L/14 text encoder, 77 tokens, batch 2", gigaflops: 27, of: .diffusion
        ) {
            let model = try $0.textEncoder()
            let ids = tokenIDs(
                batch: 2, length: model.configuration.positionCount,
                below: min(49000, model.vocabularySize))
            return PreparedWork { _ = model(ids) }
        },
        Workload(
            "blip", "BLIP base, 384²: picture, then 20 tokens, the likeliest each time", gigaflops: 133,
            of: .captioner
        ) {
            let model = try $0.captioner()
            let side = model.configuration.vision.imageSize
            let pixels = noise([1, side, side, 3])
            let length = min(21, model.configuration.text.positions)
            let options = CaptionOptions(
                prompt: "", method: .greedy, minimumLength: length, maximumLength: length)
            return PreparedWork {
                _ = model.caption(BLIPImageFeatures(values: model.features(of: pixels)), options: options)
            }
        },
    ]
}
