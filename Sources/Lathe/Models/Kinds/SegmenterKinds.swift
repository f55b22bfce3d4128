// Segment Anything and its relatives.

import Checkpoints
import SegmentAnything

extension ModelKind {
    static let segmentAnything = ModelKind(
        name: "a SAM segmenter",
        signatures: [TensorSignature("mask_decoder.iou_token*", "vision_encoder.*")],
        configurations: ["sam"],
        use: Use(option: .part(.segmenter), form: "as a folder with its config.json", isFolder: true),
        published: "facebook/sam-vit-base",
        open: { try SegmentAnythingModel(folder: $0.path, precision: $0.precision) },
        compare: { comparison, weights, folder in
            let known = try loadConfiguration(
                SegmentAnythingConfiguration.self, from: "\(folder)/config.json")
            try comparison.survey(weights) { _ = try SegmentAnythingModel(known, from: $0) }
        })

    static let segmentAnythingOriginal = ModelKind(
        name: "a SAM segmenter under its original tensor names",
        signatures: [TensorSignature("mask_decoder.iou_token*", "image_encoder.*")],
        use: Use(option: .part(.segmenter), form: "as it is", isFile: true),
        published: "sam_vit_b_01ec64.pth",
        open: { try SegmentAnythingModel(original: $0.path, precision: $0.precision) },
        compare: { comparison, weights, _ in
            let original = try SegmentAnythingConfiguration(original: weights)
            try comparison.survey(weights.mapped(by: .originalSegmentAnything)) {
                _ = try SegmentAnythingModel(original, from: $0)
            }
        })

    static let mobileSegmentAnything = ModelKind(
        name: "a MobileSAM segmenter",
        signatures: [TensorSignature("mask_decoder.iou_token*", "image_encoder.patch_embed.seq.*")])
}
