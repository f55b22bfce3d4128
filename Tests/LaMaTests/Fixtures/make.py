#!/usr/bin/env python3
"""Makes two tiny LaMa generators with random weights, and what PyTorch makes of some pictures with them.

    python make.py        needs torch, numpy, opencv, safetensors

Writes small/{config.json,model.safetensors}, capped.safetensors (under the names of a training checkpoint, with things
beside the generator), expected.safetensors, operations.safetensors and manifest.json. Pictures are channels-last.
"""
import hashlib
import json
import math
import pathlib
import sys

import cv2
import numpy as np
import safetensors
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "Models" / "recipes"))
from common import lama  # noqa: E402

SEED = 6204
SMALL = {"model_type": "lama", "ngf": 4, "n_downsampling": 2, "n_blocks": 2, "global_ratio": 0.75}
# Three halvings with the doubling of channels cut short.
CAPPED = {"ngf": 3, "n_downsampling": 3, "n_blocks": 1, "max_features": 10, "global_ratio": 0.4}


def randomise(model, generator):
    """Every tensor random, running statistics too, at scales that keep activations of order one."""
    draw = lambda value: torch.randn(value.shape, generator=generator)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("running_var"):
                value.copy_(0.5 + torch.rand(value.shape, generator=generator))
            elif name.endswith("num_batches_tracked"):
                value.fill_(7)
            elif value.dim() == 4:
                value.copy_(1.2 * draw(value) / value[0].numel() ** 0.5)
            elif name.endswith("weight"):
                value.copy_(1 + 0.3 * draw(value))
            else:
                value.copy_(0.2 * draw(value))
    return model.eval()


def picture(height, width, generator):
    """Smooth random colours [1, 3, height, width]."""
    small = torch.rand(1, 3, max(1, height // 4), max(1, width // 4), generator=generator)
    large = F.interpolate(small, (height, width), mode="bicubic", align_corners=False).clamp(0, 1)
    # Whole steps, which half precision stores exactly.
    return (large * 255).round() / 256


def hole(height, width, top=1 / 3, left=1 / 4):
    mask = torch.zeros(1, 1, height, width)
    y, x = int(height * top), int(width * left)
    mask[:, :, y : y + max(1, height // 2), x : x + max(1, width // 2)] = 1
    return mask


def last(x):
    return x.detach().permute(0, 2, 3, 1).contiguous()


def predict(model, image, mask):
    """One pass; the frame grows to whole features as the reference's predict.py makes it grow."""
    height, width = image.shape[2:]
    step = 2 ** model.config["n_downsampling"]
    grow = lambda x: torch.from_numpy(
        np.pad(x.numpy(), ((0, 0), (0, 0), (0, -height % step), (0, -width % step)), mode="symmetric"))
    with torch.no_grad():
        return model(lama.masked(grow(image), grow(mask)))[..., :height, :width]


# The multi-scale refinement, after advimman/lama saicinpainting/evaluation/refinement.py.


def blur(x):
    bell = torch.exp(-torch.arange(-2.0, 3.0) ** 2 / 2)
    line = (bell / bell.sum()).view(1, 1, 1, 5).repeat(x.shape[1], 1, 1, 1)
    x = F.conv2d(F.pad(x, (2, 2, 2, 2), mode="reflect"), line, groups=x.shape[1])
    return F.conv2d(x, line.transpose(2, 3), groups=x.shape[1])


def halve(x, blurred=True):
    size = (x.shape[2] // 2, x.shape[3] // 2)
    return F.interpolate(blur(x) if blurred else x, size=size, mode="bilinear", align_corners=False)


def erode(mask):
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    return torch.from_numpy(cv2.erode(mask[0, 0].numpy(), shape, borderType=cv2.BORDER_CONSTANT, borderValue=1e4))[None, None]


def mean_difference(a, b, where):
    return (a - b)[where.expand_as(a) > 0.5].abs().mean()


def refine(model, image, mask, iterations, rate, min_side, max_scales, px_budget):
    height, width = image.shape[2:]
    if height * width > px_budget:
        ratio = math.sqrt(px_budget / (height * width))
        size = (int(height * ratio), int(width * ratio))
        image = F.interpolate(image, size=size, mode="bilinear", align_corners=False)
        mask = (F.interpolate(mask, size=size, mode="bilinear", align_corners=False) > 1e-8).float()
    count = min(1 + int(round(max(0, math.log2(min(image.shape[2:]) / min_side)))), max_scales)
    levels = [(image, mask)]
    for _ in range(count - 1):
        image, mask = levels[0]
        levels.insert(0, (halve(image), (halve(mask) >= 1e-8).float()))
    step = 2 ** model.config["n_downsampling"]
    join = next(k for k, layer in enumerate(model.model) if isinstance(layer, lama.ResidualBlock))
    front, rear = model.model[:join], model.model[join:]
    result, losses = None, []
    for image, mask in levels:
        height, width = image.shape[2:]
        grow = lambda x: F.pad(x, (0, -width % step, 0, -height % step), mode="reflect")
        whole, whole_mask = grow(image), grow(mask)
        with torch.no_grad():
            features = front(lama.masked(whole, whole_mask))
        features = [part.clone().requires_grad_() for part in features]
        adam = torch.optim.Adam(features, lr=rate)
        for k in range(iterations):
            found = rear(tuple(features))
            if result is None:
                break
            inside = erode((halve(mask, blurred=False) >= 1 - 1e-6).float())
            loss = mean_difference(found, whole, 1 - whole_mask)
            loss = loss + mean_difference(halve(found[..., :height, :width]), result, inside)
            losses.append(loss.item())
            if k < iterations - 1:
                adam.zero_grad()
                loss.backward()
                adam.step()
        result = (whole_mask * found + (1 - whole_mask) * whole)[..., :height, :width].detach()
    return result, losses


def operations(generator):
    """Transforms and convolutions with their gradients, in Lathe's layouts."""
    out = {}
    normal = lambda *shape: torch.randn(*shape, generator=generator).requires_grad_()
    parts = lambda z: torch.cat([z.real, z.imag], 1)
    for name, (b, c, h, w) in {"even": (2, 3, 4, 6), "odd": (1, 5, 7, 9), "line": (1, 2, 1, 22), "point": (1, 2, 1, 1),
                               "wide": (1, 35, 2, 5)}.items():
        x = normal(b, c, h, w)
        y = parts(torch.fft.rfftn(x, dim=(-2, -1), norm="ortho"))
        g = torch.randn(y.shape, generator=generator)
        y.backward(g)
        out |= {f"fft.{name}.x": last(x), f"fft.{name}.y": last(y), f"fft.{name}.g": last(g), f"fft.{name}.dx": last(x.grad)}
        # Any spectrum, also one that no real picture has.
        z = normal(b, 2 * c, h, w // 2 + 1)
        y = torch.fft.irfftn(torch.complex(z[:, :c], z[:, c:]), s=(h, w), dim=(-2, -1), norm="ortho")
        g = torch.randn(y.shape, generator=generator)
        y.backward(g)
        out |= {f"ifft.{name}.x": last(z), f"ifft.{name}.y": last(y), f"ifft.{name}.g": last(g), f"ifft.{name}.dx": last(z.grad)}
    packed = lambda w: w.detach().permute(2, 3, 1, 0).contiguous()
    for name, (h, w, ci, co, k, stride, pad) in {"three": (5, 6, 3, 4, 3, 1, 1), "strided": (7, 6, 3, 4, 3, 2, 1),
                                                 "seven": (6, 9, 16, 2, 7, 1, 3)}.items():
        x, wt, bias = normal(2, ci, h, w), normal(co, ci, k, k), normal(co)
        y = F.conv2d(F.pad(x, (pad,) * 4, mode="reflect"), wt, bias, stride=stride)
        g = torch.randn(y.shape, generator=generator)
        y.backward(g)
        out |= {f"reflect.{name}.{key}": value for key, value in {
            "x": last(x), "w": packed(wt), "b": bias.detach(), "y": last(y), "g": last(g), "dx": last(x.grad),
            "dw": packed(wt.grad), "db": bias.grad}.items()}
    turned = lambda w: w.detach().permute(2, 3, 0, 1).contiguous()
    for name, (h, w, ci, co, k, stride, pad, extra) in {"lama": (4, 5, 3, 4, 3, 2, 1, 1), "plain": (3, 4, 2, 3, 4, 2, 1, 0),
                                                        "dense": (4, 3, 3, 2, 3, 1, 0, 0), "far": (2, 3, 2, 2, 2, 3, 0, 2)}.items():
        x, wt, bias = normal(2, ci, h, w), normal(ci, co, k, k), normal(co)
        y = F.conv_transpose2d(x, wt, bias, stride=stride, padding=pad, output_padding=extra)
        g = torch.randn(y.shape, generator=generator)
        y.backward(g)
        out |= {f"turned.{name}.{key}": value for key, value in {
            "x": last(x), "w": turned(wt), "b": bias.detach(), "y": last(y), "g": last(g), "dx": last(x.grad),
            "dw": turned(wt.grad), "db": bias.grad}.items()}
    return {name: value.contiguous() for name, value in out.items()}


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(SEED)
    small = randomise(lama.FFCResNetGenerator(SMALL), generator)
    capped = randomise(lama.FFCResNetGenerator(CAPPED), generator)
    (HERE / "small").mkdir(exist_ok=True)
    (HERE / "small/config.json").write_text(json.dumps(small.config, indent=1, sort_keys=True) + "\n")
    save_file(small.state_dict(), HERE / "small/model.safetensors")
    beside = {"discriminator.model0.0.weight": torch.zeros(1), "loss_resnet_pl.impl.conv1.weight": torch.zeros(1)}
    save_file({f"generator.{k}": v for k, v in capped.state_dict().items()} | beside, HERE / "capped.safetensors")

    expected = {}
    for name, model, size in [("odd", small, (13, 18)), ("whole", small, (16, 12)), ("capped", capped, (17, 26))]:
        image, mask = picture(*size, generator), hole(*size)
        expected |= {f"{name}.image": last(image).half(), f"{name}.mask": last(mask).half(),
                     f"{name}.output": last(predict(model, image, mask))}
    for name, size, budget in [("refine", (84, 70), 10**9), ("budget", (61, 70), 3000)]:
        # The hole reaches the border, so that something of it is left after erosion at small scales.
        image, mask = picture(*size, generator), hole(*size, 0, 0)
        result, losses = refine(small, image, mask, 4, 0.02, 20, 3, budget)
        expected |= {f"{name}.image": last(image).half(), f"{name}.mask": last(mask).half(),
                     f"{name}.output": last(result)[:, ::3, ::2], f"{name}.losses": torch.tensor(losses)}
    expected["ellipse"] = torch.from_numpy(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15)).astype(np.float32))
    expected = {name: value.contiguous() for name, value in expected.items()}
    save_file(expected, HERE / "expected.safetensors")
    save_file(operations(generator), HERE / "operations.safetensors")

    files = ["small/config.json", "small/model.safetensors", "capped.safetensors", "expected.safetensors", "operations.safetensors"]
    manifest = {
        "seed": SEED, "torch": torch.__version__, "opencv": cv2.__version__, "safetensors": safetensors.__version__,
        "sha256": {name: hashlib.sha256((HERE / name).read_bytes()).hexdigest() for name in files},
    }
    (HERE / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
