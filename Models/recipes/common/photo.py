"""Augmentation that makes rendered scenes look more like photographs: crops, flips, colour, tone, blur, noise."""

import numpy as np
from PIL import Image, ImageFilter


def reframe(picture, ids, rng, size, padding=255):
    """A random crop of random shape, resized so that its longer side is `size` and padded below or right.

    Returns the picture [size, size, 3] u8, identities [size, size] (`padding` where there is no picture) and (h, w).
    """
    height, width = ids.shape
    zoom, shape = rng.uniform(0.45, 1.0), np.exp(rng.uniform(-0.35, 0.35)) if rng.random() < 0.5 else 1.0
    h = int(np.clip(height * zoom * shape, 48, height))
    w = int(np.clip(width * zoom / shape, 48, width))
    y, x = rng.integers(height - h + 1), rng.integers(width - w + 1)
    picture, ids = picture[y : y + h, x : x + w], ids[y : y + h, x : x + w]
    if rng.random() < 0.5:
        picture, ids = picture[:, ::-1], ids[:, ::-1]
    scale = size / max(h, w)
    nh, nw = max(1, round(h * scale)), max(1, round(w * scale))
    picture = np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize((nw, nh), Image.BILINEAR))
    ids = np.asarray(Image.fromarray(np.ascontiguousarray(ids)).resize((nw, nh), Image.NEAREST))
    out, out_ids = np.zeros((size, size, 3), np.uint8), np.full((size, size), padding, np.uint8)
    out[:nh, :nw], out_ids[:nh, :nw] = picture, ids
    return out, out_ids, (nh, nw)


def develop(picture, rng, gentle=False):
    """u8 [h, w, 3] to float [3, h, w] in [0, 1] with changed colours, tone, light, sharpness and grain.

    `gentle` leaves hues alone and changes tone less, for pictures whose captions name colours.
    """
    h, w = picture.shape[:2]
    image = Image.fromarray(picture)
    if rng.random() < 0.35:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.6))))
    x = np.asarray(image, np.float32) / 255
    grey = x.mean(2, keepdims=True)
    if gentle:
        x = grey + (x - grey) * np.float32(rng.uniform(0.8, 1.15))
        x = (x - 0.5) * np.float32(rng.uniform(0.85, 1.15)) + 0.5 + np.float32(rng.uniform(-0.06, 0.06))
    else:
        x = grey + (x - grey) * np.float32(0.0 if rng.random() < 0.08 else rng.uniform(0.3, 1.5))
        x = x @ (np.eye(3, dtype=np.float32) + rng.normal(0, 0.08, (3, 3)).astype(np.float32))
        if rng.random() < 0.15:
            x = x[:, :, rng.permutation(3)]
        x = (x - 0.5) * np.float32(rng.uniform(0.5, 1.3)) + 0.5 + np.float32(rng.uniform(-0.15, 0.15))
    x = np.clip(x, 0.0, 1.0) ** np.float32(np.exp(rng.uniform(-0.4, 0.4) * (0.4 if gentle else 1)))
    ramp = np.linspace(-1, 1, w, dtype=np.float32)[None, :, None] * np.float32(rng.uniform(-0.2, 0.2))
    ramp = ramp + np.linspace(-1, 1, h, dtype=np.float32)[:, None, None] * np.float32(rng.uniform(-0.2, 0.2))
    x = x * (1 + ramp)
    if rng.random() < 0.6:
        coarse = int(rng.integers(1, 4))
        noise = rng.normal(0, rng.uniform(0.01, 0.08), (h // coarse + 1, w // coarse + 1, 3)).astype(np.float32)
        x = x + noise.repeat(coarse, 0).repeat(coarse, 1)[:h, :w]
    return np.ascontiguousarray(np.clip(x, 0, 1).astype(np.float32).transpose(2, 0, 1))
