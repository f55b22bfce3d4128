"""Writes the CLIP fixtures: tiny random models as Hugging Face folders, their inputs and PyTorch's outputs.

Run:  python make.py      (torch, transformers, safetensors, numpy, pillow; versions are recorded in manifest.json)
Every weight is random, norms and biases too, and rounded to float16, so the files are small and exact.
"""
import hashlib, json, pathlib, shutil
import numpy, PIL, torch, transformers
from PIL import Image
from safetensors.torch import load_file, save_file

SEED = 20240607
HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)
torch.manual_seed(SEED)


def randomise(model):
    """Gives every parameter a float16-exact random value, kept lively: no zero bias, no unit scale."""
    for name, p in model.named_parameters():
        if p.ndim >= 2:
            q = torch.randn_like(p) * (1.3 / p[0].numel() ** 0.5)
        elif "norm" in name and name.endswith("weight"):
            q = 1 + 0.3 * torch.randn_like(p)
        else:
            q = 0.3 * torch.randn_like(p)
        p.data = q.half().float()
    return model.eval()


def save(model, name, published_prefix=None, **tensors):
    """`published_prefix`: names as in the files of 2022, all under one module, with the position buffer."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.half().save_pretrained(folder)
    model.float()
    if published_prefix:
        weights = {published_prefix + k: v for k, v in load_file(folder / "model.safetensors").items()}
        count = weights[published_prefix + "embeddings.position_embedding.weight"].shape[0]
        weights[published_prefix + "embeddings.position_ids"] = torch.arange(count)[None]
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    save_file({k: v.detach().contiguous() for k, v in tensors.items()}, folder / "case.safetensors")


def text(name, cls, ids, prefix=None, **options):
    config = transformers.CLIPTextConfig(
        vocab_size=70, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=12, projection_dim=10, **options)
    model = randomise(cls(config))
    with torch.no_grad():
        out = model(input_ids=ids)
    tensors = dict(ids=ids.float(), last_hidden_state=out.last_hidden_state)
    if hasattr(out, "text_embeds"):
        tensors["embeds"] = out.text_embeds
    else:
        tensors["pooled"] = out.pooler_output
    save(model, name, prefix, **tensors)


def vision(name, cls, size=32, channels=3, prefix=None, **options):
    config = transformers.CLIPVisionConfig(
        hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3, image_size=size,
        patch_size=8, num_channels=channels, projection_dim=10, **options)
    model = randomise(cls(config))
    pixels = torch.randn(2, channels, size, size)
    with torch.no_grad():
        out = model(pixel_values=pixels)
    tensors = dict(pixels=pixels.permute(0, 2, 3, 1), last_hidden_state=out.last_hidden_state)
    if hasattr(out, "image_embeds"):
        tensors["embeds"] = out.image_embeds
    else:
        tensors["pooled"] = out.pooler_output
    save(model, name, prefix, **tensors)


def both(name):
    part = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2)
    config = transformers.CLIPConfig(
        text_config=dict(part, vocab_size=70, max_position_embeddings=12, bos_token_id=68, eos_token_id=69),
        vision_config=dict(part, image_size=16, patch_size=4), projection_dim=10)
    model = randomise(transformers.CLIPModel(config))
    ids = torch.randint(3, 60, (3, 9))
    ids[:, 0], ids[:, -1], ids[1, 4:] = 68, 69, 69
    pixels = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        out = model(input_ids=ids, pixel_values=pixels)
    save(model, name, ids=ids.float(), pixels=pixels.permute(0, 2, 3, 1), logits_per_image=out.logits_per_image,
         image_embeds=out.image_embeds, text_embeds=out.text_embeds)


def preprocessing(name):
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    processor = CLIPImageProcessorPil(size={"shortest_edge": 20}, crop_size={"height": 20, "width": 20})
    tensors = {}
    y, x = numpy.mgrid[0:30, 0:47]
    wave = numpy.stack([127 + 90 * numpy.sin(x / 3 + y / 7 + k) + 30 * numpy.cos(y / 2 - k) for k in range(3)], -1)
    wave = wave.clip(0, 255).astype(numpy.uint8)
    for case, array in dict(wide=wave, tall=numpy.ascontiguousarray(wave.transpose(1, 0, 2)), small=wave[:13, :17]).items():
        out = processor(Image.fromarray(array), return_tensors="pt")["pixel_values"]
        tensors[case] = torch.from_numpy(array.astype(numpy.float32) / 255)
        tensors[case + "_pixels"] = out.permute(0, 2, 3, 1).contiguous()
    processor.save_pretrained(folder)
    save_file(tensors, folder / "case.safetensors")


def manifest():
    files = sorted(p for p in HERE.rglob("*") if p.is_file() and p.name not in ("manifest.json", "make.py"))
    json.dump(dict(
        seed=SEED,
        versions=dict(torch=torch.__version__, transformers=transformers.__version__, numpy=numpy.__version__,
                      pillow=PIL.__version__),
        files={str(p.relative_to(HERE)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}),
        open(HERE / "manifest.json", "w"), indent=1)


# The old rule (eos_token_id 2 in the file) pools at the largest id; the new one at the first end token.
ids = torch.randint(3, 60, (2, 12))
ids[0, 5], ids[1, 9] = 69, 69
text("text_old_eos", transformers.CLIPTextModel, ids, bos_token_id=0, eos_token_id=2, hidden_act="quick_gelu",
     prefix="text_model.")
ids = torch.randint(3, 60, (2, 10))
ids[:, 0] = 68
ids[0, 4:], ids[1, 8:], ids[1, 2] = 67, 67, 69
text("text_new_eos", transformers.CLIPTextModel, ids, bos_token_id=68, eos_token_id=67, hidden_act="gelu",
     layer_norm_eps=1e-4)
text("text_projection", transformers.CLIPTextModelWithProjection, ids, bos_token_id=68, eos_token_id=67)
vision("vision", transformers.CLIPVisionModel, prefix="vision_model.")
vision("vision_rgba", transformers.CLIPVisionModel, size=24, channels=4, hidden_act="gelu")
vision("vision_projection", transformers.CLIPVisionModelWithProjection)
both("clip")
preprocessing("preprocessing")
manifest()
