// Mapping of tensor names from OpenCLIP's text encoder, used by Stable Diffusion 2, to transformers.

public import Checkpoints

extension KeyTable {
    /// OpenCLIP's text encoder in the layout of `CLIPTextEncoder`.
    ///
    /// Source: mlfoundations/open_clip `transformer.py`; the target is transformers' `CLIPTextModel`.
    /// - Parameter layers: number of layers to keep, from the first; Stable Diffusion 2 conditions on the input of
    ///   the last layer, so its encoder has one layer less than the file.
    public static func openCLIPText(layers: Int) -> KeyTable {
        let block = [
            Rule.move("ln_1.*", to: "layer_norm1.*"),
            .split("attn.in_proj_*", into: ["q", "k", "v"].map { "self_attn.\($0)_proj.*" }),
            .move("attn.out_proj.*", to: "self_attn.out_proj.*"),
            .move("ln_2.*", to: "layer_norm2.*"),
            .move("mlp.c_fc.*", to: "mlp.fc1.*"),
            .move("mlp.c_proj.*", to: "mlp.fc2.*"),
        ]
        let kept = (0..<layers).map {
            KeyTable(block).under("transformer.resblocks.\($0).", to: "text_model.encoder.layers.\($0).")
        }
        return kept.reduce(
            KeyTable([
                .move("positional_embedding", to: "text_model.embeddings.position_embedding.weight"),
                .move("token_embedding.weight", to: "text_model.embeddings.token_embedding.weight"),
                .move("ln_final.*", to: "text_model.final_layer_norm.*"),
                .drop(
                    "transformer.resblocks.\(layers).**", because: "what enters this layer is the condition"),
                .drop("text_projection", because: "only pictures are compared through it"),
                .drop("logit_scale", because: "only pictures are compared through it"),
                .drop("attn_mask", because: "it is worked out"),
            ]), +)
    }
}
