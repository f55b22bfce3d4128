"""Trains the starter inpainter: LaMa (Suvorov et al. 2022) with a width of 16 and two levels, on generated pictures.

    python inpainter.py --data data/pictures --heldout data/pictures-heldout --work checkpoints/inpainter \\
        --export inpainter

First without a discriminator, for what can be known (colours, edges, patterns); then, with --adversarial above zero,
for what can only be made up (grain, foliage). Both parts of a run share one checkpoint.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from common import data, run
from common.adversary import Discriminator, matching, reversed_gradient
from common.holes import holes
from common.lama import FFCResNetGenerator, masked

CONFIG = {
    "model_type": "lama", "input_nc": 4, "output_nc": 3, "ngf": 16, "n_downsampling": 2, "n_blocks": 9,
    "max_features": 1024, "global_ratio": 0.75, "training_size": 64,
}


class Both(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = FFCResNetGenerator(CONFIG)
        self.discriminator = Discriminator()

    def forward(self, picture, mask):
        # Channels last is a sixth faster on a CPU.
        return self.generator(masked(picture, mask).contiguous(memory_format=torch.channels_last))


def pictures(shards, rows, rng, size):
    """[B, 3, size, size] in [0, 1]: crops at any scale, mirrored, half of them in permuted colours."""
    made = []
    for image in shards.take("image", rows):
        x = torch.from_numpy(image).permute(2, 0, 1)
        whole = x.shape[-1]
        side = int(size * (whole / size) ** rng.random())
        top, left = rng.integers(whole - side + 1, size=2)
        x = x[:, top : top + side, left : left + side].float() / 255
        if side != size:
            x = F.interpolate(x[None], (size, size), mode="bilinear", antialias=True)[0]
        if rng.random() < 0.5:
            x = x.flip(2)
        if rng.random() < 0.5:
            x = x[torch.from_numpy(rng.permutation(3))]
        made.append(x)
    return torch.stack(made)


def detail(a, b, mask):
    """L1 distance of the differences between neighbours, where the mask is."""
    d = (a - b) * mask
    return ((d[..., 1:, :] - d[..., :-1, :]).abs().sum() + (d[..., :, 1:] - d[..., :, :-1]).abs().sum()) / (
        3 * mask.sum())


def loss_function(shards, module, options):
    def loss(rng, generator):
        x = pictures(shards, rng.integers(len(shards), size=options.batch), rng, options.size).to(options.device)
        mask = holes(rng, options.batch, options.size).to(options.device)
        found = module(x, mask).float()
        error = (found - x).abs()
        total = (error * mask).sum() / (3 * mask.sum()) + 0.1 * (error * (1 - mask)).mean()
        total = total + 0.3 * detail(found, x, mask)
        if options.adversarial > 0:
            filled = found * mask + x * (1 - mask)
            scores, features = module.discriminator(
                torch.cat([reversed_gradient(filled, options.adversarial), x]))
            made, real = scores.float().chunk(2)
            patches = F.adaptive_max_pool2d(mask, made.shape[-2:])
            total = total + (F.relu(1 + made) * patches).sum() / patches.sum() + F.relu(1 - real).mean()
            total = total + options.matching * matching(module.discriminator, filled, features) / mask.mean()
        return total

    return loss


@torch.no_grad()
def calibrated(module, shards, options, batches=24):
    """The averaged module with batch statistics of its own; those of the module under training fit it badly (2 dB)."""
    norms = [m for m in module.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    module.train()
    rng = np.random.default_rng(0)
    with torch.autocast(options.device, torch.bfloat16):
        for _ in range(batches):
            x = pictures(shards, rng.integers(len(shards), size=16), rng, options.size).to(options.device)
            module(x, holes(rng, 16, options.size).to(options.device))
    return module.eval()


@torch.no_grad()
def score(module, shards, device="cpu", count=48):
    """PSNR inside the holes of held-out pictures, and the part of the true roughness that is there."""
    rng, errors, rough = np.random.default_rng(0), [], []
    for row in range(min(count, len(shards))):
        x = torch.from_numpy(shards.take("image", [row])).permute(0, 3, 1, 2).float().to(device) / 255
        mask = holes(rng, 1, x.shape[-1]).to(device)
        found = module(x, mask).float()
        errors.append(((found - x).square() * mask).sum() / (3 * mask.sum()))
        rough.append(torch.stack([detail(y, torch.zeros_like(y), mask) for y in (found, x)]))
    rough = torch.stack(rough).mean(0)
    return {"psnr": round((-10 * torch.stack(errors).log10()).mean().item(), 3),
            "roughness": round((rough[0] / rough[1]).item(), 3)}


def export(module, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    state = module.generator.state_dict()
    save_file({k: v.half().contiguous().cpu() for k, v in state.items() if v.is_floating_point()},
              folder / "model.safetensors", {"format": "pt"})


def main():
    options = run.arguments("Train the starter inpainter", steps=20000, batch=8, lr=1e-3, ema=0.998)
    options.add_argument("--size", type=int, default=128, help="side of the training crops in pixels")
    options.add_argument("--adversarial", type=float, default=0.0, help="weight of the discriminator's gradient")
    options.add_argument("--matching", type=float, default=0.1, help="weight of the discriminator's features")
    options = options.parse_args()
    torch.manual_seed(options.seed)
    shards = data.Shards(options.data, options.limit)
    module = Both().to(memory_format=torch.channels_last)
    training = run.Run(options, module)
    heldout = data.Shards(options.heldout, 400) if options.heldout else None
    training.train(
        loss_function(shards, module, options),
        heldout and (lambda m: score(calibrated(m, shards, options), heldout, options.device)),
        lambda m, folder: export(calibrated(m, shards, options), folder))


if __name__ == "__main__":
    main()
