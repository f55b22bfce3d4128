"""Runs Stable Diffusion 1.5's networks at their real sizes in PyTorch, on random weights, for the comparison test.

    python Tests/Reference/stable_diffusion.py FOLDER unet     # U-Net, 64 x 64 latents, batch 2
    python Tests/Reference/stable_diffusion.py FOLDER vae      # autoencoder, 512 x 512, both ways
    LATHE_REFERENCE=FOLDER swift test -c release --disable-testable-imports --filter ReferenceTests

Writes FOLDER/<name> with the checkpoint (float16, fixed seed), one case and the time and peak memory that PyTorch
took on LATHE_THREADS threads (2). Run one model per call, so that the peak is that model's.
"""
import json, os, pathlib, resource, sys, time
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file

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


def timed(what, function):
    """The result; notes wall and processor seconds, which differ on a busy machine."""
    start, used = time.time(), time.process_time()
    result = function()
    report[what] = dict(seconds=round(time.time() - start, 2), cpu_seconds=round(time.process_time() - used, 2))
    return result


def last(t):
    return t.permute(0, 2, 3, 1).contiguous()


if name == "unet":
    model = lively(UNet2DConditionModel(
        sample_size=64, in_channels=4, out_channels=4, block_out_channels=(320, 640, 1280, 1280), layers_per_block=2,
        cross_attention_dim=768, attention_head_dim=8))
    x, c = torch.randn(2, 4, 64, 64), torch.randn(2, 77, 768)
    y = timed("predict", lambda: model(x, 500, encoder_hidden_states=c).sample)
    case = dict(sample=last(x), context=c, output=last(y))
elif name == "vae":
    model = lively(AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=512,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4))
    x, z = torch.rand(1, 3, 512, 512) * 2 - 1, torch.randn(1, 4, 64, 64)
    mean = timed("encode", lambda: model.encode(x).latent_dist.mean)
    y = timed("decode", lambda: model.decode(z).sample)
    case = dict(image=last(x), mode=last(mean), latent=z.permute(0, 2, 3, 1).contiguous(), decoded=last(y))
else:
    sys.exit(f"{name}: unet or vae")

report |= dict(peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, torch=torch.__version__,
               threads=torch.get_num_threads())
folder.mkdir(parents=True, exist_ok=True)
model.half().save_pretrained(folder)
save_file(case, folder / "case.safetensors")
json.dump(report, open(folder / "pytorch.json", "w"), indent=1)
print(name, report)
