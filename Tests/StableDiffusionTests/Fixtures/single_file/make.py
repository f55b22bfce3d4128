"""Writes tiny Stable Diffusion checkpoints in one file, and what diffusers' models make of the same weights.

Run:  python make.py      (torch, diffusers, transformers, safetensors; versions are in manifest.json)
The names of the latent-diffusion program are made from diffusers' here, and diffusers' own conversion must lead back
to every tensor.
"""
import hashlib, json, pathlib, re
import diffusers, safetensors, torch, transformers
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders import single_file_utils as reference
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

SEED = 20240721
HERE = pathlib.Path(__file__).parent
LEVELS, LAYERS = 2, 1
torch.set_num_threads(1)
torch.manual_seed(SEED)


def randomise(model):
    """Float16-exact random weights."""
    for name, p in model.named_parameters():
        scale = 1 / p[0].numel() ** 0.5 if p.ndim > 1 else 0.3
        p.data = (torch.randn_like(p) * scale + (p.ndim == 1 and "norm" in name and name.endswith("weight"))).half().float()
    return model.eval()


def renamed(tensors, rules, prefix):
    """Applies the first rule that fits to each name; every name must fit one."""
    result = {}
    for name, value in tensors.items():
        for pattern, target in rules:
            if re.fullmatch(pattern, name):
                new = re.sub(f"^{pattern}$", target, name) if isinstance(target, str) else target(re.fullmatch(pattern, name))
                assert prefix + new not in result, new
                result[prefix + new] = value
                break
        else:
            raise KeyError(name)
    return result


RESIDUAL = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
            "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}


def unet_names(tensors, attends):
    down = lambda level, layer: f"input_blocks.{1 + level * (LAYERS + 1) + layer}"
    up = lambda level, layer: f"output_blocks.{level * (LAYERS + 1) + layer}"
    part = lambda m, place: f"{place}.0.{RESIDUAL[m[3]]}.{m[4]}"
    last = lambda level: f"{up(level, LAYERS)}.{2 if attends[LEVELS - 1 - level] else 1}.conv"
    return renamed(tensors, [
        (r"time_embedding\.linear_1\.(\w+)", r"time_embed.0.\1"), (r"time_embedding\.linear_2\.(\w+)", r"time_embed.2.\1"),
        (r"conv_in\.(\w+)", r"input_blocks.0.0.\1"), (r"conv_norm_out\.(\w+)", r"out.0.\1"), (r"conv_out\.(\w+)", r"out.2.\1"),
        (r"down_blocks\.(\d)\.resnets\.(\d)\.(\w+)\.(\w+)", lambda m: part(m, down(int(m[1]), int(m[2])))),
        (r"up_blocks\.(\d)\.resnets\.(\d)\.(\w+)\.(\w+)", lambda m: part(m, up(int(m[1]), int(m[2])))),
        (r"(mid_block)\.resnets\.(\d)\.(\w+)\.(\w+)", lambda m: f"middle_block.{2 * int(m[2])}.{RESIDUAL[m[3]]}.{m[4]}"),
        (r"down_blocks\.(\d)\.attentions\.(\d)\.(.+)", lambda m: f"{down(int(m[1]), int(m[2]))}.1.{m[3]}"),
        (r"up_blocks\.(\d)\.attentions\.(\d)\.(.+)", lambda m: f"{up(int(m[1]), int(m[2]))}.1.{m[3]}"),
        (r"mid_block\.attentions\.0\.(.+)", r"middle_block.1.\1"),
        (r"down_blocks\.(\d)\.downsamplers\.0\.conv\.(\w+)", lambda m: f"{down(int(m[1]), LAYERS)}.0.op.{m[2]}"),
        (r"up_blocks\.(\d)\.upsamplers\.0\.conv\.(\w+)", lambda m: f"{last(int(m[1]))}.{m[2]}"),
    ], "model.diffusion_model.")


def autoencoder_names(tensors):
    squared = {k: v[:, :, None, None] if ".attentions." in k and v.ndim == 2 else v for k, v in tensors.items()}
    block = lambda m, place: place + m[4].replace("conv_shortcut", "nin_shortcut")
    return renamed(squared, [
        (r"(quant_conv|post_quant_conv)\.(\w+)", r"\1.\2"),
        (r"(encoder|decoder)\.(conv_in|conv_out)\.(\w+)", r"\1.\2.\3"),
        (r"(encoder|decoder)\.conv_norm_out\.(\w+)", r"\1.norm_out.\2"),
        (r"(encoder|decoder)\.(mid_block)\.resnets\.(\d)\.(.+)", lambda m: block(m, f"{m[1]}.mid.block_{int(m[3]) + 1}.")),
        (r"(encoder|decoder)\.mid_block\.attentions\.0\.group_norm\.(\w+)", r"\1.mid.attn_1.norm.\2"),
        (r"(encoder|decoder)\.mid_block\.attentions\.0\.to_(q|k|v)\.(\w+)", r"\1.mid.attn_1.\2.\3"),
        (r"(encoder|decoder)\.mid_block\.attentions\.0\.to_out\.0\.(\w+)", r"\1.mid.attn_1.proj_out.\2"),
        (r"(encoder)\.down_blocks\.(\d)\.resnets\.(\d)\.(.+)", lambda m: block(m, f"encoder.down.{m[2]}.block.{m[3]}.")),
        (r"(decoder)\.up_blocks\.(\d)\.resnets\.(\d)\.(.+)",
         lambda m: block(m, f"decoder.up.{LEVELS - 1 - int(m[2])}.block.{m[3]}.")),
        (r"encoder\.down_blocks\.(\d)\.downsamplers\.0\.conv\.(\w+)", r"encoder.down.\1.downsample.conv.\2"),
        (r"decoder\.up_blocks\.(\d)\.upsamplers\.0\.conv\.(\w+)",
         lambda m: f"decoder.up.{LEVELS - 1 - int(m[1])}.upsample.conv.{m[2]}"),
    ], "first_stage_model.")


def open_clip_names(tensors, layers):
    """The fused layout; a further layer stands after those that are used, as in the published files."""
    width = tensors["text_model.final_layer_norm.weight"].numel()
    fused = {}
    for index in range(layers):
        for kind in ("weight", "bias"):
            parts = [tensors[f"text_model.encoder.layers.{index}.self_attn.{p}_proj.{kind}"] for p in "qkv"]
            fused[f"transformer.resblocks.{index}.attn.in_proj_{kind}"] = torch.cat(parts)
    plain = {k: v for k, v in tensors.items() if not re.search(r"self_attn\.[qkv]_proj", k)}
    inner = dict(layer_norm1="ln_1", layer_norm2="ln_2", fc1="c_fc", fc2="c_proj")
    fused |= renamed(plain, [
        (r"text_model\.embeddings\.position_embedding\.weight", "positional_embedding"),
        (r"text_model\.embeddings\.token_embedding\.weight", "token_embedding.weight"),
        (r"text_model\.final_layer_norm\.(\w+)", r"ln_final.\1"),
        (r"text_model\.encoder\.layers\.(\d)\.self_attn\.out_proj\.(\w+)", r"transformer.resblocks.\1.attn.out_proj.\2"),
        (r"text_model\.encoder\.layers\.(\d)\.mlp\.(\w+)\.(\w+)", lambda m: f"transformer.resblocks.{m[1]}.mlp.{inner[m[2]]}.{m[3]}"),
        (r"text_model\.encoder\.layers\.(\d)\.(\w+)\.(\w+)", lambda m: f"transformer.resblocks.{m[1]}.{inner[m[2]]}.{m[3]}"),
    ], "")
    further = {k.replace("resblocks.0.", f"resblocks.{layers}."): torch.randn_like(v) for k, v in fused.items() if "resblocks.0." in k}
    fused |= further | {"text_projection": torch.randn(width, width), "logit_scale": torch.tensor(4.6)}
    return {"cond_stage_model.model." + k: v for k, v in fused.items()}


def check(made, expected, name):
    assert made.keys() == expected.keys(), (name, made.keys() ^ expected.keys())
    for key, value in expected.items():
        assert torch.equal(made[key], value), (name, key)


def last(t):
    return t.permute(0, 2, 3, 1)


def build(name, channels, linear, heads, activation):
    cross, plain = "CrossAttn", ""
    unet = randomise(UNet2DConditionModel(
        in_channels=channels, out_channels=4, block_out_channels=(4, 8), layers_per_block=LAYERS, cross_attention_dim=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=heads, use_linear_projection=linear, norm_num_groups=2, sample_size=8))
    vae = randomise(AutoencoderKL(
        block_out_channels=(4, 8), down_block_types=("DownEncoderBlock2D",) * LEVELS, layers_per_block=LAYERS,
        up_block_types=("UpDecoderBlock2D",) * LEVELS, latent_channels=4, norm_num_groups=2, sample_size=16))
    text = randomise(CLIPTextModel(CLIPTextConfig(
        vocab_size=518, hidden_size=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=12, hidden_act=activation, bos_token_id=516, eos_token_id=517)))
    states = [{k: v.detach() for k, v in m.state_dict().items() if "position_ids" not in k} for m in (unet, vae, text)]
    if not next(iter(states[2])).startswith("text_model."):
        states[2] = {"text_model." + k: v for k, v in states[2].items()}
    text_names = (open_clip_names(states[2], 2) if linear else
                  {"cond_stage_model.transformer." + k: v for k, v in states[2].items()})
    single = unet_names(states[0], (True, False)) | autoencoder_names(states[1]) | text_names
    single = {k: v.half() for k, v in single.items()}
    whole = {k: v.float() for k, v in single.items()}
    check(reference.convert_ldm_unet_checkpoint(dict(whole), dict(unet.config)), states[0], "unet")
    check(reference.convert_ldm_vae_checkpoint(dict(whole), dict(vae.config)), states[1], "vae")
    if linear:
        made = reference.convert_open_clip_checkpoint(text, dict(whole))
        made = {k: v for k, v in made.items() if "layers.2." not in k and k != "text_projection.weight"}
    else:
        made = reference.convert_ldm_clip_checkpoint(dict(whole))
        made = {k if k.startswith("text_model.") else "text_model." + k: v for k, v in made.items()}
    check(made, states[2], "text")
    x, c, z = torch.randn(1, channels, 8, 6), torch.randn(1, 12, 8), torch.randn(1, 4, 4, 3)
    ids = torch.tensor([[516, 3, 77, 130, 517, 517, 517, 517, 517, 517, 517, 517]])
    with torch.no_grad():
        expected = dict(
            sample=last(x), context=c, latents=last(z), ids=ids,
            denoised=last(unet(x, torch.tensor([481]), encoder_hidden_states=c).sample), decoded=last(vae.decode(z).sample),
            mean=last(vae.encode(vae.decode(z).sample).latent_dist.mean), tokens=text(ids).last_hidden_state)
    return single, {f"{name}/{k}": v.contiguous() for k, v in expected.items()}


def main():
    one, outputs = build("one", 9, False, 2, "quick_gelu")
    leftovers = {"betas": torch.linspace(0.001, 0.01, 10), "model_ema.decay": torch.tensor(0.9),
                 "model_ema.diffusion_modelout2bias": torch.zeros(4),
                 "cond_stage_model.transformer.text_model.embeddings.position_ids": torch.arange(12)[None]}
    torch.save({"epoch": 6, "global_step": 470000, "state_dict": one | leftovers}, HERE / "one.ckpt")
    two, more = build("two", 4, True, (1, 2), "gelu")
    save_file({k: v.contiguous() for k, v in two.items()}, HERE / "two.safetensors")
    save_file({k: v.float() if v.is_floating_point() else v for k, v in (outputs | more).items()}, HERE / "case.safetensors")
    names = ["one.ckpt", "two.safetensors", "case.safetensors"]
    json.dump(dict(seed=SEED, versions={m.__name__: m.__version__ for m in (torch, diffusers, transformers, safetensors)},
                   files={n: hashlib.sha256((HERE / n).read_bytes()).hexdigest() for n in names}),
              open(HERE / "manifest.json", "w"), indent=1)


if __name__ == "__main__":
    main()
