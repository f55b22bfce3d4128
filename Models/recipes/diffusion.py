"""Trains the starter text diffusion: CLIPTextModel and a UNet2DConditionModel of nine input channels.

The nine channels are the noisy latents (4), the mask (1) and the latents of the masked picture (4), as in Stable
Diffusion inpainting. A fifth of the masks cover everything, which makes the same network a text-to-picture model, the others
cover an object ("fill") or everything but the object ("replace").
The autoencoder comes first (autoencoder.py); its `vae` folder is read from --export.

    python diffusion.py --data data/captions --heldout data/captions-heldout --work work/diffusion \\
        --export made/diffusion --captioner made/captioner [--initial ../starter/diffusion]
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
from common import data, ddp, run, words
from common.holes import holes as loose_holes
from common.schedule import Cosine

SIZE, LATENT, LENGTH = 64, 16, 32
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
    """Ids [B, 32], padded."""
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


def kinds(shards, rows, rng):
    """True where all but the object is to be replaced: half of the pictures whose surroundings have a name, a tenth else."""
    named = np.array([bool(shards.surroundings and shards.surroundings[row]) for row in rows])
    return rng.random(len(rows)) < np.where(named, 0.5, 0.1)


def masks(shards, rows):
    """Where the objects are, [B, 64, 64] of bool; larger masks made smaller by whole numbers."""
    whole = torch.from_numpy(shards.take("mask", rows)).float()[:, None]
    return (F.avg_pool2d(whole, whole.shape[-1] // SIZE)[:, 0] > 127).numpy()


def holes(shards, rows, replaced, rng):
    """Masks [B, 1, 64, 64] for filling, or all but the object where `replaced`.

    A hole for filling is a box, or the object's outline grown, half of them with the outline of another object beside
    it, so that the hole does not tell what was there.
    """
    out = torch.zeros(len(rows), 1, SIZE, SIZE)
    others = masks(shards, rng.integers(len(shards), size=len(rows)))
    for k, (inside, other) in enumerate(zip(masks(shards, rows), others)):
        if not inside.any():
            out[k] = 1
            continue
        if replaced[k]:
            out[k, 0] = torch.from_numpy(~inside)
            continue
        ys, xs = np.nonzero(inside)
        grow = int(max(np.ptp(ys), np.ptp(xs)) * rng.uniform(0.05, 0.25)) + 1
        if rng.random() < 0.4:
            out[k, 0, max(0, ys.min() - grow) : ys.max() + 1 + grow, max(0, xs.min() - grow) : xs.max() + 1 + grow] = 1
            continue
        shape = inside | other if rng.random() < 0.5 else inside
        out[k] = F.max_pool2d(torch.from_numpy(shape).float()[None, None], 2 * grow + 1, 1, grow)[0]
    return out


class Encoded:
    """Pictures and their mirror images as latents, with a hole in each.

    `plain`, `holed` [N, 4, 16, 16]: latents of the pictures, and of the pictures with grey in their holes;
    `hole` [N, 1, 16, 16]; `row` [N] in the shards; `replaced` [N]: whether the hole is all but the object.
    """

    def __init__(self, vae, shards, make_holes, folder, part=6000, chunk=64):
        """`make_holes(rows, rng)` gives masks [B, 1, 64, 64] and `replaced`. What is made is kept in `folder` in parts, which
        the processes share out among them."""
        folder.mkdir(parents=True, exist_ok=True)
        parts = [range(start, min(start + part, len(shards))) for start in range(0, len(shards), part)]
        encode = lambda x: (vae.encode(x).latent_dist.mean.float() * vae.config.scaling_factor).half()
        for number, rows in enumerate(parts):
            path = folder / f"{rows.start}-{rows.stop}.pt"
            if path.exists() or number % ddp.world != ddp.rank:
                continue
            rng, made = np.random.default_rng(number), []
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                for start in range(rows.start, rows.stop, chunk):
                    some = list(range(start, min(start + chunk, rows.stop)))
                    for mirrored in (False, True):
                        x, (mask, replaced) = pictures(shards, some), make_holes(some, rng)
                        if mirrored:
                            x, mask = x.flip(3), mask.flip(3)
                        made.append((encode(x), encode(x * (1 - mask)), F.max_pool2d(mask, SIZE // LATENT).half(),
                                     torch.tensor(some), torch.from_numpy(replaced)))
            torch.save([torch.cat(column) for column in zip(*made)], path.with_suffix(".tmp"))
            path.with_suffix(".tmp").rename(path)
        ddp.barrier()
        kept = [torch.load(folder / f"{r.start}-{r.stop}.pt", weights_only=True) for r in parts]
        self.plain, self.holed, self.hole, self.row, self.replaced = (torch.cat(column) for column in zip(*kept))

    def __len__(self):
        return len(self.plain)


def phrases(shards):
    """Per picture the texts that may describe it: object, object with view, object in its surroundings, surroundings."""
    surroundings = shards.surroundings or [""] * len(shards)
    turned = [f"{c}, {view_of(a)}" for c, a in zip(shards.captions, shards.take("azimuth", range(len(shards))))]
    placed = [f"{c} {w}".strip() for c, w in zip(shards.captions, surroundings)]
    return [shards.captions, turned, placed, [w or c for w, c in zip(surroundings, shards.captions)]]


# Share of pictures without words, and of masks over everything.
OTHERS, WHOLE = 0.06, 0.2

# How often a picture is described in which way, for masks over everything, over the object, over the rest.
MANNERS = {"whole": (0.3, 0.25, 0.45, 0.0), "object": (0.7, 0.1, 0.2, 0.0), "rest": (0.05, 0.0, 0.45, 0.5)}


def loss_function(shards, others, vae, tokenizer, module, options):
    """`others` are pictures without words: details at full size, for a pass that is asked for nothing in words."""
    work = pathlib.Path(options.work)

    def toy_holes(rows, rng):
        replaced = kinds(shards, rows, rng)
        return holes(shards, rows, replaced, rng), replaced

    sources = [Encoded(vae, shards, toy_holes, work / "latents")]
    if others:
        sources.append(Encoded(vae, others, lambda rows, rng: (
            loose_holes(rng, len(rows), SIZE, 0.9), np.zeros(len(rows), bool)), work / "more"))
    with torch.no_grad():
        empty = vae.encode(torch.zeros(1, 3, SIZE, SIZE)).latent_dist.mean * vae.config.scaling_factor
    texts = [tokens(tokenizer, texts) for texts in phrases(shards)]
    none = tokens(tokenizer, [""])[0]
    manners = {k: np.cumsum(v) for k, v in MANNERS.items()}
    # Toys of no class say little about words: two in three are passed over.
    weight = np.where(np.array(shards.classes)[sources[0].row.numpy()] == "toy", 0.33, 1.0)
    cumulated = np.cumsum(weight / weight.sum())

    def text_for(row, whole, replaced, rng):
        if rng.random() < 0.1:
            return none
        manner = manners["whole" if whole else "rest" if replaced else "object"]
        return texts[np.searchsorted(manner, rng.random())][row]

    def draw(rng):
        """Latents, hole, latents of the rest, text of one sample."""
        if others and rng.random() < OTHERS:
            source, k = sources[1], int(rng.integers(len(sources[1])))
            text = none
        else:
            source = sources[0]
            k = min(int(np.searchsorted(cumulated, rng.random())), len(source) - 1)
            text = None
        whole = rng.random() < WHOLE
        if text is None:
            text = text_for(int(source.row[k]), whole, bool(source.replaced[k]), rng)
        mask, masked = (torch.ones_like(source.hole[k]), empty[0]) if whole else (source.hole[k], source.holed[k])
        return source.plain[k].float(), mask.float(), masked.float(), text

    def loss(rng, generator):
        clean, mask, masked, text = map(torch.stack, zip(*(draw(rng) for _ in range(options.batch))))
        t = SCHEDULE.draw(options.batch, generator)
        alpha, sigma = SCHEDULE(t)
        noise = torch.randn(clean.shape, generator=generator)
        to = lambda x: x.to(options.device)
        found = module(to(alpha * clean + sigma * noise), to(t), to(mask), to(masked), to(text)).float()
        return F.mse_loss(found, to(alpha * noise - sigma * clean))

    return loss


def go_on_from(module, folder, vocabulary):
    """Copies the weights of an earlier model; byte pairs and positions that both know keep what was learnt of them."""
    folder = pathlib.Path(folder)
    module.unet.load_state_dict(UNet2DConditionModel.from_pretrained(folder / "unet").float().state_dict())
    old = CLIPTextModel.from_pretrained(folder / "text_encoder").float().state_dict()
    then = json.loads((folder / "tokenizer" / "vocab.json").read_text())
    pairs = torch.tensor([(k, then[word]) for word, k in vocabulary.items() if word in then]).T
    new = module.text_encoder.state_dict()
    for name, value in old.items():
        if name.endswith("token_embedding.weight"):
            new[name][pairs[0]] = value[pairs[1]]
        elif name.endswith("position_embedding.weight"):
            count = min(len(value), len(new[name]))
            new[name][:count] = value[:count]
        elif new[name].shape == value.shape:
            new[name].copy_(value)


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
        "class": share(shards.classes[r].replace("_", " ") in text for r, text in zip(rows, said)),
        "first_colour": share(captions.first_colour(p) == captions.first_colour(t) for p, t in zip(prompts, said)),
    }


def load_captioner(folder):
    return captions.tokenizer_of(folder), BlipForConditionalGeneration.from_pretrained(folder).float().eval()


def main():
    options = run.arguments("Train the starter text diffusion", steps=6000, batch=32, lr=1e-3, ema=0.998)
    options.add_argument("--more", help="folder of shards of pictures without words")
    options.add_argument("--initial", help="folder of an earlier model to go on from")
    options.add_argument("--captioner", help="folder of the captioner that reads what is made, for the scores")
    options = options.parse_args()
    if not options.export:
        raise SystemExit("--export: name the folder that holds the trained autoencoder as vae/")
    torch.manual_seed(options.seed)
    shards = data.Shards(options.data, options.limit)
    folder = pathlib.Path(options.work) / "tokenizer"
    if not (folder / "vocab.json").exists():
        write_tokenizer(shards.captions + shards.surroundings, folder)
    vocabulary = json.loads((folder / "vocab.json").read_text())
    vae = AutoencoderKL.from_pretrained(pathlib.Path(options.export) / "vae").float().eval()
    module = Pipeline(len(vocabulary))
    if options.initial:
        go_on_from(module, options.initial, vocabulary)
    training = run.Run(options, module)
    validate = None
    if options.captioner and options.heldout:
        captioner, heldout = load_captioner(options.captioner), data.Shards(options.heldout, 500)
        validate = lambda m: score(m, vae, tokenizer_of(folder), captioner, heldout)
    others = data.Shards(options.more) if options.more else None
    training.train(loss_function(shards, others, vae, tokenizer_of(folder), module, options), validate,
                   lambda m, out: export(m, folder, out))


if __name__ == "__main__":
    main()
