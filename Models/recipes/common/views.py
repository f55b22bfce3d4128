"""The layout of the joint multi-view prior's data: pictures, views, poses, and how views are stacked on a grid."""

import json
import pathlib
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from . import colour

COUNT, VIEW, PICTURE, GRID = 8, 48, 64, 16
VIEW_PATCH, PICTURE_PATCH = VIEW // GRID, PICTURE // GRID
CHANNELS = COUNT * 4 * VIEW_PATCH**2
ELEVATIONS = (5, 30) * 4
MIRRORED = [0, 7, 6, 5, 4, 3, 2, 1]


@dataclass
class Batch:
    """Premultiplied RGBA in [-1, 1]: picture [B, 4, 64, 64], views [B, 8, 4, 48, 48].

    Of the picture's camera: elevation [B] in units of 30 degrees; window [B, 3], where the middle of an uncropped
    view falls (x, y up, in half pictures from the centre) and the logarithm of how much larger things are than there;
    facing [B, 2], sine and cosine of its azimuth. kind [B] is the class.
    """

    picture: torch.Tensor
    views: torch.Tensor
    elevation: torch.Tensor
    window: torch.Tensor
    facing: torch.Tensor
    kind: torch.Tensor


def augmentation(arguments):
    """Adds the options that `batch` takes: --disturb and --permute."""
    arguments.add_argument("--disturb", type=float, default=0.35, help="share of pictures made less like renders")
    arguments.add_argument("--permute", type=float, default=0.35, help="share of samples with permuted colour channels")
    return arguments


def batch(shards, rows, rng=None, generator=None, device="cpu", disturb=0.0, permute=0.0):
    """The samples `rows`; with `rng`, mirrored, recoloured, and a share `disturb` of the pictures made less like renders."""
    picture = torch.from_numpy(shards.take("input", rows)).to(device).permute(0, 3, 1, 2).float() / 255
    views = torch.from_numpy(shards.take("views", rows)).to(device).permute(0, 1, 4, 2, 3).float() / 255
    kind = torch.from_numpy(shards.take("class", rows)).to(device).long()
    azimuth, elevation = torch.from_numpy(shards.take("pose", rows)).float().unbind(1)
    azimuth = azimuth.deg2rad()
    window = torch.from_numpy(shards.take("window", rows)).float()
    window = torch.cat([window[:, :2], window[:, 2:].log()], 1)
    if rng is not None:
        count = len(rows)
        mirror = torch.from_numpy(rng.random(count) < 0.5)
        azimuth = torch.where(mirror, -azimuth, azimuth)
        window[:, 0] = torch.where(mirror, -window[:, 0], window[:, 0])
        mirror = mirror.to(device)[:, None, None, None]
        picture = torch.where(mirror, picture.flip(3), picture)
        views = torch.where(mirror[..., None], views[:, MIRRORED].flip(4), views)
        matrix = colour.matrices(rng, count, permute=permute).to(device)
        picture, views = colour.apply(picture, matrix), colour.apply(views, matrix)
        chosen = torch.from_numpy(np.flatnonzero(rng.random(count) < disturb)).to(device)
        if len(chosen):
            picture[chosen], window[chosen] = colour.disturb(picture[chosen], window[chosen], rng, generator)
    facing = torch.stack([azimuth.sin(), azimuth.cos()], 1)
    return Batch(picture * 2 - 1, views * 2 - 1, (elevation / 30).to(device), window.to(device), facing.to(device),
                 kind)


def stack(views):
    """Views [B, 8, 4, 48, 48] to the grid [B, 288, 16, 16]: channel = view*36 + colour*9 + row*3 + column."""
    return F.pixel_unshuffle(views.flatten(0, 1), VIEW_PATCH).reshape(len(views), CHANNELS, GRID, GRID)


def unstack(grid):
    return F.pixel_shuffle(grid.reshape(-1, 4 * VIEW_PATCH**2, GRID, GRID), VIEW_PATCH).unflatten(0, (-1, COUNT))


def half(module):
    return {k: v.half().contiguous().cpu() for k, v in module.state_dict().items() if v.is_floating_point()}


def save(module, folder, name, file):
    """One part of a pipeline: its configuration and its float16 weights."""
    folder = pathlib.Path(folder) / name
    folder.mkdir(parents=True, exist_ok=True)
    (module.save_config if hasattr(module, "save_config") else module.config.save_pretrained)(folder)
    save_file(half(module), folder / file, {"format": "pt"})


def write_json(path, value):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")
