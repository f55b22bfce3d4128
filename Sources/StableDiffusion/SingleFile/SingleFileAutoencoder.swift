// The autoencoder in latent-diffusion's layout: a part of a checkpoint, or a file of its own.

package import Checkpoints

/// An autoencoder under diffusers' names, with the configuration inferred from its tensors.
package struct SingleFileAutoencoder {
    /// What its names begin with in a whole checkpoint.
    package static let prefix = "first_stage_model."

    package let configuration: AutoencoderKLConfiguration
    package let weights: WeightScope

    /// - Parameter weights: The scope whose names begin with `encoder.` and `decoder.`.
    /// - Throws: `CheckpointError` if tensors are missing or are of another model.
    package init(from weights: WeightScope, conventions: SingleFileConventions = SingleFileConventions())
        throws
    {
        configuration = try SingleFileAutoencoder.configuration(of: weights, conventions)
        self.weights = try weights.mapped(
            by: .latentDiffusionAutoencoder(levels: configuration.channels.count))
    }

    /// Builds the network.
    /// - Throws: `CheckpointError` if tensors do not fit or are left over.
    func opened() throws -> AutoencoderKL {
        let model = try AutoencoderKL(configuration, from: weights)
        try weights.finish()
        return model
    }

    private static func configuration(
        of weights: WeightScope, _ conventions: SingleFileConventions
    ) throws -> AutoencoderKLConfiguration {
        let names = weights.relativeNames
        let levels = (0..<16).prefix { names.has("encoder.down.\($0).") }.count
        let channels = try (0..<levels).map {
            try weights.extent("encoder.down.\($0).block.0.conv1.weight", 0)
        }
        return try SingleFileConfigurations.decoded(
            AutoencoderFile(
                inChannels: try weights.extent("encoder.conv_in.weight", 1),
                outChannels: try weights.extent("decoder.conv_out.weight", 0), channels: channels,
                down: Array(repeating: "DownEncoderBlock2D", count: levels),
                up: Array(repeating: "UpDecoderBlock2D", count: levels),
                layers: (0..<64).prefix { names.has("encoder.down.0.block.\($0).") }.count,
                latentChannels: try weights.extent("decoder.conv_in.weight", 1),
                groups: conventions.normGroups,
                quant: names.has("quant_conv."), postQuant: names.has("post_quant_conv."),
                attends: names.has("encoder.mid.attn_1.")),
            origin: weights.origin)
    }

    private struct AutoencoderFile: Encodable {
        let inChannels: Int
        let outChannels: Int
        let channels: [Int]
        let down: [String]
        let up: [String]
        let layers: Int
        let latentChannels: Int
        let groups: Int
        let quant: Bool
        let postQuant: Bool
        let attends: Bool

        enum CodingKeys: String, CodingKey {
            case inChannels = "in_channels"
            case outChannels = "out_channels"
            case channels = "block_out_channels"
            case down = "down_block_types"
            case up = "up_block_types"
            case layers = "layers_per_block"
            case latentChannels = "latent_channels"
            case groups = "norm_num_groups"
            case quant = "use_quant_conv"
            case postQuant = "use_post_quant_conv"
            case attends = "mid_block_add_attention"
        }
    }
}
