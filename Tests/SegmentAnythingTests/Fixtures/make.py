#!/usr/bin/env python3
"""Makes a tiny SamModel with random weights, and its answers to several prompts, with transformers.

Writes sam/{config.json,model.safetensors,preprocessor_config.json}, expected.safetensors and manifest.json.
Arrays of images and features are channels-last.
"""
import hashlib
import json
import os

import numpy as np
import torch
import transformers
from PIL import Image
from safetensors.torch import save_file
from transformers import SamConfig, SamImageProcessorPil, SamModel, SamProcessor

SEED = 4107
HERE = os.path.dirname(os.path.abspath(__file__))


def tiny_config():
    """A grid of 8 with windows of 3, so that windows are padded; layer 1 attends globally."""
    return SamConfig(
        vision_config=dict(
            hidden_size=24, output_channels=16, num_hidden_layers=3, num_attention_heads=2, image_size=64, patch_size=8,
            window_size=3, global_attn_indexes=[1], num_pos_feats=8, mlp_ratio=2.0),
        prompt_encoder_config=dict(hidden_size=16, image_size=64, patch_size=8, mask_input_channels=8),
        mask_decoder_config=dict(
            hidden_size=16, mlp_dim=20, num_hidden_layers=2, num_attention_heads=2, attention_downsample_rate=2,
            iou_head_depth=3, iou_head_hidden_dim=12),
    )


def randomise(model, generator):
    """Every parameter random, norms and biases too, at scales that keep activations of order one."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if "norm" in name and name.endswith("weight"):
                value.copy_(1 + 0.3 * noise)
            elif "positional_embedding" in name:
                value.copy_(noise)
            elif name.endswith("bias"):
                value.copy_(0.2 * noise)
            elif value.dim() >= 2 and "embed" not in name and "rel_pos" not in name and "token" not in name:
                fan_in = value[0].numel() if "upscale_conv" not in name else value.shape[0]
                value.copy_(noise * 1.2 / fan_in**0.5)
            else:
                value.copy_(0.5 * noise)


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(SEED)
    model = SamModel(tiny_config()).eval()
    randomise(model, generator)
    # Tied in the published files too: one tensor under two names.
    model.prompt_encoder.shared_embedding.positional_embedding = model.shared_image_embedding.positional_embedding
    model.save_pretrained(f"{HERE}/sam")
    processor = SamProcessor(SamImageProcessorPil(
        size={"longest_edge": 64}, pad_size={"height": 64, "width": 64}, mask_size={"longest_edge": 32},
        mask_pad_size={"height": 32, "width": 32}))
    processor.image_processor.save_pretrained(f"{HERE}/sam")

    rng = np.random.default_rng(SEED)
    picture = np.zeros((37, 50, 3), np.float64)
    for channel in range(3):
        for _ in range(6):
            fx, fy, phase = rng.uniform(-0.4, 0.4, 2).tolist() + [rng.uniform(0, 6)]
            y, x = np.mgrid[:37, :50]
            picture[..., channel] += np.sin(fx * x + fy * y + phase)
    picture = np.clip(127 + 40 * picture, 0, 255).astype(np.uint8)
    points = [[12.0, 9.0], [30.5, 20.25], [44.0, 31.0]]
    labels = [1, 0, 1]
    box = [8.0, 5.5, 40.0, 33.0]
    mask = torch.randn(32, 32, generator=generator) * 3

    inputs = processor(Image.fromarray(picture), input_points=[[points]], input_boxes=[[box]], return_tensors="pt")
    pixels, scaled_points, scaled_box = inputs["pixel_values"], inputs["input_points"].float(), inputs["input_boxes"].float()
    expected = {
        "picture": torch.tensor(picture).float() / 255,
        "pixels": pixels.permute(0, 2, 3, 1),
        "mask": mask,
        "points": torch.tensor(points), "labels": torch.tensor(labels).float(), "box": torch.tensor(box),
    }
    with torch.no_grad():
        features = model.get_image_embeddings(pixels)
        expected["features"] = features.permute(0, 2, 3, 1)
        label_tensor = torch.tensor(labels)[None, None]
        cases = {
            "point": dict(input_points=scaled_points[:, :, :1], input_labels=label_tensor[:, :, :1]),
            "background": dict(input_points=scaled_points[:, :, 1:2], input_labels=label_tensor[:, :, 1:2]),
            "points": dict(input_points=scaled_points, input_labels=label_tensor),
            "box": dict(input_boxes=scaled_box),
            "point_box": dict(input_points=scaled_points[:, :, :1], input_labels=label_tensor[:, :, :1], input_boxes=scaled_box),
            "box_mask": dict(input_boxes=scaled_box, input_masks=mask[None, None]),
            "mask": dict(input_masks=mask[None, None]),
            "all": dict(input_points=scaled_points, input_labels=label_tensor, input_boxes=scaled_box,
                        input_masks=mask[None, None]),
        }
        for name, prompt in cases.items():
            several = model(image_embeddings=features, multimask_output=True, **prompt)
            single = model(image_embeddings=features, multimask_output=False, **prompt)
            masks = torch.cat([single.pred_masks, several.pred_masks], 2)[0, 0]
            expected[f"{name}.masks"] = masks
            expected[f"{name}.iou"] = torch.cat([single.iou_scores, several.iou_scores], 2)[0, 0]
            if name in ("point", "all"):
                expected[f"{name}.full"] = processor.post_process_masks(
                    [masks[None]], inputs["original_sizes"], inputs["reshaped_input_sizes"], binarize=False,
                    pad_size={"height": 64, "width": 64})[0][0]
    save_file({k: v.contiguous() for k, v in expected.items()}, f"{HERE}/expected.safetensors")

    files = {}
    for folder, _, names in sorted(os.walk(HERE)):
        for name in sorted(names):
            if name not in ("manifest.json", "make.py"):
                path = os.path.join(folder, name)
                files[os.path.relpath(path, HERE)] = hashlib.sha256(open(path, "rb").read()).hexdigest()
    with open(f"{HERE}/manifest.json", "w") as f:
        json.dump({"seed": SEED, "torch": torch.__version__, "transformers": transformers.__version__, "sha256": files},
                  f, indent=1)
        f.write("\n")
    for name, value in expected.items():
        print(name, tuple(value.shape), float(value.std()))


if __name__ == "__main__":
    main()
