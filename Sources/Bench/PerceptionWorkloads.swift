// Segment Anything, CLIP's text encoder, BLIP.

import Arrays
import BLIP
import CLIP
import Checkpoints
import SegmentAnything
import Tokenizers

extension Workload {
    static let perception = [
        Workload("sam-encoder", "SAM ViT-B image encoder, 1024²", gigaflops: 972) { weights in
            let model = try SegmentAnythingModel(SegmentAnythingConfiguration(), weights: weights)
            let pixels = noise([1, 1024, 1024, 3])
            return { _ = model.features(of: pixels) }
        },
        Workload("sam-decoder", "SAM prompt encoder and mask decoder, one point", gigaflops: 3.6) { weights in
            let model = try SegmentAnythingModel(SegmentAnythingConfiguration(), weights: weights)
            let embedding = model.embedding(features: noise([1, 64, 64, 256]), height: 1024, width: 1024)
            let prompt = Prompt(points: [.init(x: 512, y: 400)])
            return { _ = try model.predict(prompt, on: embedding, outputs: .alternatives) }
        },
        Workload("clip-text", "CLIP ViT-L/14 text encoder, 77 tokens, batch 2", gigaflops: 27) { weights in
            let model = try CLIPTextEncoder(try PublishedSizes.textEncoder(), from: weights)
            let ids = tokenIDs(batch: 2, length: 77, below: 49000)
            return { _ = model(ids) }
        },
        Workload("blip", "BLIP base, 384²: picture, then 20 tokens, the likeliest each time", gigaflops: 133)
        { weights in
            let configuration = BLIPConfiguration()
            // Ids of the published vocabulary that the captioner itself knows.
            var pieces = (0..<configuration.text.vocabularySize).map { "piece\($0)" }
            for (id, piece) in [(0, "[PAD]"), (100, "[UNK]"), (101, "[CLS]"), (102, "[SEP]")] {
                pieces[id] = piece
            }
            let model = try BLIPCaptioner(
                configuration, weights: weights, tokenizer: try BERTTokenizer(pieces: pieces))
            let pixels = noise([1, 384, 384, 3])
            let options = CaptionOptions(
                prompt: "", method: .greedy, minimumLength: 21, maximumLength: 21)
            return {
                _ = model.caption(BLIPImageFeatures(values: model.features(of: pixels)), options: options)
            }
        },
    ]
}
