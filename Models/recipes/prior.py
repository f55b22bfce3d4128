"""Trains the joint multi-view prior: one pass denoises eight views of an object, given one picture of it.

A UNet2DConditionModel on a 16x16 grid: eight RGBA views of 48 px, each PixelUnshuffle(3), stacked in channels
(8 views * 4 channels * 9 = 288), beside the input picture, PixelUnshuffle(4) (64). The picture also reaches the
U-Net as tokens of a CLIPVisionModel by cross-attention. The network predicts the clean views ("sample").

    python prior.py --data data/views --heldout data/views-heldout --work checkpoints/prior --export prior
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModel

from common import colour, data, run
from common.schedule import Cosine

VIEWS, VIEW, PICTURE, GRID = 8, 48, 64, 16
ELEVATIONS = (5, 30) * 4
MIRRORED = [0, 7, 6, 5, 4, 3, 2, 1]
SCHEDULE = Cosine()


class Prior(torch.nn.Module):
    def __init__(self, widths=(128, 192), cross=128, vision_layers=2):
        super().__init__()
        down = ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * (len(widths) - 1)
        self.unet = UNet2DConditionModel(
            sample_size=GRID, in_channels=288 + 64, out_channels=288, conv_in_kernel=1, conv_out_kernel=1,
            block_out_channels=widths, layers_per_block=1, down_block_types=tuple(down),
            up_block_types=tuple(name.replace("Down", "Up") for name in reversed(down)),
            cross_attention_dim=cross, attention_head_dim=tuple(w // 32 for w in widths), norm_num_groups=16,
            class_embed_type="projection", projection_class_embeddings_input_dim=2,
        )
        self.image_encoder = CLIPVisionModel(CLIPVisionConfig(
            hidden_size=cross, intermediate_size=3 * cross, num_hidden_layers=vision_layers,
            num_attention_heads=cross // 32, image_size=PICTURE, patch_size=8, num_channels=4,
        ))
        self.null_tokens = torch.nn.Parameter(torch.zeros(1, 65, cross))
        self.elevation = torch.nn.Linear(cross, 1)
        # At 8x8 tokens plain matrix products train a third faster on a CPU than the fused attention.
        self.unet.set_attn_processor(AttnProcessor())
        self.image_encoder.set_attn_implementation("eager")

    def condition(self, picture, use):
        """Tokens [B, 65, cross], picture channels [B, 64, 16, 16] and the guessed elevation [B] in units of 30 degrees."""
        tokens = self.image_encoder(pixel_values=picture).last_hidden_state
        guess = self.elevation(tokens[:, 0])[:, 0]
        tokens = torch.where(use[:, None, None], tokens, self.null_tokens.to(tokens.dtype))
        return tokens, F.pixel_unshuffle(picture, 4) * use[:, None, None, None], guess

    def forward(self, noisy, t, pose, tokens, channels):
        stacked = torch.cat([noisy, channels.to(noisy.dtype)], 1)
        return self.unet(stacked, t, encoder_hidden_states=tokens, class_labels=pose).sample


def stack(views):
    """Views [B, 8, 4, 48, 48] to the grid [B, 288, 16, 16]: channel = view*36 + colour*9 + row*3 + column."""
    return F.pixel_unshuffle(views.flatten(0, 1), 3).reshape(len(views), 288, GRID, GRID)


def unstack(grid):
    return F.pixel_shuffle(grid.reshape(-1, 36, GRID, GRID), 3).reshape(len(grid), VIEWS, 4, VIEW, VIEW)


def pose_vector(elevation, known):
    """[elevation / 30 degrees, 1], or [0, 0] where the elevation of the picture is not known."""
    return torch.stack([elevation / 30 * known, known], -1)


def batch(shards, rows, numpy=None, torch_random=None, device="cpu", disturb=1.0, permute=0.5):
    """Picture [B,4,64,64], views [B,8,4,48,48] in [-1, 1] (premultiplied RGBA), pose, elevation, use of the picture."""
    picture = torch.from_numpy(shards.take("input", rows)).to(device).permute(0, 3, 1, 2).float() / 255
    views = torch.from_numpy(shards.take("views", rows)).to(device).permute(0, 1, 4, 2, 3).float() / 255
    elevation = torch.from_numpy(shards.take("pose", rows))[:, 1].float()
    known, use = torch.ones(len(rows)), torch.ones(len(rows), dtype=torch.bool)
    hint = elevation
    if numpy is not None:
        count = len(rows)
        mirror = torch.from_numpy(numpy.random(count) < 0.5).to(device)
        picture = torch.where(mirror[:, None, None, None], picture.flip(3), picture)
        views = torch.where(mirror[:, None, None, None, None], views[:, MIRRORED].flip(4), views)
        matrix = colour.matrices(numpy, count, permute=permute).to(device)
        picture, views = colour.apply(picture, matrix), colour.apply(views, matrix)
        chosen = torch.from_numpy(numpy.random(count) < disturb).view(-1, 1, 1, 1).to(device)
        picture = torch.where(chosen, colour.disturb(picture, numpy, torch_random), picture)
        known = torch.from_numpy((numpy.random(count) < 0.6).astype("f4"))
        hint = elevation + torch.from_numpy(numpy.normal(0, 5, count).astype("f4"))
        use = torch.from_numpy(numpy.random(count) > 0.08)
    pose = pose_vector(hint, known)
    return picture * 2 - 1, views * 2 - 1, pose.to(device), elevation.to(device), use.to(device)


def loss_function(shards, module, options):
    def loss(numpy, generator):
        rows = numpy.integers(len(shards), size=options.batch)
        picture, views, pose, elevation, use = batch(
            shards, rows, numpy, generator, options.device, options.disturb, options.permute)
        clean = stack(views)
        t = SCHEDULE.draw(options.batch, generator)
        alpha, sigma = (x.to(clean.device) for x in SCHEDULE(t))
        noise = torch.randn(clean.shape, generator=generator).to(clean.device)
        tokens, channels, guess = module.condition(picture, use)
        found = module(alpha * clean + sigma * noise, t.to(clean.device), pose, tokens, channels).float()
        error = found - clean
        weight = (1 / (sigma * sigma)).clamp(max=5)
        return (error * error * weight).mean() + 0.01 * F.mse_loss(guess.float(), elevation / 30)

    return loss


@torch.no_grad()
def score(module, shards, count=64, device="cpu"):
    """PSNR in dB of the one-step clean views from noise levels 999, 700, 400, 150; mean elevation error in degrees."""
    picture, views, pose, elevation, use = batch(shards, list(range(min(count, len(shards)))), device=device)
    pose = torch.zeros_like(pose)
    clean, found = stack(views), {}
    generator = torch.Generator().manual_seed(5)
    with torch.autocast(device, torch.bfloat16):
        tokens, channels, guess = module.condition(picture, use)
        for level in (999, 700, 400, 150):
            t = torch.full((len(clean),), level)
            alpha, sigma = (x.to(device) for x in SCHEDULE(t))
            noise = torch.randn(clean.shape, generator=generator).to(device)
            got = module(alpha * clean + sigma * noise, t.to(device), pose, tokens, channels).float()
            error = ((got.clamp(-1, 1) - clean) / 2).square().mean((1, 2, 3))
            found[f"psnr_{level}"] = round((-10 * error.log10()).mean().item(), 2)
    found["elevation_error"] = round((guess.float() * 30 - elevation).abs().mean().item(), 1)
    return found


def export(module, folder):
    """Writes the diffusers-like folder in float16."""
    folder = pathlib.Path(folder)
    half = lambda m: {k: v.half().contiguous().cpu() for k, v in m.state_dict().items() if v.is_floating_point()}
    for name in ("unet", "image_encoder"):
        part = getattr(module, name)
        (folder / name).mkdir(parents=True, exist_ok=True)
        (part.save_config if name == "unet" else part.config.save_pretrained)(folder / name)
        file = "diffusion_pytorch_model.safetensors" if name == "unet" else "model.safetensors"
        save_file(half(part), folder / name / file, {"format": "pt"})
    save_file({"null_tokens": module.null_tokens.detach().half().cpu()}, folder / "null_tokens.safetensors")
    save_file(half(module.elevation), folder / "elevation.safetensors")
    (folder / "scheduler").mkdir(exist_ok=True)
    write = lambda path, value: (folder / path).write_text(json.dumps(value, indent=2) + "\n")
    write("scheduler/scheduler_config.json", {
        "_class_name": "DDIMScheduler", "beta_schedule": "squaredcos_cap_v2", "beta_start": 0.0001, "beta_end": 0.02,
        "num_train_timesteps": 1000, "prediction_type": "sample", "clip_sample": True, "clip_sample_range": 1.0,
        "set_alpha_to_one": True, "steps_offset": 0, "timestep_spacing": "trailing", "rescale_betas_zero_snr": False,
    })
    write("model_index.json", {
        "_class_name": "JointViewPrior", "image_encoder": ["transformers", "CLIPVisionModel"],
        "scheduler": ["diffusers", "DDIMScheduler"], "unet": ["diffusers", "UNet2DConditionModel"],
    })
    write("prior.json", {
        "kind": "joint-views", "views": VIEWS, "view_size": VIEW, "view_patch": 3, "grid": GRID, "channels": 4,
        "azimuths": [45 * k for k in range(VIEWS)], "azimuths_relative_to": "input", "elevations": list(ELEVATIONS),
        "camera": {"fov_y": 45, "radius": 2.7},
        "picture_size": PICTURE, "picture_patch": 4, "picture_object_side": 46,
        "pixels": "premultiplied RGBA, 2 * value - 1",
        "pose": ["elevation_degrees / 30 * known", "known"], "guidance": 1.5,
    })


def main():
    options = run.arguments("Train the joint multi-view prior", steps=8000, batch=32, lr=1e-3, ema=0.998)
    options.add_argument("--widths", default="128,192")
    options.add_argument("--disturb", type=float, default=0.5, help="share of pictures made less like renders")
    options.add_argument("--permute", type=float, default=0.5, help="share of samples with permuted colour channels")
    options.add_argument("--vision-layers", type=int, default=2)
    options = options.parse_args()
    torch.manual_seed(options.seed)
    module = Prior(tuple(map(int, options.widths.split(","))), vision_layers=options.vision_layers)
    shards, heldout = data.Shards(options.data, options.limit), data.Shards(options.heldout or options.data, 256)
    training = run.Run(options, module)
    training.train(loss_function(shards, module, options), lambda m: score(m, heldout, device=options.device), export, validate_every=8)


if __name__ == "__main__":
    main()
