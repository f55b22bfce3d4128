"""Runs Stable Diffusion 1.5's networks at their real sizes in PyTorch, on random weights, for the comparison test.

    python Tests/Reference/stable_diffusion.py FOLDER unet     # U-Net, 64 x 64 latents, batch 2
    python Tests/Reference/stable_diffusion.py FOLDER vae      # autoencoder, 512 x 512, both ways, gradient at 256 x 256
    python Tests/Reference/stable_diffusion.py FOLDER tiny     # tiny autoencoder's encoder and its gradient, 512 x 512
    python Tests/Reference/stable_diffusion.py FOLDER clip     # text encoder, 77 tokens, batch 2
    LATHE_REFERENCE=FOLDER swift test -c release --disable-testable-imports --filter ReferenceTests

Writes FOLDER/<name> with the checkpoint (float16, fixed seed), one case worked out in float64, and the time and peak memory that
PyTorch took in float32 on LATHE_THREADS threads (2), with what its results were off by. Run one model per call, so that the peak
is that model's.
"""
import json, os, pathlib, resource, sys, time
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

folder, name = pathlib.Path(sys.argv[1]) / sys.argv[2], sys.argv[2]
torch.set_num_threads(int(os.environ.get("LATHE_THREADS", "2")))
torch.manual_seed(1)
report = {}


def lively(model):
    """Random weights that keep activations near unit size through the depth, rounded to float16."""
    for key, p in model.named_parameters():
        if p.ndim > 1:
            p.data.normal_(0, p[0].numel() ** -0.5)
        elif "norm" in key and key.endswith("weight"):
            p.data.normal_(1, 0.1)
        else:
            p.data.normal_(0, 0.05)
        p.data = p.data.half().float()
    return model.eval().requires_grad_(False)


def timed(what, function, *inputs):
    """The result in float64; notes wall and processor seconds in float32, which differ on a busy machine, and its error."""
    start, used = time.time(), time.process_time()
    single = function(*inputs)
    report[what] = dict(seconds=round(time.time() - start, 2), cpu_seconds=round(time.process_time() - used, 2))
    report["peak_megabytes"] = max(report.get("peak_megabytes", 0), peak() if not report.get("doubled") else 0)
    report["doubled"] = True
    model.double()
    double = function(*(x.double() if x.is_floating_point() else x for x in inputs))
    model.float()
    report[what]["error"] = float((single - double).norm() / double.norm())
    return double.float()


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def slope(function):
    """From an image and a derivative by `function` of it to the derivative by the image."""
    def pulled(x, seed):
        x = x.clone().requires_grad_(True)
        return torch.autograd.grad(function(x), x, seed)[0]
    return pulled


def last(t):
    return t.permute(0, 2, 3, 1).contiguous()


if name == "unet":
    model = lively(UNet2DConditionModel(
        sample_size=64, in_channels=4, out_channels=4, block_out_channels=(320, 640, 1280, 1280), layers_per_block=2,
        cross_attention_dim=768, attention_head_dim=8))
    x, c = torch.randn(2, 4, 64, 64), torch.randn(2, 77, 768)
    y = timed("predict", lambda x, c: model(x, 500, encoder_hidden_states=c).sample, x, c)
    case = dict(sample=last(x), context=c, output=last(y))
elif name == "vae":
    model = lively(AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=512,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4))
    x, z = torch.rand(1, 3, 512, 512) * 2 - 1, torch.randn(1, 4, 64, 64)
    encode = lambda x: model.encode(x).latent_dist.mean
    mean = timed("encode", encode, x)
    y = timed("decode", lambda z: model.decode(z).sample, z)
    part, seed = x[:, :, :256, :256], torch.randn(1, 4, 32, 32)
    gradient = timed("gradient", slope(encode), part, seed)
    case = dict(image=last(x), mode=last(mean), latent=last(z), decoded=last(y), part=last(part), seed=last(seed),
                gradient=last(gradient))
elif name == "tiny":
    model = lively(AutoencoderTiny())
    x, seed = torch.rand(1, 3, 512, 512) * 2 - 1, torch.randn(1, 4, 64, 64)
    encode = lambda x: model.encode(x).latents
    latents = timed("encode", encode, x)
    gradient = timed("gradient", slope(encode), x, seed)
    case = dict(image=last(x), latents=last(latents), seed=last(seed), gradient=last(gradient))
elif name == "clip":
    model = lively(CLIPTextModel(CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, projection_dim=768,
        bos_token_id=49406, eos_token_id=49407)))
    ids = torch.randint(0, 49406, (2, 77))
    ids[:, 0], ids[0, 20:], ids[1, 76] = 49406, 49407, 49407
    states = timed("encode", lambda ids: model(ids).last_hidden_state, ids)
    case = dict(ids=ids.float(), states=states)
else:
    sys.exit(f"{name}: unet, vae, tiny or clip")

del report["doubled"]
report |= dict(torch=torch.__version__, threads=torch.get_num_threads())
folder.mkdir(parents=True, exist_ok=True)
model.half().save_pretrained(folder)
save_file(case, folder / "case.safetensors")
json.dump(report, open(folder / "pytorch.json", "w"), indent=1)
print(name, report)
