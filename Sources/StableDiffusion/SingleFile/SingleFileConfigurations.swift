// Configurations of a single-file checkpoint, inferred from tensor names and shapes.

package import CLIP
import Checkpoints
import Foundation

/// Settings that the tensors do not determine, with the values of all published checkpoints.
package struct SingleFileConventions: Sendable {
    package var normGroups: Int
    /// Heads of the denoiser if its attention projections are convolutions, as in Stable Diffusion 1.
    package var heads: Int
    /// Width of a head if they are matrices, as in Stable Diffusion 2, and in the text encoders.
    package var headWidth: Int

    package init(normGroups: Int = 32, heads: Int = 8, headWidth: Int = 64) {
        (self.normGroups, self.heads, self.headWidth) = (normGroups, heads, headWidth)
    }
}

/// The settings of the denoiser and the text encoder in a single file.
package struct SingleFileConfigurations {
    package let unet: UNetConfiguration
    package let text: CLIPTextConfiguration

    // MARK: Denoiser

    /// - Parameter weights: the scope `model.diffusion_model`.
    static func unet(
        _ weights: WeightScope, _ conventions: SingleFileConventions
    ) throws -> UNetConfiguration {
        try decoded(
            unetFile(weights, outputs: weights.extent("out.2.weight", 0), conventions), origin: weights.origin
        )
    }

    /// The settings in diffusers' format.
    /// - Parameter outputs: output channels, which a ControlNet does not have.
    static func unetFile(
        _ weights: WeightScope, outputs: Int, _ conventions: SingleFileConventions
    ) throws -> UNetFile {
        let names = weights.relativeNames
        guard !names.contains(where: { $0.hasPrefix("label_emb.") }) else {
            throw CheckpointError(
                path: weights.origin,
                reason: "the denoiser has a label embedding, as Stable Diffusion XL and unCLIP have; "
                    + "Stable Diffusion 1 and 2 are supported")
        }
        let blocks = (0..<256).prefix { names.has("input_blocks.\($0).") }.count
        let downsamplers = (0..<blocks).filter { weights.contains("input_blocks.\($0).0.op.weight") }
        let levels = downsamplers.count + 1
        let layers = (downsamplers.first ?? blocks) - 1
        guard layers > 0, blocks == levels * (layers + 1) else {
            throw CheckpointError(
                path: weights.origin,
                reason:
                    "the denoiser has \(blocks) input blocks on \(levels) levels, which do not divide evenly")
        }
        let first = (0..<levels).map { 1 + $0 * (layers + 1) }
        let channels = try first.map {
            try weights.extent("input_blocks.\($0).0.out_layers.3.weight", 0)
        }
        let attends = first.map { names.has("input_blocks.\($0).1.") }
        let projection = first.compactMap { weights.shape(of: "input_blocks.\($0).1.proj_in.weight") }.first
        let isLinear = projection?.count == 2
        let inner = "middle_block.1.transformer_blocks"
        let width = try weights.extent("\(inner).0.attn2.to_k.weight", 1)
        return UNetFile(
            inChannels: try weights.extent("input_blocks.0.0.weight", 1),
            outChannels: outputs, channels: channels, layers: layers,
            down: attends.map { ($0 ? DownBlockKind.crossAttention : .plain).rawValue },
            up: attends.reversed().map { ($0 ? UpBlockKind.crossAttention : .plain).rawValue },
            groups: conventions.normGroups, crossAttentionWidth: width,
            heads: channels.map { isLinear ? max($0 / conventions.headWidth, 1) : conventions.heads },
            isLinear: isLinear,
            depths: first.enumerated().map { level, block in
                let place = attends[level] ? "input_blocks.\(block).1.transformer_blocks" : inner
                return (0..<64).prefix { names.has("\(place).\($0).") }.count
            })
    }

    struct UNetFile: Encodable {
        let inChannels: Int
        let outChannels: Int
        let channels: [Int]
        let layers: Int
        let down: [String]
        let up: [String]
        let groups: Int
        let crossAttentionWidth: Int
        let heads: [Int]
        let isLinear: Bool
        let depths: [Int]

        enum CodingKeys: String, CodingKey {
            case inChannels = "in_channels"
            case outChannels = "out_channels"
            case channels = "block_out_channels"
            case layers = "layers_per_block"
            case down = "down_block_types"
            case up = "up_block_types"
            case groups = "norm_num_groups"
            case crossAttentionWidth = "cross_attention_dim"
            case heads = "attention_head_dim"
            case isLinear = "use_linear_projection"
            case depths = "transformer_layers_per_block"
        }
    }

    // MARK: Text encoder

    /// - Parameters:
    ///   - weights: the text encoder under transformers' names.
    ///   - activation: its name, which the tensors do not determine: OpenAI's encoder has one of its own.
    static func text(
        _ weights: WeightScope, activation: String, _ conventions: SingleFileConventions
    ) throws -> CLIPTextConfiguration {
        let embeddings = "text_model.embeddings"
        let width = try weights.extent("\(embeddings).token_embedding.weight", 1)
        let names = weights.relativeNames
        return try decoded(
            TextFile(
                vocabulary: try weights.extent("\(embeddings).token_embedding.weight", 0), width: width,
                intermediate: try weights.extent("text_model.encoder.layers.0.mlp.fc1.weight", 0),
                layers: (0..<256).prefix { names.has("text_model.encoder.layers.\($0).") }.count,
                heads: max(width / conventions.headWidth, 1),
                positions: try weights.extent("\(embeddings).position_embedding.weight", 0),
                activation: activation),
            origin: weights.origin)
    }

    private struct TextFile: Encodable {
        let vocabulary: Int
        let width: Int
        let intermediate: Int
        let layers: Int
        let heads: Int
        let positions: Int
        let activation: String

        enum CodingKeys: String, CodingKey {
            case vocabulary = "vocab_size"
            case width = "hidden_size"
            case intermediate = "intermediate_size"
            case layers = "num_hidden_layers"
            case heads = "num_attention_heads"
            case positions = "max_position_embeddings"
            case activation = "hidden_act"
        }
    }

    // MARK: Helpers

    /// Decodes a configuration from an encoded value instead of a file, so that it passes the same checks.
    static func decoded<T: Decodable>(_ file: some Encodable, as _: T.Type = T.self, origin: String) throws
        -> T
    {
        do {
            return try JSONDecoder().decode(T.self, from: JSONEncoder().encode(file))
        } catch let DecodingError.dataCorrupted(context) {
            throw CheckpointError(
                path: origin, reason: "its tensors describe no usable model: \(context.debugDescription)")
        }
    }
}

extension WeightScope {
    /// Tensor names of this scope, sorted, relative to its path.
    var relativeNames: [String] {
        let offset = path.isEmpty ? 0 : path.utf8.count + 1
        return names.map { String($0.utf8.dropFirst(offset)) ?? $0 }
    }

    /// One extent of a required tensor.
    func extent(_ name: String, _ axis: Int) throws -> Int {
        guard let shape = shape(of: name), shape.count > axis else {
            let full = path.isEmpty ? name : "\(path).\(name)"
            throw CheckpointError(path: origin, reason: "tensor '\(full)' is missing or has too few extents")
        }
        return shape[axis]
    }
}

extension [String] {
    /// Whether a name in this sorted list starts with `prefix`.
    func has(_ prefix: String) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < prefix { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].hasPrefix(prefix)
    }
}
