"""Writes operations.safetensors: inputs, results and input gradients of PyTorch operations, in Lathe's layouts.

Images are stored channels-last and convolution weights as [kh, kw, in, out]. For every case `c` the file holds
`c.x`, further operands, `c.y`, and for gradients `c.g` (gradient of y) with `c.dx`, `c.dw`, `c.db` where wanted.

    python make.py        needs torch, safetensors
"""
import hashlib, json, pathlib
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
import safetensors

SEED = 11
torch.manual_seed(SEED)
torch.set_num_threads(1)
out = {}


def nhwc(t):
    return t.permute(0, 2, 3, 1).contiguous()


def packed(w):
    return w.permute(2, 3, 1, 0).contiguous()


def conv(name, b, h, w, ci, co, k, stride, pad):
    """pad = (top, left, bottom, right)"""
    x = torch.randn(b, ci, h, w, requires_grad=True)
    wt = (torch.randn(co, ci, k, k) / (ci * k * k) ** 0.5).requires_grad_()
    bias = torch.randn(co, requires_grad=True)
    t, l, bt, r = pad
    y = F.conv2d(F.pad(x, (l, r, t, bt)), wt, bias, stride=stride)
    g = torch.randn_like(y)
    y.backward(g)
    out.update({f"{name}.x": nhwc(x.detach()), f"{name}.w": packed(wt.detach()), f"{name}.b": bias.detach(),
                f"{name}.y": nhwc(y.detach()), f"{name}.g": nhwc(g), f"{name}.dx": nhwc(x.grad),
                f"{name}.dw": packed(wt.grad), f"{name}.db": bias.grad,
                f"{name}.geometry": torch.tensor([stride, *pad])})


conv("conv0", 1, 5, 7, 3, 4, 3, 1, (1, 1, 1, 1))
conv("conv1", 2, 8, 6, 4, 5, 3, 2, (0, 0, 1, 1))
conv("conv2", 2, 4, 3, 6, 2, 1, 1, (0, 0, 0, 0))
conv("conv3", 1, 8, 8, 3, 5, 4, 4, (0, 0, 0, 0))
conv("conv4", 1, 6, 5, 2, 3, 3, 2, (1, 1, 1, 1))
conv("conv5", 1, 7, 9, 3, 4, 1, 2, (0, 0, 0, 0))
conv("conv6", 1, 9, 4, 17, 19, 3, 1, (1, 1, 1, 1))


def keep(name, x, y, **operands):
    """Stores a case whose layouts need no change; the gradient for x is taken with a random g."""
    g = torch.randn_like(y)
    (dx,) = torch.autograd.grad(y, x, g, retain_graph=True)
    out.update({f"{name}.x": x.detach().contiguous(), f"{name}.y": y.detach().contiguous(), f"{name}.g": g,
                f"{name}.dx": dx.contiguous()})
    for key, value in operands.items():
        out[f"{name}.{key}"] = value.detach().contiguous()
        if value.requires_grad:
            (d,) = torch.autograd.grad(y, value, g, retain_graph=True)
            out[f"{name}.d{key}"] = d.contiguous()


x = torch.cat([torch.linspace(-9, 9, 97), torch.tensor([0.0, -0.0, 1e-4, -1e-4, 30.0, -30.0])]).requires_grad_()
for name, f in {"gelu": F.gelu, "gelu_tanh": lambda v: F.gelu(v, approximate="tanh"),
                "gelu_quick": lambda v: v * torch.sigmoid(1.702 * v), "silu": F.silu, "sigmoid": torch.sigmoid,
                "tanh": torch.tanh, "relu": F.relu, "softplus": F.softplus, "exp": torch.exp,
                "square": torch.square, "sin": torch.sin, "cos": torch.cos}.items():
    keep(name, x, f(x))
p = torch.linspace(0.01, 40, 101).requires_grad_()
keep("sqrt", p, torch.sqrt(p))
keep("log", p, torch.log(p))

x = (torch.randn(3, 5, 33) * 4).requires_grad_()
keep("softmax", x, torch.softmax(x, -1))
keep("softmax1", x, torch.softmax(x, 1))

x = (torch.randn(4, 3, 37) * 3 + 50).requires_grad_()
s, b = torch.randn(37, requires_grad=True), torch.randn(37, requires_grad=True)
keep("layernorm", x, F.layer_norm(x, (37,), s, b, 1e-5), scale=s, bias=b)

for name, silu in (("groupnorm", False), ("groupnorm_silu", True)):
    x = (torch.randn(2, 5, 7, 12) * 2 + 3).requires_grad_()
    s, b = torch.randn(12, requires_grad=True), torch.randn(12, requires_grad=True)
    y = F.group_norm(x.permute(0, 3, 1, 2).contiguous(), 4, s, b, 1e-5)
    keep(name, x, nhwc(F.silu(y) if silu else y), scale=s, bias=b)

q, k, v = (torch.randn(2, 3, n, 8, requires_grad=True) for n in (21, 13, 13))
keep("attention", q, F.scaled_dot_product_attention(q, k, v), k=k, v=v)
bias = torch.randn(1, 3, 21, 13, requires_grad=True)
keep("attention_bias", q, F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=0.5), k=k, v=v, bias=bias)

x = torch.randn(1, 5, 4, 3, requires_grad=True)
for name, size in (("bilinear_up", (11, 9)), ("bilinear_down", (3, 2)), ("bilinear_mixed", (2, 13))):
    keep(name, x, nhwc(F.interpolate(x.permute(0, 3, 1, 2), size=size, mode="bilinear", align_corners=False)))
keep("nearest", x, nhwc(F.interpolate(x.permute(0, 3, 1, 2), scale_factor=2, mode="nearest")))
x = torch.randn(2, 7, 6, 3, requires_grad=True)
keep("maxpool", x, nhwc(F.max_pool2d(x.permute(0, 3, 1, 2), 2)))
keep("avgpool", x, nhwc(F.avg_pool2d(x.permute(0, 3, 1, 2), 3, stride=2)))

x = torch.randn(1, 3, 4, 5, requires_grad=True)
w = torch.randn(5, 6, 2, 2, requires_grad=True)
b = torch.randn(6, requires_grad=True)
y = nhwc(F.conv_transpose2d(x.permute(0, 3, 1, 2), w, b, stride=2))
g = torch.randn_like(y)
dx, dw, db = torch.autograd.grad(y, (x, w, b), g)
out.update({"deconv.x": x.detach(), "deconv.w": w.detach().permute(2, 3, 0, 1).contiguous(), "deconv.b": b.detach(),
            "deconv.y": y.detach(), "deconv.g": g, "deconv.dx": dx, "deconv.dw": dw.permute(2, 3, 0, 1).contiguous(),
            "deconv.db": db})

here = pathlib.Path(__file__).parent
save_file({key: value.clone() for key, value in out.items()}, here / "operations.safetensors")
digest = hashlib.sha256((here / "operations.safetensors").read_bytes()).hexdigest()
manifest = {"files": {"operations.safetensors": digest}, "seed": SEED,
            "versions": {"torch": torch.__version__.split("+")[0], "safetensors": safetensors.__version__}}
(here / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
