#!/usr/bin/env python3
"""Makes full-size SAM ViT-B and BLIP base checkpoints with random weights, and PyTorch's outputs, times and memory.

    python Tests/Reference/perception.py FOLDER sam     # once to make the checkpoint, once more to run it
    python Tests/Reference/perception.py FOLDER blip
    LATHE_REFERENCE=FOLDER swift test -c release --disable-testable-imports --filter ReferenceTests

Writes FOLDER/<name> with the checkpoint (fixed seed), one case worked out in float64, and what PyTorch took in float32 on
LATHE_THREADS threads (2).
"""
import json
import os
import resource
import sys
import time

import torch
from safetensors.torch import save_file

SEED = 90210


def randomise(model, generator):
    """Every parameter random, at scales that keep activations of order one through a dozen layers."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if "norm" in name.lower() and name.endswith("weight"):
                value.copy_(1 + 0.2 * noise)
            elif "positional_embedding" in name:
                value.copy_(noise)
            elif name.endswith("bias"):
                value.copy_(0.1 * noise)
            elif "rel_pos" in name:
                value.copy_(0.2 * noise)
            elif value.dim() >= 2 and "embedding" not in name and "token" not in name:
                fan_in = value[0].numel() if "upscale_conv" not in name else value.shape[0]
                value.copy_(noise / fan_in**0.5)
            else:
                value.copy_(0.3 * noise)


class Stopwatch:
    """Wall and processor seconds of a block, best wall of `rounds`."""

    def __init__(self):
        self.times = {}

    def note_peak(self):
        self.times["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    def run(self, name, body, rounds=1):
        best = None
        for _ in range(rounds):
            wall, cpu = time.perf_counter(), time.process_time()
            result = body()
            pair = (time.perf_counter() - wall, time.process_time() - cpu)
            best = pair if best is None else min(best, pair)
        self.times[name] = {"wall": round(best[0], 3), "cpu": round(best[1], 3)}
        return result


def finish(folder, single, double, watch):
    """Keeps the results in float64, with what those in float32 were off by."""
    expected = single | {k: v.float() for k, v in double.items()}
    save_file({k: v.contiguous() for k, v in expected.items()}, f"{folder}/case.safetensors")
    watch.times["error"] = {k: float((single[k] - v).norm() / v.norm()) for k, v in double.items()}
    watch.times["torch"] = torch.__version__
    watch.times["threads"] = torch.get_num_threads()
    with open(f"{folder}/pytorch.json", "w") as file:
        json.dump(watch.times, file, indent=1)
    print(watch.times)


def load(cls, folder, build):
    """The model from its files, made first if need be; making and running are separate runs, for honest memory."""
    if not os.path.exists(f"{folder}/model.safetensors"):
        model = build().eval()
        randomise(model, torch.Generator().manual_seed(SEED))
        model.save_pretrained(folder)
        print(f"made {folder}; run again to compare")
        sys.exit(0)
    return cls.from_pretrained(folder).eval()


def sam(folder):
    from transformers import SamConfig, SamModel

    model = load(SamModel, folder, lambda: SamModel(SamConfig()))
    pixels = torch.randn(1, 3, 1024, 1024, generator=torch.Generator().manual_seed(SEED))
    points, box = torch.tensor([[[[500.0, 375.0]]]]), torch.tensor([[[100.0, 150.0, 800.0, 700.0]]])
    watch = Stopwatch()
    with torch.no_grad():
        features = watch.run("encode", lambda: model.get_image_embeddings(pixels))
        expected = {"pixels": pixels.permute(0, 2, 3, 1), "features": features.permute(0, 2, 3, 1)}
        for name, prompt in {"point": dict(input_points=points), "box": dict(input_boxes=box)}.items():
            out = watch.run(
                f"decode {name}", lambda: model(image_embeddings=features, multimask_output=True, **prompt), rounds=5)
            expected[f"{name}.masks"], expected[f"{name}.iou"] = out.pred_masks[0, 0], out.iou_scores[0, 0]
        watch.note_peak()
        model.double()
        exact = model.get_image_embeddings(pixels.double())
        double = {"features": exact.permute(0, 2, 3, 1)}
        for name, prompt in {"point": dict(input_points=points), "box": dict(input_boxes=box)}.items():
            prompt = {k: v.double() for k, v in prompt.items()}
            out = model(image_embeddings=exact, multimask_output=True, **prompt)
            double[f"{name}.masks"], double[f"{name}.iou"] = out.pred_masks[0, 0], out.iou_scores[0, 0]
    finish(folder, expected, double, watch)


def blip(folder):
    from transformers import BlipConfig, BlipForConditionalGeneration

    def build():
        config = BlipConfig(text_config=dict(num_attention_heads=12))
        return BlipForConditionalGeneration(config)

    model = load(BlipForConditionalGeneration, folder, build)
    words = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]", 1037: "a", 3861: "picture", 1997: "of"}
    with open(f"{folder}/vocab.txt", "w") as file:
        file.write("".join(words.get(i, f"w{i}") + "\n" for i in range(30522)))
    pixels = torch.randn(1, 3, 384, 384, generator=torch.Generator().manual_seed(SEED))
    ids = torch.tensor([[101, 1037, 3861, 1997, 102]])
    watch = Stopwatch()
    with torch.no_grad():
        features = watch.run("encode", lambda: model.vision_model(pixels).last_hidden_state, rounds=3)
        probe = torch.tensor([[30522, 1037, 3861, 1997, 2000, 2500]])
        logits = model.text_decoder(probe, encoder_hidden_states=features).logits
        expected = {"pixels": pixels.permute(0, 2, 3, 1), "features": features, "logits": logits}
        for name, options in {"greedy": dict(num_beams=1), "beams": dict(num_beams=3)}.items():
            out = watch.run(f"encode and caption {name}", lambda: model.generate(
                pixels, input_ids=ids.clone(), do_sample=False, min_length=5, max_length=20, **options))
            expected[f"{name}.ids"] = out[0].float()
        watch.note_peak()
        model.double()
        exact = model.vision_model(pixels.double()).last_hidden_state
        double = {"features": exact, "logits": model.text_decoder(probe, encoder_hidden_states=exact).logits}
    finish(folder, expected, double, watch)


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("LATHE_THREADS", "2")))
    {"sam": sam, "blip": blip}[sys.argv[2]](sys.argv[1] + "/" + sys.argv[2])
