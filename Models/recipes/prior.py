"""Trains the denoiser of the joint multi-view prior: one pass denoises eight views of an object, given one picture.

A UNet2DConditionModel on a 16x16 grid: eight noisy RGBA views of 48 px, each PixelUnshuffle(3), stacked in channels
(8 views * 4 channels * 9 = 288), beside the encoder's first guess of the same views (288) and the input picture,
PixelUnshuffle(4) (64). The tokens of the encoder also reach it by cross-attention. It predicts the clean views
("sample"). The encoder comes first (encoder.py) and stays as it is; its files are read from --export.

    python prior.py --data data/views --heldout data/views-heldout --work work/prior --export made/prior
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from safetensors.torch import load_file, save_file

from common import data, run, views
from common.schedule import Cosine
from encoder import HEADS, Encoder

SCHEDULE = Cosine()
PICTURE_CHANNELS = 4 * views.PICTURE_PATCH**2


class Prior(torch.nn.Module):
    def __init__(self, encoder, widths=(128, 192)):
        super().__init__()
        down = ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * (len(widths) - 1)
        cross = encoder.vision.config.hidden_size
        self.unet = UNet2DConditionModel(
            sample_size=views.GRID, in_channels=2 * views.CHANNELS + PICTURE_CHANNELS, out_channels=views.CHANNELS,
            conv_in_kernel=1, conv_out_kernel=1, block_out_channels=widths, layers_per_block=1,
            down_block_types=tuple(down), up_block_types=tuple(name.replace("Down", "Up") for name in reversed(down)),
            cross_attention_dim=cross, attention_head_dim=tuple(w // 32 for w in widths), norm_num_groups=16,
            class_embed_type="projection", projection_class_embeddings_input_dim=2,
        )
        self.null_tokens = torch.nn.Parameter(torch.zeros(1, 65, cross))
        # At 8x8 tokens plain matrix products train a third faster on a CPU than the fused attention.
        self.unet.set_attn_processor(AttnProcessor())
        self.encoder = encoder.requires_grad_(False)

    def condition(self, picture, use):
        """Tokens [B, 65, cross] and channels [B, 352, 16, 16] (guess, picture); nulls and zeros where `use` is false."""
        with torch.no_grad():
            tokens, guess, *_ = self.encoder(picture)
        channels = torch.cat([views.stack(guess.clamp(-1, 1)), F.pixel_unshuffle(picture, views.PICTURE_PATCH)], 1)
        tokens = torch.where(use[:, None, None], tokens, self.null_tokens.to(tokens.dtype))
        return tokens, channels * use[:, None, None, None]

    def forward(self, noisy, t, pose, tokens, channels):
        stacked = torch.cat([noisy, channels.to(noisy.dtype)], 1)
        return self.unet(stacked, t, encoder_hidden_states=tokens, class_labels=pose).sample


def pose_vector(elevation, known):
    """[elevation / 30 degrees, 1], or [0, 0] where the elevation of the picture is not known."""
    return torch.stack([elevation * known, known], -1)


def loss_function(shards, module, options):
    def loss(rng, generator):
        rows = shards.draw(rng, options.batch)
        b = views.batch(shards, rows, rng, generator, options.device, options.disturb, options.permute)
        draw = lambda: torch.from_numpy(rng.random(options.batch)).float().to(options.device)
        known, use = (draw() < 0.6).float(), draw() > 0.08
        hint = b.elevation + torch.from_numpy(rng.normal(0, 5 / 30, options.batch)).float().to(options.device)
        clean = views.stack(b.views)
        t = SCHEDULE.draw(options.batch, generator)
        alpha, sigma = (x.to(clean.device) for x in SCHEDULE(t))
        noise = torch.randn(clean.shape, generator=generator).to(clean.device)
        tokens, channels = module.condition(b.picture, use)
        found = module(alpha * clean + sigma * noise, t.to(clean.device), pose_vector(hint, known), tokens, channels)
        error = found.float() - clean
        return (error * error * (1 / (sigma * sigma)).clamp(max=5)).mean()

    return loss


@torch.no_grad()
def score(module, shards, count=256, device="cpu"):
    """PSNR in dB of the one-step clean views from noise levels 999, 700, 400, 150."""
    b = views.batch(shards, list(range(min(count, len(shards)))), device=device)
    clean, found = views.stack(b.views), {}
    generator = torch.Generator().manual_seed(5)
    tokens, channels = module.condition(b.picture, torch.ones(len(clean), dtype=torch.bool, device=device))
    pose = torch.zeros(len(clean), 2, device=device)
    for level in (999, 700, 400, 150):
        t = torch.full((len(clean),), level)
        alpha, sigma = (x.to(device) for x in SCHEDULE(t))
        noise = torch.randn(clean.shape, generator=generator).to(device)
        got = module(alpha * clean + sigma * noise, t.to(device), pose, tokens, channels).float()
        error = ((got.clamp(-1, 1) - clean) / 2).square().mean((1, 2, 3))
        found[f"psnr_{level}"] = round((-10 * error.log10()).mean().item(), 2)
    return found


def load_encoder(folder):
    """The encoder that encoder.py exported into `folder`."""
    folder = pathlib.Path(folder)
    layers = json.loads((folder / "image_encoder" / "config.json").read_text())["num_hidden_layers"]
    module = Encoder(layers=layers)
    module.vision.load_state_dict(load_file(folder / "image_encoder" / "model.safetensors"))
    for name in HEADS:
        getattr(module, name).load_state_dict(load_file(folder / f"{name}.safetensors"))
    return module.float().eval()


def start_from(module, folder):
    """Takes the weights of an earlier denoiser where name and shape agree; input channels it lacked start at zero."""
    kept = {}
    for path in sorted(pathlib.Path(folder, "unet").glob("*.safetensors")):
        kept.update(load_file(path))
    own = module.unet.state_dict()
    for name, value in kept.items():
        if name in own and own[name].shape == value.shape:
            own[name].copy_(value)
    null = load_file(pathlib.Path(folder, "null_tokens.safetensors"))["null_tokens"]
    if null.shape == module.null_tokens.shape:
        module.null_tokens.data.copy_(null)
    old, new = kept["conv_in.weight"], own["conv_in.weight"]
    if old.shape != new.shape:
        new.zero_()
        new[:, : views.CHANNELS] = old[:, : views.CHANNELS]
        new[:, -PICTURE_CHANNELS:] = old[:, -PICTURE_CHANNELS:]


def export(module, folder):
    """Writes the diffusers-like folder in float16; the encoder's files are there already."""
    folder = pathlib.Path(folder)
    views.save(module.unet, folder, "unet", "diffusion_pytorch_model.safetensors")
    save_file({"null_tokens": module.null_tokens.detach().half().cpu()}, folder / "null_tokens.safetensors")
    views.write_json(folder / "scheduler" / "scheduler_config.json", {
        "_class_name": "DDIMScheduler", "beta_schedule": "squaredcos_cap_v2", "beta_start": 0.0001, "beta_end": 0.02,
        "num_train_timesteps": 1000, "prediction_type": "sample", "clip_sample": True, "clip_sample_range": 1.0,
        "set_alpha_to_one": True, "steps_offset": 0, "timestep_spacing": "trailing", "rescale_betas_zero_snr": False,
    })
    views.write_json(folder / "model_index.json", {
        "_class_name": "JointViewPrior", "image_encoder": ["transformers", "CLIPVisionModel"],
        "scheduler": ["diffusers", "DDIMScheduler"], "unet": ["diffusers", "UNet2DConditionModel"],
    })
    views.write_json(folder / "prior.json", {
        "kind": "joint-views", "views": views.COUNT, "view_size": views.VIEW, "view_patch": views.VIEW_PATCH,
        "grid": views.GRID, "channels": 4, "azimuths": [45 * k for k in range(views.COUNT)],
        "azimuths_relative_to": "input", "elevations": list(views.ELEVATIONS), "camera": {"fov_y": 45, "radius": 2.7},
        "picture_size": views.PICTURE, "picture_patch": views.PICTURE_PATCH, "picture_object_side": 46,
        "pixels": "premultiplied RGBA, 2 * value - 1", "pose": ["elevation_degrees / 30 * known", "known"],
        "guidance": 1.5, "first_guess": True,
    })


def main():
    options = views.augmentation(
        run.arguments("Train the joint multi-view prior", steps=8000, batch=32, lr=1e-3, ema=0.998, several=True))
    options.add_argument("--initial", help="folder of an earlier prior whose denoiser to start from")
    options = options.parse_args()
    if not options.export:
        raise SystemExit("--export: name the folder that encoder.py wrote")
    torch.manual_seed(options.seed)
    module = Prior(load_encoder(options.export))
    if options.initial:
        start_from(module, options.initial)
    shards = data.Mixture(options.data, options.limit)
    heldout = {pathlib.Path(f).name: data.Shards(f, 256) for f in options.heldout or []}
    training = run.Run(options, module)
    # The checkpoint may be older than the encoder, which can be trained on meanwhile.
    for each in (module, training.average.module):
        each.encoder.load_state_dict(load_encoder(options.export).state_dict())
    scores = lambda m: {name: score(m, part, device=options.device) for name, part in heldout.items()}
    training.train(loss_function(shards, module, options), scores, export, validate_every=5)


if __name__ == "__main__":
    main()
