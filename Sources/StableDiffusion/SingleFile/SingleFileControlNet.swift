// A ControlNet of the original layout: one file, `control_model.*`, alone or together with a Stable Diffusion
// checkpoint.

package import Checkpoints

/// A ControlNet in its authors' layout, under the names that `ControlNet` reads.
package struct SingleFileControlNet {
    package let configuration: ControlNetConfiguration
    package let weights: WeightScope

    /// Extracts the ControlNet from a file; other contents (the first release included a whole Stable Diffusion) are
    /// ignored.
    /// - Throws: `CheckpointError` if there is none, or if tensors belong to no part of it.
    package init(_ file: WeightScope, conventions: SingleFileConventions = SingleFileConventions()) throws {
        let control = file.scope("control_model")
        guard !control.names.isEmpty else {
            throw CheckpointError(
                path: file.origin,
                reason:
                    "there is no tensor 'control_model.…', so it holds no ControlNet of the original layout; "
                    + "a folder with config.json is read, too")
        }
        configuration = try SingleFileConfigurations.controlNet(control, conventions)
        weights = try control.mapped(
            by: .latentDiffusionControlNet(
                levels: configuration.network.channels.count, layers: configuration.network.layersPerBlock[0],
                halvings: configuration.embeddingChannels.count - 1))
    }
}

extension SingleFileConfigurations {
    /// - Parameter weights: the scope `control_model`.
    static func controlNet(
        _ weights: WeightScope, _ conventions: SingleFileConventions
    ) throws -> ControlNetConfiguration {
        let network = try unetFile(
            weights, outputs: weights.extent("input_blocks.0.0.weight", 1), conventions)
        let halvings = LatentDiffusionHint.halvings(weights.relativeNames)
        let widths = try (0...halvings).map { try weights.extent("input_hint_block.\(4 * $0).weight", 0) }
        return try decoded(
            ControlNetFile(
                network: network, pictureChannels: try weights.extent("input_hint_block.0.weight", 1),
                embeddingChannels: widths),
            origin: weights.origin)
    }

    /// A ControlNet's settings: those of the U-Net that it copies, and those of its image embedding.
    private struct ControlNetFile: Encodable {
        let network: UNetFile
        let pictureChannels: Int
        let embeddingChannels: [Int]

        enum CodingKeys: String, CodingKey {
            case pictureChannels = "conditioning_channels"
            case embeddingChannels = "conditioning_embedding_out_channels"
        }

        func encode(to encoder: any Encoder) throws {
            try network.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(pictureChannels, forKey: .pictureChannels)
            try container.encode(embeddingChannels, forKey: .embeddingChannels)
        }
    }
}

/// The image embedding of a ControlNet in the original layout: a sequence of convolutions, each followed by an
/// activation.
enum LatentDiffusionHint {
    /// The number of downsamplings: convolutions are at even indices, two per downsampling between the first and the
    /// last.
    /// - Parameter names: names in `control_model`.
    static func halvings(_ names: [String]) -> Int {
        let last = (0..<64).last { names.has("input_hint_block.\(2 * $0).") } ?? 0
        return max(0, last - 1) / 2
    }
}

extension KeyTable {
    /// `control_model` in the layout of `ControlNet`.
    ///
    /// Source of the names: lllyasviel/ControlNet `cldm.py`; checked against diffusers' `single_file_utils.py`.
    /// - Parameter halvings: downsamplings of the image embedding.
    static func latentDiffusionControlNet(levels: Int, layers: Int, halvings: Int) -> KeyTable {
        let hint = "controlnet_cond_embedding"
        return latentDiffusionUNet(levels: levels, layers: layers)
            + KeyTable(
                [
                    .move("input_hint_block.0.*", to: "\(hint).conv_in.*"),
                    .move("input_hint_block.\(4 * halvings + 2).*", to: "\(hint).conv_out.*"),
                    .move("zero_convs.*.0.*", to: "controlnet_down_blocks.*.*"),
                    .move("middle_block_out.0.*", to: "controlnet_mid_block.*"),
                ]
                    + (0..<2 * halvings).map {
                        .move("input_hint_block.\(2 * $0 + 2).*", to: "\(hint).blocks.\($0).*")
                    })
    }
}
