// SAM in its authors' layout: one file with other tensor names and without a configuration.

public import Arrays
public import Checkpoints

extension KeyTable {
    /// From the names of `facebookresearch/segment-anything` to those of transformers' `SamModel`.
    public static let originalSegmentAnything = encoder + promptEncoder + decoder

    private static let encoder = KeyTable([
        .move("image_encoder.pos_embed", to: "vision_encoder.pos_embed"),
        .move("image_encoder.patch_embed.proj.*", to: "vision_encoder.patch_embed.projection.*"),
        .move("image_encoder.blocks.*.norm1.*", to: "vision_encoder.layers.*.layer_norm1.*"),
        .move("image_encoder.blocks.*.norm2.*", to: "vision_encoder.layers.*.layer_norm2.*"),
        .move("image_encoder.blocks.*.attn.**", to: "vision_encoder.layers.*.attn.**"),
        .move("image_encoder.blocks.*.mlp.**", to: "vision_encoder.layers.*.mlp.**"),
        .move("image_encoder.neck.0.*", to: "vision_encoder.neck.conv1.*"),
        .move("image_encoder.neck.1.*", to: "vision_encoder.neck.layer_norm1.*"),
        .move("image_encoder.neck.2.*", to: "vision_encoder.neck.conv2.*"),
        .move("image_encoder.neck.3.*", to: "vision_encoder.neck.layer_norm2.*"),
        .drop("pixel_mean", because: "the preprocessing knows it"),
        .drop("pixel_std", because: "the preprocessing knows it"),
    ])

    private static let promptEncoder = KeyTable([
        .move(
            "pe_layer.positional_encoding_gaussian_matrix", to: "shared_image_embedding.positional_embedding"),
        .move("point_embeddings.*.weight", to: "prompt_encoder.point_embed.*.weight"),
        .move("not_a_point_embed.weight", to: "prompt_encoder.not_a_point_embed.weight"),
        .move("no_mask_embed.weight", to: "prompt_encoder.no_mask_embed.weight"),
        .move("mask_downscaling.0.*", to: "prompt_encoder.mask_embed.conv1.*"),
        .move("mask_downscaling.1.*", to: "prompt_encoder.mask_embed.layer_norm1.*"),
        .move("mask_downscaling.3.*", to: "prompt_encoder.mask_embed.conv2.*"),
        .move("mask_downscaling.4.*", to: "prompt_encoder.mask_embed.layer_norm2.*"),
        .move("mask_downscaling.6.*", to: "prompt_encoder.mask_embed.conv3.*"),
    ]).under("prompt_encoder.", to: "")

    private static let decoder =
        KeyTable([
            .move("iou_token.weight", to: "iou_token.weight"),
            .move("mask_tokens.weight", to: "mask_tokens.weight"),
            .move("output_upscaling.0.*", to: "upscale_conv1.*"),
            .move("output_upscaling.1.*", to: "upscale_layer_norm.*"),
            .move("output_upscaling.3.*", to: "upscale_conv2.*"),
            .move("transformer.final_attn_token_to_image.**", to: "transformer.final_attn_token_to_image.**"),
            .move("transformer.norm_final_attn.*", to: "transformer.layer_norm_final_attn.*"),
        ]).under("mask_decoder.", to: "mask_decoder.")
        + ["1", "2", "3", "4"].reduce(
            KeyTable(
                ["self_attn", "cross_attn_token_to_image", "cross_attn_image_to_token", "mlp"].map {
                    .move("\($0).**", to: "\($0).**")
                })
        ) { $0 + KeyTable([.move("norm\($1).*", to: "layer_norm\($1).*")]) }
        .under("mask_decoder.transformer.layers.*.", to: "mask_decoder.transformer.layers.*.")
        + perceptron.under("mask_decoder.iou_prediction_head.", to: "mask_decoder.iou_prediction_head.")
        + perceptron.under(
            "mask_decoder.output_hypernetworks_mlps.*.", to: "mask_decoder.output_hypernetworks_mlps.*.")

    /// The three layers of each head; the published models have no other depth.
    private static let perceptron = KeyTable([
        .move("layers.0.*", to: "proj_in.*"), .move("layers.1.*", to: "layers.0.*"),
        .move("layers.2.*", to: "proj_out.*"),
    ])
}

extension SegmentAnythingConfiguration {
    /// The configuration of a checkpoint in the original layout.
    ///
    /// Inferred from the tensors, except the number of heads in the decoder's attention: 8 in every published model.
    /// - Throws: `CheckpointError` if a tensor is missing from which a size is inferred.
    package init(original weights: WeightScope) throws {
        self.init()
        func extents(_ name: String, _ rank: Int) throws -> [Int] {
            try weights.extents(of: name, rank: rank, hint: "; SAM with a ViT encoder is supported")
        }
        let patch = try extents("image_encoder.patch_embed.proj.weight", 4)
        let layers = (0..<1000).prefix { weights.contains("image_encoder.blocks.\($0).norm1.weight") }.count
        let positions = try (0..<layers).map { try extents("image_encoder.blocks.\($0).attn.rel_pos_h", 2) }
        let grid = try extents("image_encoder.pos_embed", 4)[1]
        vision.hiddenSize = patch[0]
        vision.channels = patch[1]
        vision.patchSize = patch[2]
        vision.imageSize = grid * patch[2]
        vision.layers = layers
        vision.heads = patch[0] / max(positions.first?[1] ?? 1, 1)
        vision.mlpSize = try extents("image_encoder.blocks.0.mlp.lin1.weight", 2)[0]
        vision.outputChannels = try extents("image_encoder.neck.0.weight", 4)[0]
        vision.positionFeatures =
            try extents("prompt_encoder.pe_layer.positional_encoding_gaussian_matrix", 2)[1]
        // A layer has global attention if its table of relative positions is large enough.
        vision.globalAttentionLayers = positions.indices.filter { positions[$0][0] == 2 * grid - 1 }
        vision.windowSize = positions.first { $0[0] != 2 * grid - 1 }.map { ($0[0] + 1) / 2 } ?? 0
        promptEncoder.hiddenSize = try extents("prompt_encoder.no_mask_embed.weight", 2)[1]
        (promptEncoder.imageSize, promptEncoder.patchSize) = (vision.imageSize, vision.patchSize)
        promptEncoder.maskChannels = try extents("prompt_encoder.mask_downscaling.3.weight", 4)[0]
        maskDecoder.hiddenSize = promptEncoder.hiddenSize
        maskDecoder.mlpSize = try extents("mask_decoder.transformer.layers.0.mlp.lin1.weight", 2)[0]
        maskDecoder.layers =
            (0..<100).prefix { weights.contains("mask_decoder.transformer.layers.\($0).norm1.weight") }.count
        let narrow = try extents("mask_decoder.transformer.final_attn_token_to_image.q_proj.weight", 2)
        maskDecoder.attentionDownsampling = narrow[1] / narrow[0]
        maskDecoder.multimaskOutputs = try extents("mask_decoder.mask_tokens.weight", 2)[0] - 1
        maskDecoder.iouHeadSize = try extents("mask_decoder.iou_prediction_head.layers.0.weight", 2)[0]
    }
}

extension SegmentAnythingModel {
    /// Opens a file in the layout of SAM's authors (for example `sam_vit_b_01ec64.pth`); sizes are inferred from its
    /// tensors.
    /// - Throws: `CheckpointError` if the file is damaged or of another kind of model.
    public init(original path: String, precision: Precision = .float32) throws {
        let weights = try WeightScope.open(path).multiplied(in: precision)
        let configuration = try SegmentAnythingConfiguration(original: weights)
        do {
            try configuration.check()
        } catch let problem as ConfigurationProblem {
            throw CheckpointError(
                path: path, reason: "its tensors describe no usable model: '\(problem.key)' \(problem.reason)"
            )
        }
        try self.init(configuration, from: try weights.mapped(by: .originalSegmentAnything))
    }
}
