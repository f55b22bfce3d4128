"""Trains the autoencoder of the text diffusion: diffusers' AutoencoderKL, 64 px pictures to 16x16 latents.

    python autoencoder.py --data data/captions --more data/pictures --heldout data/captions-heldout --work checkpoints/autoencoder \\
        --export diffusion
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from safetensors.torch import save_file

from common import data, run
from common.adversary import Discriminator, matching, reversed_gradient

SIZE, BLOCK = 64, 4


def make(widths=(16, 32, 64)):
    return AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=widths, layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * len(widths), up_block_types=("UpDecoderBlock2D",) * len(widths),
        norm_num_groups=8, sample_size=SIZE, mid_block_add_attention=False,
    )


def pictures(shards, rows, rng=None):
    """[B, 3, 64, 64] in [-1, 1], larger pictures made smaller by whole numbers.

    With `rng` half of the larger ones are cropped instead, and all are mirrored and have their colours permuted half of the
    time.
    """
    images = torch.from_numpy(shards.take("image", rows)).permute(0, 3, 1, 2)
    room, made = images.shape[-1] - SIZE, []
    for x in images:
        x = x.float() / 127.5 - 1
        if rng is not None and room and rng.random() < 0.5:
            top, left = rng.integers(room + 1, size=2)
            x = x[:, top : top + SIZE, left : left + SIZE]
        x = F.avg_pool2d(x, x.shape[-1] // SIZE)
        if rng is not None:
            x = x.flip(2) if rng.random() < 0.5 else x
            x = x[torch.from_numpy(rng.permutation(3))] if rng.random() < 0.5 else x
        made.append(x)
    return torch.stack(made)


class Both(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.autoencoder = make()
        self.discriminator = Discriminator()


def detail(a, b):
    """L1 distance of the horizontal and vertical differences: keeps edges that a plain L1 blurs."""
    d = a - b
    return (d[..., 1:, :] - d[..., :-1, :]).abs().mean() + (d[..., :, 1:] - d[..., :, :-1]).abs().mean()


def tone(a, b):
    """Squared distance of the mean colours of blocks, one to a latent pixel; hue counts four times brightness.

    Without it, and with details asked for from the start, an autoencoder of 128 px and blocks of eight gave its four
    channels to brightness: greens came out grey, and 3,500 steps did not bring them back.
    """
    difference = F.avg_pool2d(a - b, BLOCK)
    grey = difference.mean(1, keepdim=True)
    return grey.square().mean() + 4 * (difference - grey).square().mean()


def loss_function(sources, module, options):
    def loss(rng, generator):
        shards = sources[0] if len(sources) == 1 or rng.random() < 0.7 else sources[1]
        x = pictures(shards, rng.integers(len(shards), size=options.batch), rng).to(options.device)
        latents = module.autoencoder.encode(x).latent_dist
        noise = torch.randn(latents.mean.shape, generator=generator).to(x.device)
        found = module.autoencoder.decode(latents.mean + latents.std * noise).sample.float()
        divergence = latents.kl().mean() / x[0].numel()
        total = (found - x).abs().mean() + options.detail * detail(found, x) + 8 * tone(found, x) + 3e-3 * divergence
        if options.adversarial > 0:
            half = lambda y: y / 2 + 0.5
            scores, features = module.discriminator(
                torch.cat([reversed_gradient(half(found), options.adversarial), half(x)]))
            made, real = scores.float().chunk(2)
            total = total + F.relu(1 + made).mean() + F.relu(1 - real).mean()
            total = total + options.matching * matching(module.discriminator, half(found), features)
        return total

    return loss


@torch.no_grad()
def score(module, shards, count=64, device="cpu"):
    """PSNR of held-out pictures through the autoencoder, root of `tone` in levels of 8 bits, spread of the latents."""
    x = pictures(shards, list(range(min(count, len(shards))))).to(device)
    with torch.autocast(device, torch.bfloat16):
        latents = module.encode(x).latent_dist.mean
        found = module.decode(latents).sample.float().clamp(-1, 1)
    error = ((found - x) / 2).square().mean((1, 2, 3))
    return {"psnr": round((-10 * error.log10()).mean().item(), 2), "tone": round(127.5 * tone(found, x).item() ** 0.5, 2),
            "latent_std": round(latents.float().std().item(), 4)}


@torch.no_grad()
def export_with_scale(module, shards, folder):
    """Writes `vae/` with the scaling factor that gives latents of unit variance."""
    spread = score(module, shards, 128)["latent_std"]
    module.register_to_config(scaling_factor=round(1 / spread, 4))
    folder = pathlib.Path(folder) / "vae"
    folder.mkdir(parents=True, exist_ok=True)
    module.save_config(folder)
    state = {k: v.half().contiguous().cpu() for k, v in module.state_dict().items()}
    save_file(state, folder / "diffusion_pytorch_model.safetensors", {"format": "pt"})
    return json.loads((folder / "config.json").read_text())


def main():
    options = run.arguments("Train the autoencoder", steps=1500, batch=8, lr=1e-3, ema=0.995)
    options.add_argument("--more", help="folder of further shards, for three pictures in ten")
    options.add_argument("--detail", type=float, default=0.5, help="weight of edges; 0 for the first 500 steps")
    options.add_argument("--adversarial", type=float, default=0.0, help="weight of the discriminator's gradient")
    options.add_argument("--matching", type=float, default=0.1, help="weight of the discriminator's features")
    options = options.parse_args()
    torch.manual_seed(options.seed)
    module = Both()
    shards, heldout = data.Shards(options.data, options.limit), data.Shards(options.heldout or options.data, 256)
    sources = [shards] + ([data.Shards(options.more)] if options.more else [])
    training = run.Run(options, module)
    training.train(
        loss_function(sources, module, options),
        lambda m: score(m.autoencoder, heldout, device=options.device),
        lambda m, folder: export_with_scale(m.autoencoder, shards, folder),
    )


if __name__ == "__main__":
    main()
