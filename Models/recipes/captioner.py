"""Trains the starter captioner: transformers' BlipForConditionalGeneration at 96 px with a small WordPiece vocabulary.

    python captioner.py --data data/captions --heldout data/captions-heldout --work checkpoints/captioner \\
        --export captioner
"""

import json
import pathlib
import re

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration

from common import data, photo, run, words

SIZE, LENGTH, PROMPT = 96, 40, "a picture of "
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])


def make(vocabulary, hidden=144, vision_layers=4, text_layers=3):
    size = dict(hidden_size=hidden, intermediate_size=3 * hidden, num_attention_heads=hidden // 36)
    config = BlipConfig(
        vision_config=dict(
            size, num_hidden_layers=vision_layers, image_size=SIZE, patch_size=12, initializer_range=0.02,
        ),
        text_config=dict(
            size, encoder_hidden_size=hidden, num_hidden_layers=text_layers, vocab_size=len(vocabulary),
            max_position_embeddings=64, bos_token_id=vocabulary.index("[DEC]"), pad_token_id=0,
            eos_token_id=vocabulary.index("[SEP]"), sep_token_id=vocabulary.index("[SEP]"),
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, projection_dim=64,
        ),
        projection_dim=64, image_text_hidden_size=64,
    )
    return BlipForConditionalGeneration._from_config(config, attn_implementation="eager")


def tokenizer_of(folder):
    tokenizer = BertTokenizerFast(vocab=str(pathlib.Path(folder) / "vocab.txt"), do_lower_case=True)
    tokenizer.add_special_tokens({"additional_special_tokens": ["[DEC]", "[ENC]"]})
    return tokenizer


def pictures(shards, rows, rng=None):
    """Normalised pictures [B, 3, 96, 96]; with `rng` cropped, turned and changed in tone but not in hue."""
    out = []
    for row in rows:
        picture = shards.take("image", [row])[0]
        if rng is None:
            picture = np.asarray(Image.fromarray(picture).resize((SIZE, SIZE), Image.BICUBIC))
            out.append(picture.transpose(2, 0, 1).astype(np.float32) / 255)
            continue
        if rng.random() < 0.5:
            picture = np.ascontiguousarray(picture[:, ::-1])
        full = picture.shape[0]
        side = int(full * rng.uniform(0.82, 1.0))
        y, x = rng.integers(full - side + 1, size=2)
        image = Image.fromarray(picture[y : y + side, x : x + side]).resize((SIZE, SIZE), Image.BILINEAR)
        out.append(photo.develop(np.asarray(image), rng, gentle=True))
    x = torch.from_numpy(np.stack(out))
    return (x - MEAN.view(1, 3, 1, 1)) / STD.view(1, 3, 1, 1)


def tokens(tokenizer, captions, begin, prompted):
    """Token ids and labels; the prompt's labels are masked, as in BLIP's training."""
    text = [PROMPT + c if p else c for c, p in zip(captions, prompted)]
    ids = tokenizer(text, padding="longest", truncation=True, max_length=LENGTH, return_tensors="pt")
    input_ids = ids.input_ids.clone()
    input_ids[:, 0] = begin
    labels = input_ids.masked_fill(ids.attention_mask == 0, -100)
    labels[:, 0] = -100
    for k, p in enumerate(prompted):
        if p:
            labels[k, :4] = -100
    return input_ids, ids.attention_mask, labels


def description(shards, row):
    """The caption with the surroundings, where these have a name."""
    return f"{shards.captions[row]} {shards.surroundings[row]}".strip() if shards.surroundings else shards.captions[row]


def go_on_from(module, vocabulary, folder):
    """Copies the weights of an earlier captioner; words that both know keep what was learnt of them."""
    old = BlipForConditionalGeneration.from_pretrained(folder).float().state_dict()
    words_then = (pathlib.Path(folder) / "vocab.txt").read_text().split("\n")[:-1]
    place = {word: k for k, word in enumerate(words_then)}
    pairs = [(k, place[word]) for k, word in enumerate(vocabulary) if word in place]
    new, (now, then) = module.state_dict(), torch.tensor(pairs).T
    for name, value in old.items():
        if name in new and new[name].shape == value.shape:
            new[name].copy_(value)
        elif name in new and len(new[name]) == len(vocabulary) and len(value) == len(words_then):
            new[name][now] = value[then]


class Training(torch.nn.Module):
    """The captioner with a head that is dropped afterwards: which words the caption will hold, from the picture alone.

    Words that wait for their turn in a sentence teach the vision tower slowly; asked for all at once they do not.
    """

    def __init__(self, captioner):
        super().__init__()
        self.captioner = captioner
        text = captioner.config.text_config
        self.bag = torch.nn.Linear(captioner.config.vision_config.hidden_size, text.vocab_size)
        torch.nn.init.constant_(self.bag.bias, -4)

    def forward(self, pictures, input_ids, mask, labels):
        out = self.captioner(pixel_values=pictures, input_ids=input_ids, attention_mask=mask, labels=labels)
        target = torch.zeros(len(labels), self.bag.out_features, device=labels.device)
        target.scatter_(1, labels.clamp(min=0), 1)
        target[:, 0] = 0
        bag = self.bag(out.last_hidden_state[:, 0]).float()
        return out.loss + 0.1 * F.binary_cross_entropy_with_logits(bag, target, reduction="none").sum(1).mean()


def loss_function(shards, module, tokenizer, options):
    begin = module.captioner.config.text_config.bos_token_id

    def loss(rng, generator):
        rows = rng.integers(len(shards), size=options.batch)
        prompted = rng.random(options.batch) < 0.5
        input_ids, mask, labels = tokens(tokenizer, [description(shards, r) for r in rows], begin, prompted)
        to = lambda x: x.to(options.device)
        return module(to(pictures(shards, rows, rng)), to(input_ids), to(mask), to(labels))

    return loss


def first_colour(text):
    found = [w for w in re.findall("[a-z]+", text) if w in words.COLOURS]
    return found[0] if found else None


@torch.no_grad()
def captions_for(module, tokenizer, x, prompt=PROMPT):
    ids = tokenizer([prompt] * len(x), return_tensors="pt").input_ids if prompt else None
    if ids is not None:
        ids[:, 0] = module.config.text_config.bos_token_id
    out = module.generate(pixel_values=x, input_ids=ids, max_new_tokens=32, num_beams=1, do_sample=False)
    text = tokenizer.batch_decode(out, skip_special_tokens=True)
    return [t[len(prompt) - 1 :].strip() if prompt and t.startswith(prompt.strip()) else t for t in text]


@torch.no_grad()
def score(module, shards, tokenizer, count=256, device="cpu"):
    """Share of held-out pictures whose caption names the class, the first colour, is word for word the true one."""
    classes, colours, exact, known = [], [], [], set()
    count = min(count, len(shards))
    for start in range(0, count, 32):
        rows = range(start, min(start + 32, count))
        for row, text in zip(rows, captions_for(module, tokenizer, pictures(shards, rows).to(device))):
            truth = description(shards, row)
            if shards.classes:
                classes.append(shards.classes[row].replace("_", " ") in text)
            colours.append(first_colour(text) == first_colour(truth))
            exact.append(text == truth)
    mean = lambda v: round(float(np.mean(v)), 4) if v else None
    return {"class": mean(classes), "first_colour": mean(colours), "exact": mean(exact)}


def export(module, tokenizer, folder):
    folder = pathlib.Path(folder)
    tokenizer.save_pretrained(folder)
    (folder / "vocab.txt").write_text((tokenizer.vocabulary_text))
    module.config.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    config["architectures"] = ["BlipForConditionalGeneration"]
    # As the published configuration says how long captions get; surroundings take more words than its 20.
    config["text_config"]["max_length"] = LENGTH
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    shared, state = {}, {}
    for name, value in module.state_dict().items():
        if value.is_floating_point() and value.data_ptr() not in shared:
            shared[value.data_ptr()] = name
            state[name] = value.half().contiguous().cpu()
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True, "resample": 3,
        "image_mean": MEAN.tolist(), "image_std": STD.tolist(), "rescale_factor": 1 / 255,
        "image_processor_type": "BlipImageProcessor", "processor_class": "BlipProcessor",
        "size": {"height": SIZE, "width": SIZE},
    }, indent=2) + "\n")


def main():
    options = run.arguments("Train the starter captioner", steps=4000, batch=32, lr=1e-3, ema=0.998)
    options.add_argument("--hidden", type=int, default=144)
    options.add_argument("--initial", help="folder of an earlier captioner to go on from")
    options = options.parse_args()
    torch.manual_seed(options.seed)
    shards, heldout = data.Shards(options.data, options.limit), data.Shards(options.heldout or options.data, 512)
    file = pathlib.Path(options.work) / "vocab.txt"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(words.vocabulary(shards.captions + shards.classes + shards.surroundings)) + "\n")
    tokenizer = tokenizer_of(options.work)
    tokenizer.vocabulary_text = file.read_text()
    vocabulary = file.read_text().split("\n")[:-1]
    module = Training(make(vocabulary, options.hidden))
    if options.initial:
        go_on_from(module.captioner, vocabulary, options.initial)
    training = run.Run(options, module)
    training.train(
        loss_function(shards, module, tokenizer, options),
        lambda m: score(m.captioner, heldout, tokenizer, device=options.device),
        lambda m, folder: export(m.captioner, tokenizer, folder),
    )


if __name__ == "__main__":
    main()
