#!/usr/bin/env python3
"""Makes a full-size big-lama generator with random weights, and PyTorch's output, time and memory for 512 x 512.

    python Tests/Reference/lama.py FOLDER     # once to make the checkpoint, once more to run it
    LATHE_REFERENCE=FOLDER swift test -c release --disable-testable-imports --filter LaMaReferenceTests

Writes FOLDER/lama with the checkpoint (fixed seed), one case worked out in float64, and what PyTorch took in float32 on
LATHE_THREADS threads (2).
"""
import json
import os
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file

from perception import SEED, Stopwatch, finish

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Models" / "recipes"))
from common import lama  # noqa: E402


def randomise(model, generator):
    """Every tensor random, running statistics too, at scales that keep activations of order one."""
    with torch.no_grad():
        for name, value in model.state_dict().items():
            noise = torch.randn(value.shape, generator=generator) if value.is_floating_point() else None
            if noise is None:
                value.fill_(1)
            elif name.endswith("running_var"):
                value.copy_(0.5 + torch.rand(value.shape, generator=generator))
            elif value.dim() == 4:
                # A residual block adds to what it gets: its paths are small, so that eighteen of them stay tame. A
                # sigmoid far from zero would hide differences.
                gain = 0.1 if value.shape[0] == 3 else 0.7 if "ffc" in name else 1.4
                value.copy_(noise * gain / value[0].numel() ** 0.5)
            elif name.endswith("weight"):
                value.copy_(1 + 0.2 * noise)
            else:
                value.copy_(0.1 * noise)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    model = lama.FFCResNetGenerator(lama.BIG).eval()
    if not os.path.exists(f"{folder}/model.safetensors"):
        randomise(model, torch.Generator().manual_seed(SEED))
        save_file(model.state_dict(), f"{folder}/model.safetensors")
        with open(f"{folder}/config.json", "w") as file:
            json.dump(model.config, file, indent=1)
        print(f"made {folder}; run again to compare")
        return
    model.load_state_dict(load_file(f"{folder}/model.safetensors"))
    generator = torch.Generator().manual_seed(SEED)
    image = torch.nn.functional.interpolate(torch.rand(1, 3, 64, 64, generator=generator), (512, 512), mode="bilinear")
    mask = torch.zeros(1, 1, 512, 512)
    mask[:, :, 140:400, 100:300] = 1
    watch = Stopwatch()
    with torch.no_grad():
        output = watch.run("forward", lambda: model(lama.masked(image, mask)), rounds=2)
        watch.note_peak()
        exact = model.double()(lama.masked(image.double(), mask.double()))
    last = lambda x: x.permute(0, 2, 3, 1)
    filled = lambda output: {"output": last(mask * output + (1 - mask) * image)}
    finish(folder, {"image": last(image), "mask": last(mask)} | filled(output), filled(exact), watch)


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("LATHE_THREADS", "2")))
    main(sys.argv[1] + "/lama")
