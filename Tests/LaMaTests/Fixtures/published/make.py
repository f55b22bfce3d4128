#!/usr/bin/env python3
"""Makes one tiny LaMa generator in the layouts in which `big-lama` is published.

    python make.py        needs torch, safetensors

Writes generator.safetensors (the generator alone), big-lama/{config.yaml,models/best.ckpt} (a checkpoint of Lightning:
weights, discriminator, optimiser, callbacks under their classes), script.pt (TorchScript of the predicting module) and
manifest.json.
"""
import hashlib
import io
import json
import pathlib
import sys
import types
import zipfile

import safetensors
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[3] / "Models" / "recipes"))
from common import lama  # noqa: E402

SEED = 6205
CONFIG = {"ngf": 2, "n_downsampling": 1, "n_blocks": 1, "global_ratio": 0.5}


class Predicting(torch.nn.Module):
    """The module that the publishers trace: the generator under `model.generator`, and the blending of its result."""

    def __init__(self, generator):
        super().__init__()
        self.model = torch.nn.Module()
        self.model.generator = generator

    def forward(self, image, mask):
        made = self.model.generator(torch.cat([image * (1 - mask), mask], dim=1))
        return mask * made + (1 - mask) * image


def callback_class():
    """A class that is pickled by the name of Lightning's, which need not be installed."""
    name = "pytorch_lightning.callbacks.model_checkpoint"
    for depth in range(1, name.count(".") + 2):
        part = ".".join(name.split(".")[:depth])
        sys.modules.setdefault(part, types.ModuleType(part))
    made = type("ModelCheckpoint", (), {"__module__": name})
    sys.modules[name].ModelCheckpoint = made
    return made


def main():
    generator = torch.Generator().manual_seed(SEED)
    model = lama.FFCResNetGenerator(CONFIG)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                value.fill_(7)
            elif name.endswith("running_var"):
                value.copy_((0.5 + torch.rand(value.shape, generator=generator)).half())
            else:
                value.copy_((0.5 * torch.randn(value.shape, generator=generator)).half())
    model.eval()
    weights = {k: v.clone() for k, v in model.state_dict().items()}
    save_file({k: v.half() if v.is_floating_point() else v for k, v in weights.items()}, HERE / "generator.safetensors")

    (HERE / "big-lama" / "models").mkdir(parents=True, exist_ok=True)
    (HERE / "big-lama" / "config.yaml").write_text("generator:\n  kind: ffc_resnet\n  ngf: 2\n")
    state = {f"generator.{k}": v for k, v in weights.items()}
    state["discriminator.model0.0.weight"] = torch.ones(2)
    state["loss_resnet_pl.impl.conv1.weight"] = torch.ones(2)
    checkpoint = {
        "epoch": 39, "global_step": 5, "pytorch-lightning_version": "1.2.9", "state_dict": state,
        "callbacks": {callback_class(): {"best_model_score": torch.tensor(0.5), "best_model_path": "last.ckpt"}},
        "optimizer_states": [{"state": {0: {"step": 5, "exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 0.001}]}],
        "lr_schedulers": [],
    }
    torch.save(checkpoint, HERE / "big-lama" / "models" / "best.ckpt")

    shown = torch.rand(1, 3, 16, 16), torch.ones(1, 1, 16, 16)
    traced = torch.jit.trace(Predicting(model), shown, check_trace=False)
    whole = io.BytesIO()
    torch.jit.save(traced, whole)
    # Where each line of code came from is a third of so small a file, and says nothing here.
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(HERE / "script.pt", "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                target.writestr(entry, source.read(entry), entry.compress_type)

    files = ["generator.safetensors", "big-lama/config.yaml", "big-lama/models/best.ckpt", "script.pt"]
    manifest = {
        "seed": SEED, "torch": torch.__version__, "safetensors": safetensors.__version__,
        "sha256": {f: hashlib.sha256((HERE / f).read_bytes()).hexdigest() for f in files},
    }
    (HERE / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
