"""Augmentation of premultiplied RGBA pictures in [0, 1]: colours, and disturbances of the input picture alone."""

import numpy as np
import torch
import torch.nn.functional as F

GREY = np.full((3, 3), 1 / 3)


def matrices(rng, count, permute=0.0, bright=(0.8, 1.2), saturation=(0.6, 1.3)):
    """Random 3x3 colour matrices: channel permutation, hue turn about the grey axis, saturation, brightness."""
    out = np.zeros((count, 3, 3), np.float32)
    for k in range(count):
        turn = rng.normal(0, 0.1)
        cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
        m = GREY + np.cos(turn) * (np.eye(3) - GREY) + np.sin(turn) * cross
        m = (GREY + rng.uniform(*saturation) * (np.eye(3) - GREY)) @ m
        m = rng.uniform(*bright) * m
        order = rng.permutation(3) if rng.random() < permute else [0, 1, 2]
        out[k] = m[order]
    return torch.from_numpy(out)


def apply(pictures, matrix):
    """Pictures [B, ..., 4, H, W]; colours stay within [0, alpha] as premultiplied colours must."""
    shape = pictures.shape
    flat = pictures.reshape(shape[0], -1, 4, shape[-2] * shape[-1])
    rgb, alpha = flat[:, :, :3], flat[:, :, 3:]
    rgb = torch.matmul(matrix[:, None].to(flat.dtype), rgb)
    return torch.cat([torch.minimum(rgb.clamp(min=0), alpha), alpha], 2).reshape(shape)


def disturb(picture, window, rng, generator):
    """What a photograph has and a render does not: blur, noise, another framing, uneven light, a wrong outline.

    Takes and gives premultiplied RGBA [B, 4, H, W] and, following the framing, its windows [B, 3] (`views.Batch`).
    The views that belong to the picture stay as they are.
    """
    count, size = len(picture), picture.shape[-1]
    choose = lambda p: torch.from_numpy(rng.random(count) < p).view(-1, 1, 1, 1)
    uniform = lambda low, high: torch.from_numpy(rng.uniform(low, high, count).astype(np.float32))
    # Framing: scale, shift and a slight roll.
    scale, roll = uniform(0.93, 1.07), uniform(-0.07, 0.07)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = scale * roll.cos()
    theta[:, 0, 1], theta[:, 1, 0] = -scale * roll.sin(), scale * roll.sin()
    theta[:, 0, 2], theta[:, 1, 2] = uniform(-0.06, 0.06), uniform(-0.06, 0.06)
    grid = F.affine_grid(theta, picture.shape, align_corners=False).to(picture.device)
    moved = F.grid_sample(picture, grid, align_corners=False)
    framed = choose(0.6)
    picture = torch.where(framed.to(picture.device), moved, picture)
    # The grid says where each pixel comes from, y down; the window's middle goes the other way.
    downwards = torch.tensor([1.0, -1.0])
    middle = torch.linalg.solve(theta[:, :, :2], window[:, :2] * downwards - theta[:, :, 2]) * downwards
    reframed = torch.cat([middle, window[:, 2:] - scale[:, None].log()], 1)
    window = torch.where(framed.view(-1, 1), reframed, window)
    # Outline: eroded by up to a pixel, or with a rim of background left on it.
    soft = F.avg_pool2d(picture[:, 3:], 3, 1, 1)
    eroded = picture * ((soft - 0.55) * 4).clamp(0, 1)
    wide = F.max_pool2d(picture[:, 3:], 3, 1, 1)
    rim = (wide - picture[:, 3:]) * torch.cat([torch.from_numpy(rng.random((count, 3, 1, 1)).astype(np.float32)),
                                               torch.ones(count, 1, 1, 1)], 1).to(picture.device)
    kind = torch.from_numpy(rng.random(count)).view(-1, 1, 1, 1).to(picture.device)
    picture = torch.where(kind < 0.15, eroded, torch.where(kind > 0.85, picture + rim, picture))
    # Light that varies over the picture, contrast, blur, noise; all within the outline.
    ramp = torch.linspace(-1, 1, size)
    light = 1 + uniform(-0.2, 0.2).view(-1, 1, 1, 1) * ramp + uniform(-0.2, 0.2).view(-1, 1, 1, 1) * ramp[:, None]
    alpha = picture[:, 3:]
    rgb = picture[:, :3] * light.to(picture.device)
    rgb = rgb + uniform(-0.2, 0.2).view(-1, 1, 1, 1).to(picture.device) * (rgb - 0.5 * alpha)
    picture = torch.cat([torch.minimum(rgb.clamp(min=0), alpha), alpha], 1)
    blurred = F.avg_pool2d(F.pad(picture, (1, 1, 1, 1)), 3, 1)
    picture = torch.where(choose(0.2).to(picture.device), blurred, picture)
    strength = uniform(0, 0.06).view(-1, 1, 1, 1) * choose(0.5)
    noise = torch.randn(count, 3, size, size, generator=generator) * strength
    rgb = torch.minimum((picture[:, :3] + noise.to(picture.device) * picture[:, 3:]).clamp(min=0), picture[:, 3:])
    return torch.cat([rgb, picture[:, 3:]], 1), window
