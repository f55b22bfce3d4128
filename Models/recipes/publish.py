"""Puts exported model folders under Models/starter: weights above 18 MiB in shards, SHA-256 of every file.

    python publish.py ../starter prior=checkpoints/prior-export segmenter=checkpoints/segmenter-export …
"""

import hashlib
import json
import pathlib
import shutil
import sys

from safetensors.torch import load_file, save_file

LIMIT = 18 * 1024 * 1024


def shard(path):
    """Splits one safetensors file into `name-00001-of-0000n` and an index, as transformers and diffusers write them."""
    state = load_file(path)
    parts, size = [{}], 0
    total = sum(v.numel() * v.element_size() for v in state.values())
    target = min(LIMIT, total // -(-total // LIMIT) + 1024 * 1024)
    for name, value in state.items():
        bytes_ = value.numel() * value.element_size()
        if size + bytes_ > target:
            parts.append({})
            size = 0
        parts[-1][name] = value
        size += bytes_
    places = {}
    for k, part in enumerate(parts):
        file = f"{path.stem}-{k + 1:05}-of-{len(parts):05}.safetensors"
        save_file(part, path.with_name(file), {"format": "pt"})
        places |= {name: file for name in part}
    index = {"metadata": {"total_size": total}, "weight_map": places}
    path.with_name(path.name + ".index.json").write_text(json.dumps(index, indent=1) + "\n")
    path.unlink()


def main():
    starter = pathlib.Path(sys.argv[1])
    for pair in sys.argv[2:]:
        name, source = pair.split("=", 1)
        target = starter / name
        card = (target / "model-card.md").read_text() if (target / "model-card.md").exists() else None
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("fixture*"))
        if card:
            (target / "model-card.md").write_text(card)
        for path in list(target.rglob("*.safetensors")):
            if path.stat().st_size > LIMIT:
                shard(path)
    files = sorted(p for p in starter.rglob("*") if p.is_file() and p.name != "manifest.json")
    for path in files:
        path.chmod(0o644)
    entries = {
        str(p.relative_to(starter)): {"bytes": p.stat().st_size, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()}
        for p in files
    }
    (starter / "manifest.json").write_text(json.dumps({"files": entries}, indent=1) + "\n")
    print(sum(e["bytes"] for e in entries.values()), "bytes in", len(entries), "files")


if __name__ == "__main__":
    main()
