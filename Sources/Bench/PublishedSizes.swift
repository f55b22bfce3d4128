// Published configurations of the timed networks.

import CLIP
import Foundation
import StableDiffusion

/// Configurations of Stable Diffusion 1.5 and its components.
enum PublishedSizes {
    static func unet() throws -> UNetConfiguration {
        try decoded(
            """
            {"_class_name": "UNet2DConditionModel", "sample_size": 64, "in_channels": 4, "out_channels": 4,
             "layers_per_block": 2, "block_out_channels": [320, 640, 1280, 1280], "cross_attention_dim": 768,
             "attention_head_dim": 8,
             "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
             "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
            """)
    }

    static func autoencoder() throws -> AutoencoderKLConfiguration {
        let levels = { (kind: String) in Array(repeating: "\"\(kind)\"", count: 4).joined(separator: ", ") }
        return try decoded(
            """
            {"_class_name": "AutoencoderKL", "in_channels": 3, "out_channels": 3, "latent_channels": 4,
             "layers_per_block": 2, "block_out_channels": [128, 256, 512, 512],
             "down_block_types": [\(levels("DownEncoderBlock2D"))], "up_block_types": [\(levels("UpDecoderBlock2D"))]}
            """)
    }

    /// TAESD, with diffusers' default sizes.
    static func tinyAutoencoder() throws -> AutoencoderTinyConfiguration {
        try decoded(#"{"_class_name": "AutoencoderTiny"}"#)
    }

    /// The noise schedule of Stable Diffusion 1.5.
    static func scheduler() throws -> SchedulerConfiguration {
        try decoded(
            """
            {"_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012,
             "beta_schedule": "scaled_linear", "clip_sample": false, "set_alpha_to_one": false, "steps_offset": 1}
            """)
    }

    /// The text encoder of CLIP ViT-L/14.
    static func textEncoder() throws -> CLIPTextConfiguration {
        try decoded(
            """
            {"model_type": "clip_text_model", "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
             "num_attention_heads": 12, "vocab_size": 49408, "max_position_embeddings": 77, "projection_dim": 768}
            """)
    }

    private static func decoded<Configuration: Decodable>(_ text: String) throws -> Configuration {
        try JSONDecoder().decode(Configuration.self, from: Data(text.utf8))
    }
}
