"""Trains the starter segmenter: transformers' SamModel at 256 px, small enough for a CPU.

Every picture is encoded once and asked several times: by a point, a box, several points of both signs, then once
more by the mask of the first answer and a correcting point. Loss as in SAM: focal and dice on the best of three
masks, and the squared error of the predicted IoU.

    python segmenter.py --data data/scenes --heldout data/scenes-heldout --work work/segmenter --export made/segmenter
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import SamConfig, SamModel

from common import data, photo, run

SIZE, PATCH, MASK, ASKS = 256, 16, 64, 4
MEAN, STD = torch.tensor([123.675, 116.28, 103.53]) / 255, torch.tensor([58.395, 57.12, 57.375]) / 255


def make(hidden=160, layers=5, decoder=96):
    patch, grid = PATCH, SIZE // PATCH
    config = SamConfig(
        vision_config=dict(
            hidden_size=hidden, output_channels=decoder, num_hidden_layers=layers, num_attention_heads=hidden // 32,
            image_size=SIZE, patch_size=patch, window_size=8, global_attn_indexes=list(range(1, layers, 2)),
            mlp_dim=3 * hidden, mlp_ratio=3.0, num_pos_feats=decoder // 2, initializer_range=0.02,
        ),
        prompt_encoder_config=dict(
            hidden_size=decoder, image_size=SIZE, patch_size=patch, image_embedding_size=grid, mask_input_channels=16,
        ),
        mask_decoder_config=dict(
            hidden_size=decoder, mlp_dim=4 * decoder, num_hidden_layers=2, num_attention_heads=decoder // 16,
            iou_head_hidden_dim=decoder, iou_head_depth=2,
        ),
    )
    # Plain matrix products train faster on a CPU than the fused attention at these sizes.
    module = SamModel._from_config(config, attn_implementation="eager")
    # SAM draws its Fourier frequencies with deviation 1; the class would start at half the hidden size, which is noise.
    with torch.no_grad():
        module.shared_image_embedding.positional_embedding.normal_()
    return module


def sample(shards, row, rng):
    """One augmented picture (float [3, 256, 256] in [0, 1], padding below or right) and its identities [256, 256]."""
    picture, ids = shards.take("image", [row])[0], shards.take("ids", [row])[0]
    picture, ids, extent = photo.reframe(picture, ids, rng, SIZE)
    return photo.develop(picture, rng), ids, extent


def choose_mask(ids, rng):
    """The mask of an object that is large enough; else of the ground, so that a click beside objects answers too."""
    present = [i for i in np.unique(ids) if i not in (0, 255) and (ids == i).sum() > 60]
    if not present:
        return ids == 0
    return ids == present[rng.integers(len(present))]


def points_in(mask, count, rng):
    """Points [count, 2] as (x, y) within a mask; away from its edge if it has an inside."""
    inside = mask & np.roll(mask, 2, 0) & np.roll(mask, -2, 0) & np.roll(mask, 2, 1) & np.roll(mask, -2, 1)
    ys, xs = np.nonzero(inside if inside.any() else mask)
    if len(ys) == 0:
        return np.zeros((count, 2), np.float32)
    pick = rng.integers(len(ys), size=count)
    return np.stack([xs[pick], ys[pick]], -1).astype(np.float32) + 0.5


def box_of(mask, rng, jitter=0.08):
    ys, xs = np.nonzero(mask)
    box = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], np.float32)
    side = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    return np.clip(box + rng.normal(0, jitter / 2, 4).clip(-jitter, jitter) * side, 0, SIZE - 1).astype(np.float32)


def prompts(masks, valid, kind, rng):
    """Points [n, 1, k, 2], labels [n, 1, k] and boxes [n, 1, 4] (or none of one) for masks [n, 256, 256]."""
    if kind == "box":
        return None, None, torch.from_numpy(np.stack([box_of(m, rng) for m in masks]))[:, None]
    if kind == "point":
        points = np.stack([points_in(m, 1, rng) for m in masks])
        return torch.from_numpy(points)[:, None], torch.ones(len(masks), 1, 1, dtype=torch.long), None
    inside = np.stack([points_in(m, 2, rng) for m in masks])
    outside = np.stack([points_in(v & ~m, 2, rng) for m, v in zip(masks, valid)])
    points = torch.from_numpy(np.concatenate([inside, outside], 1))[:, None]
    return points, torch.tensor([1, 1, 0, 0]).expand(len(masks), 1, 4).contiguous(), None


def corrections(found, masks, rng):
    """One point per mask in its larger error region: positive where the answer misses, negative where it spills."""
    points, labels = [], []
    for f, m in zip(found, masks):
        missed, spilt = m & ~f, f & ~m
        positive = missed.sum() >= spilt.sum()
        area = missed if positive else spilt
        points.append(points_in(area if area.any() else m, 1, rng))
        labels.append([int(positive or not area.any())])
    return torch.from_numpy(np.stack(points))[:, None], torch.tensor(labels)[:, None]


def mask_losses(logits, guess, target):
    """Loss of [n, m, 64, 64] logits against [n, 64, 64]: the best of m masks by focal and dice; IoU for all."""
    target = target[:, None].expand_as(logits)
    probability = logits.sigmoid()
    cross = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    wrong = torch.where(target > 0.5, 1 - probability, probability)
    balance = torch.where(target > 0.5, 0.4, 0.6)
    focal = (balance * wrong * wrong * cross).mean((2, 3))
    dice = 1 - (2 * (probability * target).sum((2, 3)) + 1) / (probability.sum((2, 3)) + target.sum((2, 3)) + 1)
    with torch.no_grad():
        hard = logits > 0
        both = (hard & (target > 0.5)).sum((2, 3))
        iou = both / (hard | (target > 0.5)).sum((2, 3)).clamp(min=1)
    return (20 * focal + dice).min(1).values.mean() + F.mse_loss(guess, iou), iou


class Training(torch.nn.Module):
    """The segmenter with heads on its embedding that are dropped afterwards.

    A few prompts per picture teach the encoder slowly. So every cell of its grid is also asked what it belongs to:
    which of its 4x4 parts are object, which lie on an outline, and where the box of the object at its middle ends.
    Cells of one object should agree in the embedding, cells of different objects should not.
    """

    def __init__(self, segmenter):
        super().__init__()
        self.segmenter = segmenter
        width = segmenter.config.vision_config.output_channels
        self.object = torch.nn.Conv2d(width, (PATCH // 4) ** 2, 1)
        self.outline = torch.nn.Conv2d(width, (PATCH // 4) ** 2, 1)
        self.box = torch.nn.Conv2d(width, 4, 1)

    def dense_loss(self, embedding, ids):
        """For embeddings [B, C, 16, 16] and identities [B, 256, 256]."""
        ids = torch.from_numpy(ids.astype(np.int64)).to(embedding.device)
        fine, cells = ids[:, 2::4, 2::4], ids[:, PATCH // 2 :: PATCH, PATCH // 2 :: PATCH]
        known = (fine != 255).float()
        thing = ((fine > 0) & (fine != 255)).float()
        border = torch.zeros_like(thing)
        across, down = (fine[:, :, 1:] != fine[:, :, :-1]).float(), (fine[:, 1:] != fine[:, :-1]).float()
        border[:, :, 1:] += across
        border[:, 1:] += down
        border = border.clamp(max=1)
        grow = lambda x: F.pixel_shuffle(x, PATCH // 4)[:, 0].float()
        binary = lambda x, y: (F.binary_cross_entropy_with_logits(x, y, reduction="none") * known).mean()
        loss = binary(grow(self.object(embedding)), thing) + binary(grow(self.outline(embedding)), border)
        target, inside = cell_boxes(ids, cells)
        distance = (self.box(embedding).float() - target).abs().mean(1)
        return loss + (distance * inside).sum() / inside.sum().clamp(min=1) + affinity_loss(embedding, cells)


def cell_boxes(ids, cells):
    """How far the box of each cell's object reaches left, up, right and down of the cell's middle, in units of 64
    pixels [B, 4, 16, 16], and which cells are of an object [B, 16, 16]."""
    count, grid = cells.shape[0], cells.shape[1]
    target = torch.zeros(count, 4, grid, grid, device=ids.device)
    middle = (torch.arange(grid, device=ids.device) + 0.5) * PATCH
    for k in range(count):
        for i in cells[k].unique().tolist():
            if i in (0, 255):
                continue
            mask = ids[k] == i
            ys, xs = mask.any(1).nonzero()[:, 0], mask.any(0).nonzero()[:, 0]
            reach = torch.stack([
                (middle - xs[0])[None].expand(grid, grid), (middle - ys[0])[:, None].expand(grid, grid),
                (xs[-1] + 1 - middle)[None].expand(grid, grid), (ys[-1] + 1 - middle)[:, None].expand(grid, grid),
            ]) / 64
            target[k] = torch.where(cells[k] == i, reach, target[k])
    return target, ((cells > 0) & (cells != 255)).float()


def affinity_loss(embedding, cells, temperature=5.0):
    """Pairs of cells, at least one of them of an object: cosine similarity should tell whether it is the same one."""
    labels = cells.flatten(1)
    features = F.normalize(embedding.float().flatten(2), dim=1)
    alike = temperature * (features.transpose(1, 2) @ features)
    same = (labels[:, :, None] == labels[:, None, :]).float()
    used = ((labels != 255)[:, :, None] & (labels != 255)[:, None, :]).float()
    thing = (labels > 0) & (labels != 255)
    used = used * (thing[:, :, None] | thing[:, None, :])
    loss = F.binary_cross_entropy_with_logits(alike - 1.5, same, reduction="none")
    mean = lambda weight: (loss * weight).sum() / weight.sum().clamp(min=1)
    return mean(used * same) + mean(used * (1 - same))


def answer(module, embedding, points, labels, boxes, masks=None, several=False):
    out = module(image_embeddings=embedding, input_points=points, input_labels=labels, input_boxes=boxes,
                 input_masks=masks, multimask_output=several)
    return out.pred_masks[:, 0].float(), out.iou_scores[:, 0].float()


def loss_function(shards, training, options):
    module = training.segmenter
    mean, std = MEAN.view(1, 3, 1, 1).to(options.device), STD.view(1, 3, 1, 1).to(options.device)

    def loss(rng, generator):
        rows = rng.integers(len(shards), size=options.batch)
        made = [sample(shards, r, rng) for r in rows]
        pictures = torch.from_numpy(np.stack([m[0] for m in made])).to(options.device)
        pictures = (pictures - mean) / std
        for k, (_, _, (height, width)) in enumerate(made):
            pictures[k, :, height:], pictures[k, :, :, width:] = 0, 0
        # Not get_image_embeddings, which records no gradients.
        embedding = module.vision_encoder(pictures)[0]
        bound = training.dense_loss(embedding, np.stack([ids for _, ids, _ in made]))
        embedding = embedding.repeat_interleave(ASKS, 0)
        masks = np.stack([choose_mask(ids, rng) for _, ids, _ in made for _ in range(ASKS)])
        valid = np.repeat(np.stack([ids != 255 for _, ids, _ in made]), ASKS, 0)
        target = F.avg_pool2d(torch.from_numpy(masks).float()[:, None], SIZE // MASK)[:, 0].to(options.device)
        target = (target >= 0.5).float()
        kind = ("point", "box", "points")[rng.choice(3, p=[0.45, 0.35, 0.2])]
        several = kind == "point" or rng.random() < 0.3
        points, labels, boxes = prompts(masks, valid, kind, rng)
        to = lambda x: None if x is None else x.to(options.device)
        logits, guess = answer(module, embedding, to(points), to(labels), to(boxes), several=several)
        first, iou = mask_losses(logits, guess, target)
        if rng.random() < 0.5:
            return first + bound
        best = guess.argmax(1) if several else torch.zeros(len(guess), dtype=torch.long)
        previous = logits[torch.arange(len(logits)), best].detach()
        full = F.interpolate(previous[:, None], (SIZE, SIZE), mode="bilinear")[:, 0].cpu().numpy() > 0
        extra, extra_labels = corrections(full, masks, rng)
        if points is not None:
            extra, extra_labels = torch.cat([points, extra], 2), torch.cat([labels, extra_labels], 2)
        logits, guess = answer(module, embedding, to(extra), to(extra_labels), to(boxes), previous[:, None])
        return first + mask_losses(logits, guess, target)[0] + bound

    return loss


@torch.no_grad()
def score(module, shards, count=64, device="cpu"):
    """Mean IoU over held-out objects: one click (mask chosen by the model), one click (best of three), box."""
    rng, found = np.random.default_rng(3), {"click": [], "click_best": [], "box": []}
    mean, std = MEAN.view(1, 3, 1, 1), STD.view(1, 3, 1, 1)
    for row in range(min(count, len(shards))):
        picture = torch.from_numpy(shards.take("image", [row])).permute(0, 3, 1, 2).float() / 255
        ids = shards.take("ids", [row])[0]
        masks = [ids == i for i in np.unique(ids) if i and (ids == i).sum() > 100]
        if not masks:
            continue
        masks = np.stack(masks)
        with torch.autocast(device, torch.bfloat16):
            embedding = module.get_image_embeddings(((picture - mean) / std).to(device)).repeat_interleave(len(masks), 0)
            for kind in ("point", "box"):
                points, labels, boxes = prompts(masks, masks | True, kind, rng)
                logits, guess = answer(module, embedding, points, labels, boxes, several=kind == "point")
                full = F.interpolate(logits, (SIZE, SIZE), mode="bilinear") > 0
                target = torch.from_numpy(masks)[:, None]
                iou = (full & target).sum((2, 3)) / (full | target).sum((2, 3))
                chosen = iou[torch.arange(len(iou)), guess.argmax(1)]
                found["click" if kind == "point" else "box"] += chosen.tolist()
                if kind == "point":
                    found["click_best"] += iou.max(1).values.tolist()
    return {f"iou_{k}": round(float(np.mean(v)), 4) for k, v in found.items()}


def export(module, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    module.config.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    config["architectures"] = ["SamModel"]
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    skip = set(getattr(module, "_tied_weights_keys", None) or [])
    state = {k: v.half().contiguous().cpu() for k, v in module.state_dict().items() if k not in skip}
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "do_convert_rgb": True, "do_normalize": True, "do_pad": True, "do_rescale": True, "do_resize": True,
        "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
        "image_processor_type": "SamImageProcessor", "processor_class": "SamProcessor",
        "pad_size": {"height": SIZE, "width": SIZE}, "mask_pad_size": {"height": MASK, "width": MASK},
        "mask_size": {"longest_edge": MASK}, "size": {"longest_edge": SIZE},
        "resample": 2, "rescale_factor": 1 / 255,
    }, indent=2) + "\n")


def main():
    options = run.arguments("Train the starter segmenter", steps=12000, batch=8, lr=1e-3, ema=0.998).parse_args()
    torch.manual_seed(options.seed)
    module = Training(make())
    shards, heldout = data.Shards(options.data, options.limit), data.Shards(options.heldout or options.data, 256)
    training = run.Run(options, module)
    training.train(
        loss_function(shards, module, options),
        lambda m: score(m.segmenter, heldout, device=options.device),
        lambda m, folder: export(m.segmenter, folder),
    )


if __name__ == "__main__":
    main()
