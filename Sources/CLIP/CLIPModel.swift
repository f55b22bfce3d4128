// Tensors of CLIP checkpoints that are not weights.

/// transformers' `CLIPModel`: images and prompts in one embedding space.
package enum CLIPModel {
    /// Index buffers in old files, which are not weights.
    package static let unusedBuffers = [
        "text_model.embeddings.position_ids", "vision_model.embeddings.position_ids",
    ]
}
