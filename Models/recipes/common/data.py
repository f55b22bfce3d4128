"""Reads the safetensors shards that `lathe toybox` exports: u8 arrays, memory-mapped, joined over shards."""

import json
import pathlib

import numpy as np
from safetensors import safe_open


class Shards:
    """All shards of one folder. `take(name, rows)` gathers rows of one array; `captions` and `surroundings` join
    the metadata."""

    def __init__(self, folder, limit=None):
        paths = sorted(pathlib.Path(folder).glob("*.safetensors"))
        if not paths:
            raise SystemExit(f"{folder}: no .safetensors shards; export them with `lathe toybox` first")
        self.arrays, self.starts, self.captions, self.classes, self.surroundings, total = [], [], [], [], [], 0
        for path in paths:
            arrays = map_arrays(path)
            with safe_open(path, "np") as file:
                metadata = file.metadata() or {}
            self.arrays.append(arrays)
            self.starts.append(total)
            self.captions += json.loads(metadata.get("captions", "[]"))
            self.surroundings += json.loads(metadata.get("surroundings", "[]"))
            names = json.loads(metadata.get("classes", "[]"))
            if "class" in arrays and names:
                names = [names[k] if k < len(names) else "toy" for k in arrays["class"]]
            self.classes += names
            total += len(next(iter(arrays.values())))
            if limit and total >= limit:
                break
        self.count = min(total, limit) if limit else total
        self.bounds = np.array(self.starts[1:] + [total])

    def __len__(self):
        return self.count

    def draw(self, rng, count):
        """`count` rows, each as likely as any other."""
        return rng.integers(self.count, size=count)

    def take(self, name, rows):
        which = np.searchsorted(self.bounds, rows, side="right")
        return np.stack([self.arrays[s][name][r - self.starts[s]] for s, r in zip(which, rows)])


class Mixture:
    """Several folders as one, each drawn from in a given share, whatever its size.

    `folders` are "FOLDER" or "FOLDER=SHARE" (1 where it is left out); shares are divided by their sum.
    """

    def __init__(self, folders, limit=None):
        parts = [folder.rsplit("=", 1) if "=" in folder else (folder, 1) for folder in folders]
        self.parts = [Shards(folder, limit) for folder, _ in parts]
        weights = np.array([float(share) for _, share in parts])
        self.weights = weights / weights.sum()
        self.starts = np.cumsum([0] + [len(part) for part in self.parts])

    def __len__(self):
        return int(self.starts[-1])

    def draw(self, rng, count):
        which = rng.choice(len(self.parts), size=count, p=self.weights)
        sizes = np.diff(self.starts)[which]
        return self.starts[which] + np.minimum((rng.random(count) * sizes).astype(np.int64), sizes - 1)

    def take(self, name, rows):
        rows = np.asarray(rows)
        which, found = np.searchsorted(self.starts, rows, side="right") - 1, [None] * len(rows)
        for k, part in enumerate(self.parts):
            places = np.flatnonzero(which == k)
            if len(places):
                for place, value in zip(places, part.take(name, rows[places] - self.starts[k])):
                    found[place] = value
        return np.stack(found)


def map_arrays(path):
    """Memory-maps every tensor of a safetensors file, so a training step touches only the rows that it takes."""
    types = {"U8": np.uint8, "I32": np.int32, "I64": np.int64, "F32": np.float32, "F16": np.float16}
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            offset = 8 + size + entry["data_offsets"][0]
            arrays[name] = np.memmap(path, types[entry["dtype"]], "r", offset, tuple(entry["shape"]))
    return arrays
