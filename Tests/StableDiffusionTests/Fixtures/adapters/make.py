"""Writes the adapter fixtures: LoRAs, learned words, a ControlNet and an attention edit over the pipeline beside this
folder, with what diffusers makes of them.

Run:  python make.py      (torch, diffusers, transformers, peft, safetensors; versions are in manifest.json)
Weights are random and exact in float16. Pictures and latents are stored channels last.
"""
import hashlib, json, pathlib, shutil
import diffusers, peft, torch, transformers
from diffusers import ControlNetModel, MultiControlNetModel, StableDiffusionPipeline
from safetensors.torch import save_file

SEED = 20260417
HERE = pathlib.Path(__file__).parent
PIPELINE = HERE.parent / "pipeline"
torch.set_num_threads(1)
torch.manual_seed(SEED)
diffusers.utils.logging.set_verbosity_error()

PROMPT = "a red mug, on a table"


def opened():
    pipe = StableDiffusionPipeline.from_pretrained(PIPELINE, torch_dtype=torch.float32)
    pipe.tokenizer.model_max_length = 12
    return pipe


def last(t):
    return t.permute(0, 2, 3, 1)


def write(path, metadata=None, half=False, **tensors):
    kind = torch.float16 if half else torch.float32
    save_file({k: v.detach().to(kind).contiguous() for k, v in tensors.items()}, path, metadata=metadata)


def half(*shape, scale=0.4):
    return (scale * torch.randn(*shape)).half().float()


def tokens(pipe, prompt):
    return pipe.tokenizer(prompt, padding="max_length", max_length=12, truncation=True, return_tensors="pt").input_ids


# Low-rank adapters

LINEAR = ["down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", "mid_block.attentions.0.transformer_blocks.0.attn2.to_k",
          "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v", "up_blocks.1.attentions.1.transformer_blocks.0.attn1.to_out.0"]
OTHER = ["down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj", "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.2",
         "mid_block.attentions.0.proj_in"]
CONVOLUTIONS = ["down_blocks.0.resnets.0.conv1", "down_blocks.0.downsamplers.0.conv", "up_blocks.1.resnets.0.conv_shortcut"]
TEXT_ATTENTION = ["text_model.encoder.layers.0.self_attn.q_proj", "text_model.encoder.layers.0.self_attn.out_proj"]
TEXT_OTHER = ["text_model.encoder.layers.0.mlp.fc1"]


def factors(model, module, rank):
    found = model.get_submodule(module if hasattr(model, "down_blocks") else module.removeprefix("text_model."))
    w = found.weight
    return half(rank, *w.shape[1:]), half(w.shape[0], rank, *[1] * (w.ndim - 2))


def kohya(pipe):
    made = {}
    for prefix, model, modules in [("lora_unet_", pipe.unet, LINEAR + OTHER + CONVOLUTIONS),
                                   ("lora_te_", pipe.text_encoder, TEXT_ATTENTION + TEXT_OTHER)]:
        for index, module in enumerate(modules):
            name, rank = prefix + module.replace(".", "_"), 2 + index % 2
            made[name + ".lora_down.weight"], made[name + ".lora_up.weight"] = factors(model, module, rank)
            made[name + ".alpha"] = torch.tensor(1.5)
    return made, None


def modern(pipe):
    made = {}
    for prefix, model, modules in [("unet.", pipe.unet, LINEAR + OTHER + CONVOLUTIONS[:1]),
                                   ("text_encoder.", pipe.text_encoder, TEXT_ATTENTION + TEXT_OTHER)]:
        for module in modules:
            name = prefix + module
            made[name + ".lora_A.weight"], made[name + ".lora_B.weight"] = factors(model, module, 2)
    settings = {"r": 2, "lora_alpha": 3, "target_modules": LINEAR + OTHER + CONVOLUTIONS[:1], "alpha_pattern": {"to_k": 5},
                "use_rslora": False}
    text = {"r": 2, "lora_alpha": 4, "target_modules": ["q_proj", "out_proj", "fc1"], "use_rslora": True}
    header = {f"unet.{k}": v for k, v in settings.items()} | {f"text_encoder.{k}": v for k, v in text.items()}
    return made, {"format": "pt", "lora_adapter_metadata": json.dumps(header)}


def old(pipe):
    made = {}
    for module in LINEAR:
        block, projection = module.replace(".to_out.0", ".to_out").rsplit(".", 1)
        name = f"unet.{block}.processor.{projection}_lora."
        made[name + "down.weight"], made[name + "up.weight"] = factors(pipe.unet, module, 2)
    for module, projection in zip(TEXT_ATTENTION, ["to_q", "to_out"]):
        name = f"text_encoder.{module.rsplit('.', 1)[0]}.{projection}_lora."
        made[name + "down.weight"], made[name + "up.weight"] = factors(pipe.text_encoder, module, 2)
    return made, None


def saved_by_diffusers(pipe):
    made = {}
    for module in LINEAR:
        name = f"unet.{module}.lora."
        made[name + "down.weight"], made[name + "up.weight"] = factors(pipe.unet, module, 2)
    for module in TEXT_ATTENTION + TEXT_OTHER:
        name = f"text_encoder.{module}.lora_linear_layer."
        made[name + "down.weight"], made[name + "up.weight"] = factors(pipe.text_encoder, module, 2)
    return made, None


def results(pipe, latents):
    with torch.no_grad():
        text = pipe.text_encoder(tokens(pipe, PROMPT)).last_hidden_state
        return text, last(pipe.unet(latents, 500, encoder_hidden_states=text).sample)


def loras():
    latents = torch.randn(1, 4, 8, 10)
    case = dict(latents=last(latents))
    case["text_plain"], case["noise_plain"] = results(opened(), latents)
    for name, make in dict(kohya=kohya, peft=modern, processor=old, diffusers=saved_by_diffusers).items():
        pipe = opened()
        made, header = make(pipe)
        write(HERE / f"lora_{name}.safetensors", header, half=True, **made)
        pipe.load_lora_weights(HERE, weight_name=f"lora_{name}.safetensors", adapter_name=name)
        pipe.set_adapters([name], [0.8])
        case["text_" + name], case["noise_" + name] = results(pipe, latents)
    pipe = opened()
    for name, strength in [("kohya", 0.7), ("peft", -0.4)]:
        # One after the other: transformers initialises the first anew when a second is loaded beside it.
        pipe.load_lora_weights(HERE, weight_name=f"lora_{name}.safetensors", adapter_name=name)
        pipe.fuse_lora(lora_scale=strength)
        pipe.unload_lora_weights()
    case["text_both"], case["noise_both"] = results(pipe, latents)
    write(HERE / "lora_case.safetensors", **case)


# Learned words

def words():
    pipe = opened()
    toy, style = half(3, 8), half(1, 8)
    write(HERE / "cat_toy.safetensors", **{"<cat-toy>": toy})
    write(HERE / "style.safetensors", emb_params=style)
    pipe.load_textual_inversion(HERE, weight_name="cat_toy.safetensors")
    pipe.load_textual_inversion(HERE, weight_name="style.safetensors", token="style")
    prompt = pipe.maybe_convert_prompt("a <cat-toy>, red STYLE!", pipe.tokenizer)
    ids = tokens(pipe, prompt)
    with torch.no_grad():
        write(HERE / "words_case.safetensors", ids=ids, text=pipe.text_encoder(ids).last_hidden_state)


# ControlNets

def controlnet():
    pipe = opened()
    options = dict(in_channels=4, block_out_channels=(8, 8), layers_per_block=1, cross_attention_dim=8,
                   down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), attention_head_dim=2, norm_num_groups=2,
                   conditioning_embedding_out_channels=(4, 4, 6))
    net = ControlNetModel(**options)
    for name, p in net.named_parameters():
        one = "norm" in name and name.endswith("weight")
        p.data = half(*p.shape, scale=0.3) + (1 if one else 0) if p.ndim == 1 else half(*p.shape, scale=p[0].numel() ** -0.5)
    net.eval().half().save_pretrained(HERE / "controlnet")
    net.float()
    pooled = ControlNetModel(**options, controlnet_conditioning_channel_order="bgr", global_pool_conditions=True).eval()
    pooled.load_state_dict(net.state_dict())
    pooled.save_config(HERE / "controlnet_pooled")
    latents, context = torch.randn(2, 4, 8, 10), torch.randn(2, 12, 8)
    pictures = torch.rand(2, 3, 32, 40)
    case = dict(latents=last(latents), context=context, pictures=last(pictures))
    with torch.no_grad():
        for name, model in dict(plain=net, pooled=pooled).items():
            skips, middle = model(latents, 300, context, pictures[:1].expand(2, -1, -1, -1), 0.7, return_dict=False)
            case |= {f"{name}_skip{i}": last(s) for i, s in enumerate(skips)}
            case[name + "_middle"] = last(middle)
        both = MultiControlNetModel([net, pooled])
        hints = [p[None].expand(2, -1, -1, -1) for p in pictures]
        skips, middle = both(latents, 300, context, hints, [0.8, 0.5], return_dict=False)
        case["noise"] = last(pipe.unet(latents, 300, encoder_hidden_states=context, down_block_additional_residuals=skips,
                                       mid_block_additional_residual=middle).sample)
    write(HERE / "controlnet_case.safetensors", **case)


# Attention control

class Edited:
    """Attention whose weights at entry 3 follow entry 2."""

    def __init__(self, mapping, own, factors, limit):
        self.mapping, self.own, self.factors, self.limit = mapping, own, factors, limit

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        q, k, v = (p(x).unflatten(2, (attn.heads, -1)).transpose(1, 2) for p, x in
                   ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context)))
        weights = (q @ k.transpose(2, 3) * q.shape[-1] ** -0.5).softmax(-1)
        if encoder_hidden_states is not None:
            weights[3] = (weights[2] @ self.mapping + weights[3] * self.own) * self.factors
        elif hidden_states.shape[1] <= self.limit:
            weights[3] = weights[2]
        return attn.to_out[0]((weights @ v).transpose(1, 2).flatten(2))


def attention():
    unet = opened().unet
    latents, context = torch.randn(4, 4, 8, 10), torch.randn(4, 5, 8)
    mapping = torch.tensor([[1, 0, 0, 0, 0], [0, 0, .5, 0, 0], [0, 0, .5, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1.]])
    own, factors = torch.tensor([0, 0, 0, 1, 0.]), torch.tensor([1, 2, 1, -.5, 1])
    with torch.no_grad():
        plain = unet(latents, 40, encoder_hidden_states=context).sample
        unet.set_attn_processor(Edited(mapping, own, factors, 30))
        edited = unet(latents, 40, encoder_hidden_states=context).sample
    write(HERE / "attention_case.safetensors", latents=last(latents), context=context, mapping=mapping, own=own,
          factors=factors, plain=last(plain), edited=last(edited))


def manifest():
    files = sorted(p for p in HERE.rglob("*") if p.is_file() and p.name not in ("manifest.json", "make.py"))
    json.dump(dict(
        seed=SEED,
        versions=dict(torch=torch.__version__, transformers=transformers.__version__, diffusers=diffusers.__version__,
                      peft=peft.__version__),
        files={str(p.relative_to(HERE)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}),
        open(HERE / "manifest.json", "w"), indent=1)


loras()
words()
controlnet()
attention()
manifest()
