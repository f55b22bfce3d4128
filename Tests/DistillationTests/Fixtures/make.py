"""Writes the fixture of the view-conditioned prior: a tiny random Zero-1-to-3 pipeline and PyTorch's clean latents.

Run:  python make.py      (torch, diffusers, transformers, safetensors; versions are in manifest.json)
Conditioning after Liu and others 2023: the picture's CLIP embedding with (change of polar angle, sine and cosine of
the change of azimuth, change of distance), projected to one token; the picture's latents beside the noisy ones.
Every weight is rounded to float16; pictures and latents are stored channels last.
"""
import hashlib, json, math, pathlib, shutil
import diffusers, torch, transformers
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file

SEED = 20240613
HERE = pathlib.Path(__file__).parent
SIDE, LATENT, CROSS, EMBEDDING = 16, 8, 8, 6
REFERENCE, RADIUS = 20.0, 2.7
CAMERAS = [(0.0, 20.0, 2.7), (70.0, -5.0, 2.7), (-130.0, 45.0, 3.1)]
torch.set_num_threads(1)
torch.manual_seed(SEED)


def randomise(model):
    for name, p in model.named_parameters():
        q = torch.randn_like(p) * (1.0 / p[0].numel() ** 0.5 if p.ndim >= 2 else 0.3)
        p.data = (q + 1 if p.ndim == 1 and "norm" in name and name.endswith("weight") else q).half().float()
    return model.eval()


unet = randomise(UNet2DConditionModel(
    sample_size=LATENT, in_channels=8, out_channels=4, block_out_channels=(8, 8), layers_per_block=1,
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    attention_head_dim=2, norm_num_groups=2, cross_attention_dim=CROSS))
vae = randomise(AutoencoderKL(
    block_out_channels=(8, 8), layers_per_block=1, down_block_types=("DownEncoderBlock2D",) * 2,
    up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=2, latent_channels=4, sample_size=SIDE))
eye = randomise(transformers.CLIPVisionModelWithProjection(transformers.CLIPVisionConfig(
    hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=SIDE, patch_size=8,
    projection_dim=EMBEDDING)))
project = randomise(torch.nn.Linear(EMBEDDING + 4, CROSS))
schedule = DDIMScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False)

colour, alpha = torch.rand(3, SIDE, SIDE), torch.rand(1, SIDE, SIDE)
noisy, t, scale = torch.randn(len(CAMERAS), 4, LATENT, LATENT), 600, 3.0
with torch.no_grad():
    picture = colour * alpha + 1 - alpha
    latents = vae.encode(picture[None] * 2 - 1).latent_dist.mode()
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)
    embedding = eye(pixel_values=((picture - mean) / deviation)[None]).image_embeds
    poses = torch.tensor([[
        math.radians((90 - elevation) - (90 - REFERENCE)), math.sin(math.radians(azimuth)),
        math.cos(math.radians(azimuth)), radius - RADIUS] for azimuth, elevation, radius in CAMERAS])
    tokens = project(torch.cat([embedding.expand(len(CAMERAS), -1), poses], 1))[:, None]
    beside = latents.expand(len(CAMERAS), -1, -1, -1)
    free = unet(torch.cat([noisy, torch.zeros_like(beside)], 1), t, encoder_hidden_states=tokens * 0).sample
    bound = unet(torch.cat([noisy, beside], 1), t, encoder_hidden_states=tokens).sample
    noise = free + scale * (bound - free)
    a = schedule.alphas_cumprod[t]
    clean = (noisy - (1 - a).sqrt() * noise) / a.sqrt()

folder = HERE / "pose"
shutil.rmtree(folder, ignore_errors=True)
unet.half().save_pretrained(folder / "unet")
vae.half().save_pretrained(folder / "vae")
eye.half().save_pretrained(folder / "image_encoder")
schedule.save_pretrained(folder / "scheduler")
(folder / "cc_projection").mkdir()
save_file({"projection.weight": project.weight.half(), "projection.bias": project.bias.half()},
          folder / "cc_projection" / "diffusion_pytorch_model.safetensors")
(folder / "cc_projection" / "config.json").write_text('{"_class_name": "CCProjection"}\n')
(folder / "model_index.json").write_text(json.dumps({
    "_class_name": "Zero1to3StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"], "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
    "cc_projection": ["pipeline_zero1to3", "CCProjection"], "scheduler": ["diffusers", "DDIMScheduler"]}, indent=1) + "\n")
last = lambda x: x.movedim(-3, -1).contiguous()
save_file(dict(reference=last(torch.cat([colour * alpha, alpha])), noisy=last(noisy), clean=last(clean),
               cameras=torch.tensor(CAMERAS)), folder / "case.safetensors")
files = sorted(p for p in folder.rglob("*") if p.is_file())
json.dump(dict(
    seed=SEED, versions=dict(torch=torch.__version__, diffusers=diffusers.__version__, transformers=transformers.__version__),
    files={str(p.relative_to(HERE)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}),
    open(HERE / "manifest.json", "w"), indent=1)
