"""Trains the starter text diffusion: CLIPTextModel and a UNet2DConditionModel of nine input channels.

The nine channels are the noisy latents (4), the mask (1) and the latents of the masked picture (4), as in Stable
Diffusion inpainting. Half of the masks cover everything, which makes the same network a text-to-picture model.
The autoencoder comes first (autoencoder.py); its `vae` folder is read from --export.

    python diffusion.py --data data/captions --heldout data/captions-heldout --work work/diffusion \\
        --export made/diffusion --captioner made/captioner
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from safetensors.torch import save_file
from transformers import BlipForConditionalGeneration, CLIPTextConfig, CLIPTextModel, CLIPTokenizer

import captioner as captions
from autoencoder import pictures
from common import data, run, words
from common.schedule import Cosine

SIZE, LATENT, LENGTH = 64, 16, 24
SCHEDULE = Cosine()


def write_tokenizer(captions, folder):
    """CLIP's byte-pair files: bytes, bytes ending a word, merges, start and end of text."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rules = words.merges(captions)
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    letters = [chr(b) for b in printable] + [chr(256 + n) for n in range(256 - len(printable))]
    entries = letters + [c + "</w>" for c in letters] + ["".join(r) for r in rules]
    entries = list(dict.fromkeys(entries)) + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({w: i for i, w in enumerate(entries)}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in rules))
    (folder / "special_tokens_map.json").write_text(json.dumps({
        "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>"}, indent=2) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "do_lower_case": True,
        "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>", "add_prefix_space": False, "errors": "replace"}, indent=2) + "\n")
    return len(entries)


def tokenizer_of(folder):
    return CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)


def tokens(tokenizer, prompts):
    """Ids [B, 24], padded."""
    return tokenizer(list(prompts), padding="max_length", max_length=LENGTH, truncation=True, return_tensors="pt").input_ids


class Pipeline(torch.nn.Module):
    def __init__(self, entries, widths=(64, 128), cross=128):
        super().__init__()
        self.text_encoder = CLIPTextModel._from_config(CLIPTextConfig(
            vocab_size=entries, hidden_size=cross, intermediate_size=3 * cross, num_hidden_layers=2,
            num_attention_heads=4, max_position_embeddings=LENGTH, projection_dim=cross,
            bos_token_id=entries - 2, eos_token_id=entries - 1, pad_token_id=entries - 1,
        ), attn_implementation="eager")
        self.unet = UNet2DConditionModel(
            sample_size=LATENT, in_channels=9, out_channels=4, block_out_channels=widths, layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=cross,
            attention_head_dim=tuple(w // 32 for w in widths), norm_num_groups=16,
        )
        self.unet.set_attn_processor(AttnProcessor())

    def forward(self, latents, t, mask, masked, ids):
        hidden = self.text_encoder(input_ids=ids).last_hidden_state
        return self.unet(torch.cat([latents, mask, masked], 1), t, encoder_hidden_states=hidden).sample


def view_of(azimuth):
    """What a prompt calls the view from `azimuth` degrees off the front."""
    turn = abs((azimuth + 180) % 360 - 180)
    return "front view" if turn < 45 else "side view" if turn < 135 else "back view"


def encode_all(vae, shards, chunk=64):
    """Latents [N, 4, 16, 16] of every picture, and of every picture without its object (grey in its place)."""
    plain, holed = [], []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(shards), chunk):
            rows = list(range(start, min(start + chunk, len(shards))))
            x = pictures(shards, rows)
            for out, picture in ((plain, x), (holed, x * (1 - boxes(shards, rows)))):
                out.append((vae.encode(picture).latent_dist.mean.float() * vae.config.scaling_factor).half())
    return torch.cat(plain), torch.cat(holed)


def boxes(shards, rows):
    """Masks [B, 1, 64, 64] for filling: the object's box grown by an eighth, on the grid of the latents."""
    out = torch.zeros(len(rows), 1, SIZE, SIZE)
    for k, mask in enumerate(shards.take("mask", rows)):
        ys, xs = np.nonzero(mask[::2, ::2] > 127)
        if len(ys):
            grow = max(ys.max() - ys.min(), xs.max() - xs.min()) // 8
            cell = SIZE // LATENT
            y0, x0 = (max(0, v.min() - grow) // cell * cell for v in (ys, xs))
            y1, x1 = (min(SIZE, -(-(v.max() + 1 + grow) // cell) * cell) for v in (ys, xs))
            out[k, :, y0:y1, x0:x1] = 1
    return out


def loss_function(shards, vae, tokenizer, module, options):
    plain, holed = encode_all(vae, shards)
    with torch.no_grad():
        empty = vae.encode(torch.zeros(1, 3, SIZE, SIZE)).latent_dist.mean * vae.config.scaling_factor
    turned = [f"{c}, {view_of(a)}" for c, a in zip(shards.captions, shards.take("azimuth", range(len(shards))))]
    ids, with_view, none = tokens(tokenizer, shards.captions), tokens(tokenizer, turned), tokens(tokenizer, [""])
    every = [list(range(s, min(s + 256, len(shards)))) for s in range(0, len(shards), 256)]
    holes = F.max_pool2d(torch.cat([boxes(shards, rows) for rows in every]), SIZE // LATENT)

    def loss(rng, generator):
        rows = torch.from_numpy(rng.integers(len(shards), size=options.batch))
        clean = plain[rows].float()
        whole = torch.from_numpy(rng.random(options.batch) < 0.5).view(-1, 1, 1, 1)
        mask = torch.where(whole, torch.ones(1), holes[rows])
        masked = torch.where(whole, empty, holed[rows].float())
        silent = torch.from_numpy(rng.random(options.batch) < 0.1)
        viewed = torch.from_numpy(rng.random(options.batch) < 0.4)
        text = torch.where(viewed[:, None], with_view[rows], ids[rows])
        text = torch.where(silent[:, None], none, text)
        t = SCHEDULE.draw(options.batch, generator)
        alpha, sigma = SCHEDULE(t)
        noise = torch.randn(clean.shape, generator=generator)
        to = lambda x: x.to(options.device)
        found = module(to(alpha * clean + sigma * noise), to(t), to(mask), to(masked), to(text)).float()
        return F.mse_loss(found, to(alpha * noise - sigma * clean))

    return loss


def export(module, tokenizer_folder, folder):
    folder = pathlib.Path(folder)
    half = lambda m: {k: v.half().contiguous().cpu() for k, v in m.state_dict().items() if v.is_floating_point()}
    for name in ("unet", "text_encoder"):
        part = getattr(module, name)
        (folder / name).mkdir(parents=True, exist_ok=True)
        (part.save_config if name == "unet" else part.config.save_pretrained)(folder / name)
        file = "diffusion_pytorch_model.safetensors" if name == "unet" else "model.safetensors"
        save_file(half(part), folder / name / file, {"format": "pt"})
    (folder / "tokenizer").mkdir(exist_ok=True)
    for file in pathlib.Path(tokenizer_folder).iterdir():
        (folder / "tokenizer" / file.name).write_text(file.read_text())
    (folder / "scheduler").mkdir(exist_ok=True)
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps({
        "_class_name": "DDIMScheduler", "beta_schedule": "squaredcos_cap_v2", "beta_start": 0.0001, "beta_end": 0.02,
        "num_train_timesteps": 1000, "prediction_type": "v_prediction", "clip_sample": False,
        "set_alpha_to_one": True, "steps_offset": 0, "timestep_spacing": "trailing", "rescale_betas_zero_snr": False,
    }, indent=2) + "\n")
    (folder / "model_index.json").write_text(json.dumps({
        "_class_name": "StableDiffusionInpaintPipeline", "feature_extractor": [None, None],
        "safety_checker": [None, None], "requires_safety_checker": False,
        "scheduler": ["diffusers", "DDIMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }, indent=2) + "\n")


@torch.no_grad()
def generate(module, vae, tokenizer, prompts, steps=30, guidance=3.0, seed=0):
    """Pictures [B, 3, 64, 64] in [0, 1] by DDIM with a mask over everything."""
    ids = tokens(tokenizer, list(prompts) + [""] * len(prompts))
    count, generator = len(prompts), torch.Generator().manual_seed(seed)
    x = torch.randn(count, 4, LATENT, LATENT, generator=generator)
    masked = (vae.encode(torch.zeros(1, 3, SIZE, SIZE)).latent_dist.mean * vae.config.scaling_factor)
    masked, mask = masked.expand(2 * count, -1, -1, -1), torch.ones(2 * count, 1, LATENT, LATENT)
    levels = np.linspace(999, 0, steps + 1).round().astype(int)
    for now, then in zip(levels[:-1], levels[1:]):
        t = torch.full((2 * count,), int(now))
        v = module(torch.cat([x, x]), t, mask, masked, ids).float()
        v = v[count:] + guidance * (v[:count] - v[count:])
        alpha, sigma = SCHEDULE(t[:count])
        clean, noise = alpha * x - sigma * v, sigma * x + alpha * v
        alpha, sigma = SCHEDULE(torch.full((count,), int(then))) if then else (1.0, 0.0)
        x = alpha * clean + sigma * noise
    return (vae.decode(x / vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)


@torch.no_grad()
def score(module, vae, tokenizer, captioner, shards, count=64):
    """Share of pictures made of held-out captions in which the captioner names the class, and the first colour."""
    names, reader = captioner
    rows = [r for r in range(len(shards)) if shards.classes[r] != "toy"][:count]
    prompts = [shards.captions[r] for r in rows]
    made = F.interpolate(generate(module, vae, tokenizer, prompts), (captions.SIZE,) * 2, mode="bicubic").clamp(0, 1)
    x = (made - captions.MEAN.view(1, 3, 1, 1)) / captions.STD.view(1, 3, 1, 1)
    said = captions.captions_for(reader, names, x)
    share = lambda hits: round(float(np.mean(list(hits))), 4)
    return {
        "class": share(shards.classes[r] in text for r, text in zip(rows, said)),
        "first_colour": share(captions.first_colour(p) == captions.first_colour(t) for p, t in zip(prompts, said)),
    }


def load_captioner(folder):
    return captions.tokenizer_of(folder), BlipForConditionalGeneration.from_pretrained(folder).float().eval()


def main():
    options = run.arguments("Train the starter text diffusion", steps=6000, batch=32, lr=1e-3, ema=0.998)
    options.add_argument("--captioner", help="folder of the captioner that reads what is made, for the scores")
    options = options.parse_args()
    if not options.export:
        raise SystemExit("--export: name the folder that holds the trained autoencoder as vae/")
    torch.manual_seed(options.seed)
    shards = data.Shards(options.data, options.limit)
    folder = pathlib.Path(options.work) / "tokenizer"
    if not (folder / "vocab.json").exists():
        write_tokenizer(shards.captions, folder)
    entries = len(json.loads((folder / "vocab.json").read_text()))
    vae = AutoencoderKL.from_pretrained(pathlib.Path(options.export) / "vae").float().eval()
    module = Pipeline(entries)
    training = run.Run(options, module)
    validate = None
    if options.captioner and options.heldout:
        captioner, heldout = load_captioner(options.captioner), data.Shards(options.heldout, 500)
        validate = lambda m: score(m, vae, tokenizer_of(folder), captioner, heldout)
    training.train(loss_function(shards, vae, tokenizer_of(folder), module, options), validate,
                   lambda m, out: export(m, folder, out))


if __name__ == "__main__":
    main()
