"""Trains the picture encoder of the joint multi-view prior: one picture in, tokens and a first guess of eight views out.

A CLIPVisionModel reads the framed RGBA picture as 8x8 tokens; a linear head turns each token into its 6x6 patch of
all eight views. Nothing is noised here, so the encoder learns to turn objects at several times the speed of the
denoiser, which is then trained on the frozen encoder (prior.py). What is left open by one picture is averaged: the
guess is blurred where the object is unknown, and making it sharp is the denoiser's part.

    python encoder.py --data data/views --heldout data/views-heldout --work work/encoder --export made/prior
"""

import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import CLIPVisionConfig, CLIPVisionModel

from common import data, run, views

GRID, NO_CLASS = 8, 127
HEADS = ("first_guess", "elevation", "window")
PATCH = views.VIEW // GRID


class Encoder(torch.nn.Module):
    def __init__(self, hidden=192, layers=6):
        super().__init__()
        self.vision = CLIPVisionModel(CLIPVisionConfig(
            hidden_size=hidden, intermediate_size=3 * hidden, num_hidden_layers=layers,
            num_attention_heads=hidden // 32, image_size=views.PICTURE, patch_size=views.PICTURE // GRID, num_channels=4,
        ))
        self.vision.set_attn_implementation("eager")
        self.first_guess = torch.nn.Linear(hidden, views.COUNT * 4 * PATCH * PATCH)
        self.elevation = torch.nn.Linear(hidden, 1)
        self.window = torch.nn.Linear(hidden, 3)
        torch.nn.init.zeros_(self.first_guess.weight)
        torch.nn.init.constant_(self.first_guess.bias, -1)

    def forward(self, picture):
        """Picture [B, 4, 64, 64] in [-1, 1] to tokens [B, 65, hidden], views [B, 8, 4, 48, 48] in [-1, 1], and of the
        picture's camera the elevation [B] in units of 30 degrees and the window [B, 3] (see `views.Batch`)."""
        tokens = self.vision(pixel_values=picture).last_hidden_state
        patches = self.first_guess(tokens[:, 1:]).transpose(1, 2).unflatten(2, (GRID, GRID))
        guess = F.pixel_shuffle(patches.reshape(-1, 4 * PATCH * PATCH, GRID, GRID), PATCH)
        guess, summary = guess.unflatten(0, (-1, views.COUNT)), tokens[:, 0]
        return tokens, guess, self.elevation(summary)[:, 0], self.window(summary)


class Training(torch.nn.Module):
    """The encoder with two heads that are dropped afterwards: what the object is, and which way it faces."""

    def __init__(self, hidden=192, layers=6, classes=128):
        super().__init__()
        self.encoder = Encoder(hidden, layers)
        self.kind = torch.nn.Linear(hidden, classes)
        self.facing = torch.nn.Linear(hidden, 2)

    def forward(self, picture):
        tokens, guess, elevation, window = self.encoder(picture)
        return guess, elevation, window, self.kind(tokens[:, 0]), self.facing(tokens[:, 0])


def loss_function(shards, module, options):
    def loss(rng, generator):
        rows = shards.draw(rng, options.batch)
        b = views.batch(shards, rows, rng, generator, options.device, options.disturb, options.permute)
        guess, elevation, window, kind, facing = module(b.picture)
        # Real objects are of no class of the toy world.
        named = (b.kind != NO_CLASS).float()
        kinds = (F.cross_entropy(kind.float(), b.kind, reduction="none") * named).sum() / named.sum().clamp(min=1)
        heads = kinds + F.mse_loss(facing.float(), b.facing)
        camera = 0.05 * F.mse_loss(elevation.float(), b.elevation) + 0.5 * F.mse_loss(window.float(), b.window)
        return F.mse_loss(guess.float(), b.views) + 0.02 * heads + camera

    return loss


@torch.no_grad()
def score(module, shards, count=256, device="cpu"):
    """Mean PSNR in dB of the guess, of its front and side views alone; overlap of the silhouettes at alpha 0.5; error of the elevation in degrees and of the
    window in shares of half a picture (x, y) and of itself (magnification); share of classes named."""
    b = views.batch(shards, np.linspace(0, len(shards) - 1, min(count, len(shards))).astype(int), device=device)
    found = [module(picture) for picture in b.picture.split(64)]
    guess, elevation, window, kind, _ = (torch.cat(part) for part in zip(*found))
    error = ((guess.float().clamp(-1, 1) - b.views) / 2).square().mean((2, 3, 4))
    psnr = lambda e: round((-10 * e.log10()).mean().item(), 2)
    seen, true = guess[:, :, 3] > 0, b.views[:, :, 3] > 0
    overlap = (seen & true).sum((2, 3)) / (seen | true).sum((2, 3)).clamp(min=1)
    return {
        "psnr": psnr(error.mean(1)), "iou": round(overlap.mean().item(), 3), "psnr_front": psnr(error[:, 0]), "psnr_side": psnr(error[:, 2]),
        "elevation_error": round((elevation.float() * 30 - b.elevation * 30).abs().mean().item(), 1),
        "window_error": [round(e, 3) for e in (window.float() - b.window).abs().mean(0).tolist()],
        "class": round((kind.argmax(1) == b.kind).float().mean().item(), 3),
    }


def export(module, folder):
    views.save(module.encoder.vision, folder, "image_encoder", "model.safetensors")
    for name in HEADS:
        save_file(views.half(getattr(module.encoder, name)), f"{folder}/{name}.safetensors")


def start_from(encoder, folder):
    """Takes the weights of an exported encoder; layers that it lacks start as the identity."""
    folder = pathlib.Path(folder)
    kept = load_file(folder / "image_encoder" / "model.safetensors")
    missing, unexpected = encoder.vision.load_state_dict(kept, strict=False)
    added = {name for name in missing if "encoder.layers." in name}
    if unexpected or len(added) < len(missing):
        raise SystemExit(f"--initial: {folder} holds another architecture: {(unexpected + missing)[0]}")
    own = dict(encoder.vision.named_parameters())
    for name in added:
        # The last matrices of both residual branches.
        if ".out_proj." in name or ".fc2." in name:
            torch.nn.init.zeros_(own[name])
    for name in HEADS:
        getattr(encoder, name).load_state_dict(load_file(folder / f"{name}.safetensors"))


def main():
    options = run.arguments("Train the picture encoder", steps=6000, batch=64, lr=1e-3, ema=0.998, several=True)
    options.add_argument("--initial", help="folder of an exported prior whose encoder to start from")
    options.add_argument("--layers", type=int, default=6)
    options = views.augmentation(options).parse_args()
    torch.manual_seed(options.seed)
    module = Training(layers=options.layers)
    if options.initial:
        start_from(module.encoder, options.initial)
    shards = data.Mixture(options.data, options.limit)
    heldout = {pathlib.Path(f).name: data.Shards(f, 1000) for f in options.heldout or []}
    training = run.Run(options, module)
    scores = lambda m: {name: score(m, part, device=options.device) for name, part in heldout.items()}
    training.train(loss_function(shards, module, options), scores, export, validate_every=6)


if __name__ == "__main__":
    main()
