#!/usr/bin/env python3
"""Makes tiny BlipForConditionalGeneration models with random weights, and their captions, with transformers.

Writes tied/ and untied/ (config.json, model.safetensors, vocab.txt, preprocessor_config.json), vqa/ (a model of
another kind), expected.safetensors, captions.json and manifest.json. Arrays of images are channels-last.
"""
import hashlib
import json
import os
import shutil
import tempfile

import numpy as np
import torch
import transformers
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import BertTokenizer, BlipConfig, BlipForConditionalGeneration, BlipImageProcessorPil

SEED = 515
# Raised so that captions end before the maximum length.
END_BIAS = 2.2
HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = ("a picture of the red blue green chair table lamp mug car house tree with and on in small tall wooden legs "
         "handle ' s , . - ! do not n't it is two three round toy").split()
TOKENS = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS + ["##s", "##ing", "##y", "##er"]


def config(tied):
    return BlipConfig(
        vision_config=dict(hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=32,
                           patch_size=8),
        text_config=dict(
            vocab_size=len(TOKENS) + 2, hidden_size=20, encoder_hidden_size=24, intermediate_size=28, num_hidden_layers=2,
            num_attention_heads=2, max_position_embeddings=24, bos_token_id=len(TOKENS), eos_token_id=1, pad_token_id=0,
            sep_token_id=4, tie_word_embeddings=tied),
        tie_word_embeddings=tied, image_text_hidden_size=16, projection_dim=16)


def randomise(model, generator):
    """Every parameter random, norms and biases too; word scores peaked enough that captions differ and end."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if "norm" in name.lower() and name.endswith("weight"):
                value.copy_(1 + 0.3 * noise)
            elif name.endswith("bias"):
                value.copy_(0.2 * noise)
            elif "word_embeddings" in name or "predictions.decoder.weight" in name:
                value.copy_(0.6 * noise)
            elif value.dim() >= 2 and "embedding" not in name:
                value.copy_(noise * 1.5 / value[0].numel() ** 0.5)
            else:
                value.copy_(0.6 * noise)
        for name, value in model.named_parameters():
            if name.endswith("predictions.bias") or name.endswith("predictions.decoder.bias"):
                value[4] = END_BIAS


def write_tokenizer(folder):
    with open(f"{folder}/vocab.txt", "w") as f:
        f.write("".join(t + "\n" for t in TOKENS))


def pictures(rng, count):
    # Wider than high: Pillow 13 resizes some high pictures along columns first, earlier releases never did.
    for index in range(count):
        h, w = 29 + 3 * index, 47 - 2 * index
        y, x = np.mgrid[:h, :w]
        picture = np.zeros((h, w, 3))
        for channel in range(3):
            for _ in range(5):
                fx, fy = rng.uniform(-0.4, 0.4, 2)
                picture[..., channel] += np.sin(fx * x + fy * y + rng.uniform(0, 6))
        yield np.clip(127 + 45 * picture, 0, 255).astype(np.uint8)


def tensor_names():
    """Names of the tensors in files of several kinds of model, for telling them apart."""
    blip = config(True)
    sam = transformers.SamConfig(
        vision_config=dict(hidden_size=8, output_channels=8, num_hidden_layers=1, num_attention_heads=1, image_size=16,
                           patch_size=8, num_pos_feats=4),
        prompt_encoder_config=dict(hidden_size=8, image_size=16, patch_size=8),
        mask_decoder_config=dict(hidden_size=8, mlp_dim=8, num_hidden_layers=1, num_attention_heads=1))
    text = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, vocab_size=16)
    image = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=16, patch_size=8)
    clip = transformers.CLIPConfig(text_config=text, vision_config=image, projection_dim=8)
    models = {
        "blipCaptioner": BlipForConditionalGeneration(blip),
        "blipQuestionAnswering": transformers.BlipForQuestionAnswering(blip),
        "blipRetrieval": transformers.BlipForImageTextRetrieval(blip),
        "blipContrastive": transformers.BlipModel(blip),
        "segmentAnything": transformers.SamModel(sam),
        "clip": transformers.CLIPModel(clip),
        "clipText": transformers.CLIPTextModel(clip.text_config),
        "clipVision": transformers.CLIPVisionModelWithProjection(clip.vision_config),
    }
    names = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, model in models.items():
            model.save_pretrained(f"{folder}/{kind}")
            with safe_open(f"{folder}/{kind}/model.safetensors", "pt") as file:
                names[kind] = sorted(file.keys())
    return names


METHODS = {
    "greedy": dict(num_beams=1, min_length=5, max_length=20),
    "greedy_penalty": dict(num_beams=1, min_length=8, max_length=16, repetition_penalty=1.4),
    "beams3": dict(num_beams=3, min_length=5, max_length=20),
    "beams3_short": dict(num_beams=3, min_length=5, max_length=9),
    "beams4_penalty": dict(num_beams=4, min_length=10, max_length=18, repetition_penalty=1.2),
    "beams2_prompt": dict(num_beams=2, min_length=1, max_length=20),
}
PROMPTS = {"beams2_prompt": "the red chair's", "greedy_penalty": ""}


def main():
    torch.set_num_threads(1)
    rng = np.random.default_rng(SEED)
    images = list(pictures(rng, 4))
    processor = BlipImageProcessorPil(size={"height": 32, "width": 32})
    expected, captions = {}, []
    for index, image in enumerate(images):
        expected[f"picture{index}"] = torch.tensor(image).float() / 255
        pixels = processor(Image.fromarray(image), return_tensors="pt")["pixel_values"]
        expected[f"pixels{index}"] = pixels.permute(0, 2, 3, 1)
    for kind in ("tied", "untied"):
        generator = torch.Generator().manual_seed(SEED + len(kind))
        model = BlipForConditionalGeneration(config(kind == "tied")).eval()
        randomise(model, generator)
        folder = f"{HERE}/{kind}"
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder)
        if kind == "untied":
            assert model.text_decoder.cls.predictions.decoder.weight is not model.get_input_embeddings().weight
        # Read back, so that what is compared is what the files say.
        model = BlipForConditionalGeneration.from_pretrained(folder).eval()
        processor.save_pretrained(folder)
        write_tokenizer(folder)
        if os.path.exists(f"{folder}/generation_config.json"):
            os.remove(f"{folder}/generation_config.json")
        tokenizer = BertTokenizer.from_pretrained(folder)
        for index in range(len(images)):
            pixels = expected[f"pixels{index}"].permute(0, 3, 1, 2)
            with torch.no_grad():
                features = model.vision_model(pixels).last_hidden_state
                ids = torch.tensor([[len(TOKENS), 6, 7, 8, 12 + index, 20, 33, 4, 9]])
                logits = model.text_decoder(ids, encoder_hidden_states=features).logits
            expected[f"{kind}.features{index}"] = features
            expected[f"{kind}.logits{index}"] = logits
            for name, options in METHODS.items():
                prompt = PROMPTS.get(name, "a picture of ")
                ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
                out = model.generate(pixels, input_ids=ids.clone(), do_sample=False, **options)[0].tolist()
                body = out[ids.shape[1] - 1:]
                captions.append({
                    "model": kind, "image": index, "method": name, "prompt": prompt, "ids": out,
                    "beams": options["num_beams"], "minimum": options["min_length"], "maximum": options["max_length"],
                    "penalty": options.get("repetition_penalty", 1.0),
                    "text": tokenizer.decode(body, skip_special_tokens=True)})
    with open(f"{HERE}/kinds.json", "w") as f:
        json.dump(tensor_names(), f, separators=(",", ":"))
        f.write("\n")
    save_file({k: v.contiguous() for k, v in expected.items()}, f"{HERE}/expected.safetensors")
    with open(f"{HERE}/captions.json", "w") as f:
        json.dump(captions, f, indent=0)
        f.write("\n")
    files = {}
    for folder, _, names in sorted(os.walk(HERE)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            os.chmod(path, 0o755 if name == "make.py" else 0o644)
            if name not in ("manifest.json", "make.py"):
                files[os.path.relpath(path, HERE)] = hashlib.sha256(open(path, "rb").read()).hexdigest()
    with open(f"{HERE}/manifest.json", "w") as f:
        json.dump({"seed": SEED, "torch": torch.__version__, "transformers": transformers.__version__, "sha256": files},
                  f, indent=1)
        f.write("\n")
    for c in captions:
        print(c["model"], c["image"], c["method"], c["ids"], repr(c["text"]))


if __name__ == "__main__":
    main()
