"""Writes small files as PyTorch and its training programs write them, and their tensors as safetensors.

Run:  python make.py      (torch, safetensors, numpy; versions are in manifest.json)
"""
import argparse, collections, hashlib, io, json, pathlib, sys, types, zipfile
import numpy, safetensors, torch
from safetensors.torch import save_file

SEED = 20240719
HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)
torch.manual_seed(SEED)


def stand_in(module, name, base=object):
    """A class that pickles under the name of a package which need not be installed."""
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:end]), types.ModuleType(".".join(parts[:end])))
    made = type(name, (base,), {"__module__": module})
    setattr(sys.modules[module], name, made)
    return made


def views():
    """Tensors of every stored type, and views of one storage that are not in row order."""
    base = torch.randn(4, 6)
    kinds = dict(float=torch.float32, half=torch.float16, brain=torch.bfloat16, double=torch.float64,
                 short=torch.int16, char=torch.int8)
    tensors = collections.OrderedDict((k, (torch.randn(2, 3) * 9).to(t)) for k, t in kinds.items())
    tensors["byte"] = torch.tensor([0, 7, 255], dtype=torch.uint8)
    tensors["flag"] = torch.tensor([True, False])
    tensors["long"] = torch.tensor([2**40, -3])
    tensors["int"] = torch.tensor([[-70000], [3]], dtype=torch.int32)
    tensors["view.rows"] = base[1:3]
    tensors["view.columns"] = base[:, 2:5]
    tensors["view.transposed"] = base.t()
    tensors["view.turned"] = base.reshape(2, 2, 6).permute(2, 0, 1)
    tensors["view.steps"] = base[::2, 1::3]
    tensors["view.repeated"] = base[0, :2].expand(3, 2)
    tensors["scalar"] = torch.tensor(2.5)
    tensors["none"] = torch.zeros(0, 4)
    tensors["parameter"] = torch.nn.Parameter(torch.randn(3))
    return tensors


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 3, 1)
        self.norm = torch.nn.BatchNorm2d(3)
        self.sizes = [1, 2]

    def forward(self, x):
        return self.norm(self.conv(x))


class Generator(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = torch.nn.Sequential(Block(), torch.nn.ReLU(), torch.nn.Linear(2, 2))
        self.scale = 0.5

    def forward(self, x):
        return self.model(x) * self.scale


def training(tensors):
    """As Lightning saves: callbacks by class, an optimiser with tensors of its own, settings of several packages."""
    callback = stand_in("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint")
    settings = stand_in("omegaconf.dictconfig", "DictConfig")
    attributes = stand_in("pytorch_lightning.utilities.parsing", "AttributeDict", dict)
    config = settings()
    config.__dict__ = {"_metadata": {"ref_type": dict, "path": pathlib.PosixPath("a")}, "_content": {"width": 3}}
    values = attributes(rate=0.1, sizes=(1, 2), config=config, flags={1, 2})
    return {
        "epoch": 3, "global_step": 2**35, "pytorch-lightning_version": "1.4.2",
        "state_dict": collections.OrderedDict(("module." + k, v) for k, v in tensors.items()),
        "callbacks": {callback: {"best": numpy.float64(0.25), "score": torch.tensor(1.0), "history": numpy.ones(2)}},
        "optimizer_states": [{"state": {0: {"average": torch.zeros(2, 3)}}, "param_groups": [{"lr": 1e-4}]}],
        "hyper_parameters": values, "arguments": argparse.Namespace(seed=1, device=torch.device("cpu")),
    }


def script(module, path):
    """A TorchScript archive without the debug entries, which name files of the machine that wrote it."""
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(module), buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                kept = zipfile.ZipInfo(entry.filename)
                kept.compress_type = entry.compress_type
                target.writestr(kept, source.read(entry))


def main():
    tensors = views()
    torch.save(tensors, HERE / "views.pth")
    torch.save(tensors, HERE / "views_protocol5.pth", pickle_protocol=5)
    torch.save({"model": dict(tensors)}, HERE / "views_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"wide": torch.tensor([0, 1, 65535], dtype=torch.uint16), "eighth": torch.ones(2).to(torch.float8_e4m3fn)},
               HERE / "typed.pth")
    weights = {k: torch.randn(2, 3).half() for k in ("a.weight", "b.weight")}
    torch.save(training(weights), HERE / "training.ckpt")
    generator = Generator().half()
    for buffer in generator.buffers():
        buffer.data = (buffer + 1) if buffer.dtype == torch.int64 else torch.rand_like(buffer)
    script(generator, HERE / "script.pt")
    torch.serialization.set_crc32_options(False)
    torch.save(weights, HERE / "unchecked.pth")
    torch.serialization.set_crc32_options(True)

    def floats(tensors):
        return {k: v.detach().float().contiguous() for k, v in tensors.items()}

    save_file({**floats({"views/" + k: v for k, v in tensors.items()}),
               **floats({"training/" + k: v for k, v in weights.items()}),
               **floats({"script/" + k: v for k, v in generator.state_dict().items()})}, HERE / "expected.safetensors")
    names = sorted(p.name for p in HERE.iterdir() if p.suffix in (".pth", ".ckpt", ".pt", ".safetensors"))
    manifest = dict(
        seed=SEED, versions={m.__name__: m.__version__ for m in (torch, numpy, safetensors)},
        files={n: hashlib.sha256((HERE / n).read_bytes()).hexdigest() for n in names})
    json.dump(manifest, open(HERE / "manifest.json", "w"), indent=1)


if __name__ == "__main__":
    main()
