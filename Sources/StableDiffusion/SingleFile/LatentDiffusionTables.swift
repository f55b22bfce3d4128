// Mapping of tensor names from CompVis' latent-diffusion, the layout of single-file Stable Diffusion, to diffusers.
//
// Source of the names: CompVis/latent-diffusion `openaimodel.py`, `attention.py` and `model.py`; checked against
// diffusers' `single_file_utils.py`.

import Checkpoints

extension KeyTable {
    /// The denoiser, `model.diffusion_model`, in the layout of `UNet2DConditionModel`.
    ///
    /// The source numbers its blocks consecutively: after the first convolution, each level has its residual blocks
    /// and, except the last, a downsampler; in the decoder each level has one more block, and the upsampler shares
    /// the last one's number.
    /// - Parameters:
    ///   - levels: resolutions of the network.
    ///   - layers: residual blocks per encoder level.
    static func latentDiffusionUNet(levels: Int, layers: Int) -> KeyTable {
        var table = KeyTable([
            .move("time_embed.0.*", to: "time_embedding.linear_1.*"),
            .move("time_embed.2.*", to: "time_embedding.linear_2.*"),
            .move("input_blocks.0.0.*", to: "conv_in.*"),
            .move("out.0.*", to: "conv_norm_out.*"),
            .move("out.2.*", to: "conv_out.*"),
            .move("middle_block.1.**", to: "mid_block.attentions.0.**"),
        ])
        table = table + residual.under("middle_block.0.", to: "mid_block.resnets.0.")
        table = table + residual.under("middle_block.2.", to: "mid_block.resnets.1.")
        for level in 0..<levels {
            for layer in 0..<layers {
                table =
                    table
                    + block(
                        "input_blocks.\(1 + level * (layers + 1) + layer)", to: "down_blocks.\(level)",
                        layer: layer)
            }
            for layer in 0...layers {
                table =
                    table
                    + block(
                        "output_blocks.\(level * (layers + 1) + layer)", to: "up_blocks.\(level)",
                        layer: layer)
            }
            guard level < levels - 1 else { continue }
            let (last, upsampler) = (level * (layers + 1) + layers, "up_blocks.\(level).upsamplers.0.conv.*")
            table =
                table
                + KeyTable([
                    .move(
                        "input_blocks.\((level + 1) * (layers + 1)).0.op.*",
                        to: "down_blocks.\(level).downsamplers.0.conv.*"),
                    // After the block only, or after its attention.
                    .move("output_blocks.\(last).1.conv.*", to: upsampler),
                    .move("output_blocks.\(last).2.conv.*", to: upsampler),
                ])
        }
        return table
    }

    /// The autoencoder, `first_stage_model`, in the layout of `AutoencoderKL`.
    /// - Parameter levels: resolutions of encoder and decoder; the source numbers the decoder's from the finest.
    static func latentDiffusionAutoencoder(levels: Int) -> KeyTable {
        var table = KeyTable([
            .move("quant_conv.*", to: "quant_conv.*"), .move("post_quant_conv.*", to: "post_quant_conv.*"),
            .move("encoder.down.*.downsample.conv.*", to: "encoder.down_blocks.*.downsamplers.0.conv.*"),
            .drop("loss.**", because: "the adversary of its training"),
            .drop("model_ema.**", because: "what is averaged is in the other tensors"),
        ])
        for half in ["encoder.", "decoder."] {
            table = table + ends.under(half, to: half)
            for index in 0..<2 {
                table =
                    table
                    + shortcut.under(
                        "\(half)mid.block_\(index + 1).", to: "\(half)mid_block.resnets.\(index).")
            }
        }
        table = table + shortcut.under("encoder.down.*.block.*.", to: "encoder.down_blocks.*.resnets.*.")
        for level in 0..<levels {
            let (from, to) = ("decoder.up.\(level).", "decoder.up_blocks.\(levels - 1 - level).")
            table = table + shortcut.under("\(from)block.*.", to: "\(to)resnets.*.")
            table = table + KeyTable([.move("\(from)upsample.conv.*", to: "\(to)upsamplers.0.conv.*")])
        }
        return table
    }

    // MARK: Parts

    /// A block of the denoiser: residual block, and attention if the level has it.
    private static func block(_ from: String, to: String, layer: Int) -> KeyTable {
        residual.under("\(from).0.", to: "\(to).resnets.\(layer).")
            + attention.under("\(from).1.", to: "\(to).attentions.\(layer).")
    }

    private static let residual = KeyTable([
        .move("in_layers.0.*", to: "norm1.*"), .move("in_layers.2.*", to: "conv1.*"),
        .move("emb_layers.1.*", to: "time_emb_proj.*"), .move("out_layers.0.*", to: "norm2.*"),
        .move("out_layers.3.*", to: "conv2.*"), .move("skip_connection.*", to: "conv_shortcut.*"),
    ])

    /// The names within a transformer are the same in both layouts.
    private static let attention = KeyTable(
        ["norm.*", "proj_in.*", "proj_out.*", "transformer_blocks.**"].map { .move($0, to: $0) })

    /// A residual block of the autoencoder; the first of a new width has a convolution as its shortcut.
    private static let shortcut = KeyTable(
        ["norm1.*", "conv1.*", "norm2.*", "conv2.*"].map { .move($0, to: $0) }
            + [.move("nin_shortcut.*", to: "conv_shortcut.*")])

    /// Layers at the ends and in the middle of encoder and decoder.
    private static let ends = KeyTable(
        [
            .move("conv_in.*", to: "conv_in.*"), .move("conv_out.*", to: "conv_out.*"),
            .move("norm_out.*", to: "conv_norm_out.*"),
            .move("mid.attn_1.norm.*", to: "mid_block.attentions.0.group_norm.*"),
            .move("mid.attn_1.proj_out.*", to: "mid_block.attentions.0.to_out.0.*", as: .matrix),
        ]
            + ["q", "k", "v"].map {
                .move("mid.attn_1.\($0).*", to: "mid_block.attentions.0.to_\($0).*", as: .matrix)
            })
}
