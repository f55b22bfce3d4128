"""Writes the field's fixture: hash-grid encoding and network in PyTorch's plain operations, with its gradients.

Run:  python make.py      (torch, safetensors; versions are in manifest.json)
After Müller and others 2022, section 3: levels that fit are stored vertex by vertex, x fastest; the others by the
exclusive or of the coordinates times (1, 2654435761, 805459861). Computed in float64 from float32 parameters.
"""
import hashlib, json, pathlib
import torch
from safetensors.torch import save_file

SEED = 20240611
HERE = pathlib.Path(__file__).parent
LEVELS, FEATURES, TABLE, BASE, FINEST, HIDDEN = 3, 2, 1 << 9, 3, 13, 16
SCALE, BIAS = 3.0, -0.5
torch.manual_seed(SEED)


def layout():
    """(resolution, entries, first float) of each level; starts are multiples of 16 floats."""
    levels, offset = [], 0
    for k in range(LEVELS):
        resolution = int(BASE * (FINEST / BASE) ** (k / (LEVELS - 1)) + 1e-6)
        entries = min((resolution + 1) ** 3, TABLE)
        levels.append((resolution, entries, offset))
        offset = -(-(offset + entries * FEATURES) // 16) * 16
    return levels, offset


def encode(points, table, smooth):
    """Features [n, LEVELS * FEATURES] at points [n, 3] in the unit cube."""
    out = []
    for resolution, entries, offset in layout()[0]:
        x = points * resolution
        cell = x.floor().long().clamp(0, resolution - 1)
        f = (x - cell).clamp(0, 1)
        f = f * f * (3 - 2 * f) if smooth else f
        rows = table[offset : offset + entries * FEATURES].view(entries, FEATURES)
        total = 0
        for corner in range(8):
            bits = torch.tensor([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
            v = cell + bits
            weight = torch.where(bits.bool(), f, 1 - f).prod(1, keepdim=True)
            if (resolution + 1) ** 3 > TABLE:
                index = (v[:, 0] ^ v[:, 1] * 2654435761 ^ v[:, 2] * 805459861) % entries
            else:
                index = (v[:, 2] * (resolution + 1) + v[:, 1]) * (resolution + 1) + v[:, 0]
            total = total + weight * rows[index]
        out.append(total)
    return torch.cat(out, 1)


def network(features, weights):
    """Density logit and colour [n, 4]."""
    inputs = LEVELS * FEATURES
    w1, b1, w2, b2 = weights.split([HIDDEN * inputs, HIDDEN, 4 * HIDDEN, 4])
    hidden = torch.relu(features @ w1.view(HIDDEN, inputs).T + b1)
    out = hidden @ w2.view(4, HIDDEN).T + b2
    return torch.cat([out[:, :1] + BIAS, out[:, 1:].sigmoid()], 1)


points = torch.rand(96, 3)
table = torch.rand(layout()[1]) * 2 - 1
weights = torch.randn(HIDDEN * LEVELS * FEATURES + 5 * HIDDEN + 4) * 0.5
slope = torch.randn(96, 4)
tensors = dict(points=points * 2 - 1, grid=table, network=weights, slope=slope)
for name in ("linear", "smoothstep"):
    t, w = table.double().requires_grad_(), weights.double().requires_grad_()
    values = network(encode((points * 2 - 1).double() * 0.5 + 0.5, t, name == "smoothstep"), w)
    (values * slope.double()).sum().backward()
    density = SCALE * torch.nn.functional.softplus(values[:, 0])
    tensors |= {f"{name}.values": values, f"{name}.density": density, f"{name}.grid": t.grad, f"{name}.network": w.grad}
save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, HERE / "field.safetensors")
json.dump(dict(
    seed=SEED, versions=dict(torch=torch.__version__),
    files={"field.safetensors": hashlib.sha256((HERE / "field.safetensors").read_bytes()).hexdigest()}),
    open(HERE / "manifest.json", "w"), indent=1)
