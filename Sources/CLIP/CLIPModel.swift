// What CLIP checkpoints hold beside their weights.

/// transformers' `CLIPModel`: images and prompts in one space.
package enum CLIPModel {
    /// Index buffers that old files carry and that hold no weights.
    package static let unusedBuffers = [
        "text_model.embeddings.position_ids", "vision_model.embeddings.position_ids",
    ]
}
