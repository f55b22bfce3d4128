"""Random holes for inpainting: brush strokes, boxes and outlines like those of objects."""

import numpy as np
import torch
from PIL import Image, ImageDraw


def holes(rng, count, size, most=0.5):
    """Masks [count, 1, size, size] of 0 and 1, none empty, none over more than `most` of the picture."""
    made = []
    while len(made) < count:
        picture = Image.new("L", (size, size))
        draw = ImageDraw.Draw(picture)
        kind = rng.random()
        if kind < 0.4:
            for _ in range(rng.integers(1, 4)):
                stroke(draw, rng, size)
        elif kind < 0.55:
            for _ in range(rng.integers(1, 3)):
                w, h = rng.uniform(0.08, 0.5, 2) * size
                x, y = rng.uniform(-0.2, 1, 2) * size
                draw.rectangle((x, y, x + w, y + h), fill=1)
        else:
            for _ in range(1 if rng.random() < 0.7 else 2):
                outline(draw, rng, size)
        mask = np.asarray(picture, np.float32)
        if 0.003 < mask.mean() <= most:
            made.append(mask)
    return torch.from_numpy(np.stack(made))[:, None]


def stroke(draw, rng, size):
    """A bent line with round ends and joints."""
    width = size * rng.uniform(0.02, 0.2)
    x, y = rng.uniform(0, size, 2)
    turn = rng.uniform(0, 2 * np.pi)
    for _ in range(rng.integers(1, 8)):
        turn += rng.normal(0, 0.8)
        step = size * rng.uniform(0.05, 0.3)
        x2, y2 = x + step * np.cos(turn), y + step * np.sin(turn)
        draw.line((x, y, x2, y2), fill=1, width=max(1, int(width)))
        for a, b in ((x, y), (x2, y2)):
            draw.ellipse((a - width / 2, b - width / 2, a + width / 2, b + width / 2), fill=1)
        x, y = x2, y2


def outline(draw, rng, size):
    """A closed curve whose radius swings, stretched and turned."""
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    radius = np.ones(64)
    for lobes in range(2, 8):
        radius += rng.normal(0, 0.5) / lobes * np.sin(lobes * angles + rng.uniform(0, 2 * np.pi))
    radius = np.maximum(radius, 0.15) * size * rng.uniform(0.08, 0.35)
    stretch, turn = rng.uniform(0.4, 1), rng.uniform(0, np.pi)
    u, v = radius * np.cos(angles), stretch * radius * np.sin(angles)
    x = rng.uniform(0, size) + u * np.cos(turn) - v * np.sin(turn)
    y = rng.uniform(0, size) + u * np.sin(turn) + v * np.cos(turn)
    draw.polygon(list(zip(x, y)), fill=1)
