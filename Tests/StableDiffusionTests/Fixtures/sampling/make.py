"""Writes the sampling fixtures: whole runs of diffusers' schedulers, timesteps of all step counts, and pictures.

Run:  python make.py      (torch, diffusers, transformers, safetensors, numpy; versions are in manifest.json)
The tiny pipelines are those of ../pipeline and ../pipeline_inpainting. Outputs and noises are not stored: the tests
draw them anew from the generator seeds that are used here.
"""
import hashlib, json, pathlib
import diffusers, numpy, torch, transformers
from diffusers import (
    AutoencoderKL, DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler, LCMScheduler, PNDMScheduler, StableDiffusionImg2ImgPipeline,
    StableDiffusionInpaintPipeline, StableDiffusionPipeline, UniPCMultistepScheduler)
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
SHAPE = (1, 2, 2, 2)
torch.set_num_threads(1)
diffusers.utils.logging.set_verbosity_error()

SD = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
KINDS = {
    "ddim": (DDIMScheduler, dict(clip_sample=False, set_alpha_to_one=False, steps_offset=1)),
    "ddpm": (DDPMScheduler, dict(clip_sample=False)),
    "pndm": (PNDMScheduler, dict(skip_prk_steps=True, steps_offset=1)),
    "euler": (EulerDiscreteScheduler, dict(steps_offset=1)),
    "euler-a": (EulerAncestralDiscreteScheduler, dict(steps_offset=1)),
    "dpm++": (DPMSolverMultistepScheduler, dict(steps_offset=1)),
    "dpm++-karras": (DPMSolverMultistepScheduler, dict(use_karras_sigmas=True)),
    "unipc": (UniPCMultistepScheduler, dict(steps_offset=1)),
    "lcm": (LCMScheduler, dict()),
}
SPACINGS, PREDICTIONS = ("leading", "linspace", "trailing"), ("epsilon", "sample", "v_prediction")


def last(t):
    return t.permute(0, 2, 3, 1)


def normal(seed):
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def runs():
    """(kind, settings, steps, calls left out at the start)."""
    for kind, (_, own) in KINDS.items():
        for spacing in SPACINGS:
            if spacing != "leading" and kind in ("lcm",):
                continue
            for prediction in PREDICTIONS:
                if prediction == "sample" and kind in ("pndm", "euler-a"):
                    continue
                for steps in (6, 20):
                    yield kind, dict(SD, **own, timestep_spacing=spacing, prediction_type=prediction), steps, 0
    zero = dict(SD, rescale_betas_zero_snr=True, timestep_spacing="trailing", prediction_type="v_prediction")
    for kind in ("euler", "euler-a", "dpm++", "unipc", "lcm"):
        yield kind, dict(zero), 7, 0
    for kind, (_, own) in KINDS.items():
        yield kind, dict(SD, **own), 10, 4
        yield kind, dict(SD, **own), 1, 0
        yield kind, dict(SD, **own), 50, 0
    yield "pndm", dict(SD, skip_prk_steps=False), 9, 0
    yield "pndm", dict(SD, skip_prk_steps=False, set_alpha_to_one=True, prediction_type="v_prediction"), 4, 0
    yield "euler", dict(SD, use_karras_sigmas=True), 9, 0
    yield "euler", dict(SD, final_sigmas_type="sigma_min", use_karras_sigmas=True, sigma_min=0.1, sigma_max=10.0), 5, 0
    yield "dpm++", dict(SD, solver_type="heun"), 8, 0
    yield "dpm++", dict(SD, solver_order=1), 8, 0
    yield "dpm++", dict(SD, final_sigmas_type="sigma_min", lower_order_final=False), 8, 0
    yield "dpm++", dict(SD, final_sigmas_type="sigma_min", euler_at_final=True), 17, 0
    yield "dpm++", dict(beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True), 8, 0
    yield "unipc", dict(SD, use_karras_sigmas=True), 8, 0
    yield "unipc", dict(SD, solver_order=1), 8, 0
    yield "unipc", dict(SD, lower_order_final=False, final_sigmas_type="sigma_min"), 8, 0
    yield "unipc", dict(SD, disable_corrector=[0, 2]), 8, 0
    yield "lcm", dict(original_inference_steps=25, clip_sample=True, set_alpha_to_one=False), 4, 0


def recorded(number, kind, settings, steps, start):
    """One whole run from noise, fed with outputs that are noise too."""
    s = KINDS[kind][0](**settings)
    s.set_timesteps(steps)
    if hasattr(s, "set_begin_index"):
        s.set_begin_index(start)
    timesteps, seed = s.timesteps[start:], 1000 * number
    x = normal(seed) * s.init_noise_sigma if start == 0 else s.add_noise(normal(seed), normal(seed + 1), timesteps[:1])
    states = [x]
    for i, t in enumerate(timesteps):
        s.scale_model_input(x, t)
        # The output's scale is the sample's, lest the run end in noise alone.
        output = normal(seed + 2 + 2 * i)
        more = {}
        if kind in ("ddpm", "euler-a", "lcm"):
            more = dict(generator=torch.Generator().manual_seed(seed + 3 + 2 * i))
        x = s.step(output, t, x, **more).prev_sample
        states.append(x)
    # Only what was asked for: the tests check the defaults of what is left out.
    config = settings | dict(_class_name=type(s).__name__)
    first = s.__class__(**settings)
    first.set_timesteps(steps)
    if hasattr(first, "set_begin_index"):
        first.set_begin_index(start)
    scaled = first.scale_model_input(states[0], timesteps[0])
    return dict(kind=kind, steps=steps, start=start, config=config), torch.cat([last(v) for v in states]), \
        timesteps.float(), last(scaled)


def digest(values):
    """FNV-1a over the bits of float32 values, so that tables of all step counts fit into one number."""
    result = 0xcbf29ce484222325
    for word in numpy.asarray(values, dtype=numpy.float32).view(numpy.uint32).tolist():
        result = ((result ^ word) * 0x100000001b3) % 2 ** 64
    return result


def tables():
    """Timesteps of every step count, as digests, by kind and spacing."""
    result = []
    for kind in ("ddim", "euler", "dpm++"):
        for spacing in SPACINGS:
            s = KINDS[kind][0](**SD, timestep_spacing=spacing, steps_offset=1)
            values = []
            for count in range(1, 500):
                s.set_timesteps(count)
                # Trailing spacing takes one step too many where its last value misses zero by rounding.
                values += s.timesteps[:count].tolist()
            result.append(dict(kind=kind, spacing=spacing, count=len(values), digest=format(digest(values), "016x")))
    return result


PROMPT, NEGATIVE, HEIGHT, WIDTH = "a red mug", "blurry", 24, 32


def picture():
    """A picture and a mask that cuts across latents, from whole numbers, so that the tests can make them too."""
    y, x, c = numpy.meshgrid(range(HEIGHT), range(WIDTH), range(3), indexing="ij")
    image = ((7 * x + 13 * y + 50 * c + 3 * x * y) % 256).astype(numpy.uint8)
    mask = ((y[..., 0] >= 5) & (y[..., 0] < 18) & (x[..., 0] >= 9) & (x[..., 0] < 27)).astype(numpy.float32)
    image, mask = torch.from_numpy(image.astype(numpy.float32) / 255), torch.from_numpy(mask)
    return image.permute(2, 0, 1)[None], mask[None, None]


def pictures():
    """Pictures by seed, in 8 bits: text to image, image to image and inpainting, under every scheduler."""
    four = StableDiffusionPipeline.from_pretrained(HERE.parent / "pipeline", torch_dtype=torch.float32)
    parts = {k: v for k, v in four.components.items()}
    nine = StableDiffusionInpaintPipeline.from_pretrained(HERE.parent / "pipeline_inpainting", torch_dtype=torch.float32)
    tiny, unet = nine.vae, nine.unet
    made, cases = [], []
    image, mask = picture()
    common = dict(prompt=PROMPT, negative_prompt=NEGATIVE, num_inference_steps=20, guidance_scale=4.0, output_type="np")

    def note(task, kind, seed, share, pipe, **more):
        pipe.set_progress_bar_config(disable=True)
        cls, own = KINDS[kind]
        # What the folder's file says, under the scheduler that is asked for.
        pipe.scheduler = cls.from_config(parts["scheduler"].config if pipe.unet is not unet else nine_config,
                                         **({"use_karras_sigmas": True} if kind == "dpm++-karras" else {}))
        out = pipe(**common, generator=torch.Generator().manual_seed(seed), **more).images
        made.append(torch.from_numpy((out[0] * 255).round().astype(numpy.uint8)))
        cases.append(dict(task=task, kind=kind, seed=seed, strength=share))
        assert numpy.isfinite(out).all() and out.std() > 0.05, (task, kind, out.std())

    nine_config = nine.scheduler.config
    for seed, kind in enumerate(KINDS, 1):
        note("text", kind, seed, 1, StableDiffusionPipeline(**parts), height=HEIGHT, width=WIDTH)
        strength = 0.65
        pipe = StableDiffusionImg2ImgPipeline(**parts)
        note("picture", kind, seed, strength, pipe, image=image, strength=strength)
        more = dict(image=image, mask_image=mask, height=HEIGHT, width=WIDTH)
        pipe = StableDiffusionInpaintPipeline(**parts)
        strength = 1.0 if seed % 2 else 0.7
        note("inpaint4", kind, seed, strength, pipe, strength=strength, **more)
        pipe = StableDiffusionInpaintPipeline(**dict(parts, unet=unet))
        note("inpaint9", kind, seed, strength, pipe, strength=strength, **more)
    pipe = StableDiffusionInpaintPipeline(**dict(parts, unet=unet, vae=tiny))
    note("inpaint9-tiny", "euler-a", 3, 0.8, pipe, strength=0.8, **more)
    return torch.stack(made), cases


def main():
    cases, states, timesteps, inputs = [], [], [], []
    for number, run in enumerate(runs()):
        case, s, t, i = recorded(number, *run)
        assert torch.isfinite(s).all(), case
        cases.append(case), states.append(s), timesteps.append(t), inputs.append(i)
    save_file(dict(states=torch.cat(states).contiguous(), timesteps=torch.cat(timesteps),
                   inputs=torch.cat(inputs).contiguous()), HERE / "runs.safetensors")
    made, seen = pictures()
    save_file(dict(pictures=made), HERE / "pictures.safetensors")
    json.dump(dict(runs=cases, tables=tables(), pictures=seen), open(HERE / "cases.json", "w"), indent=None,
              separators=(",", ":"))
    files = sorted(p for p in HERE.iterdir() if p.name not in ("manifest.json", "make.py"))
    json.dump(dict(
        seed="each run's own: 1000 times its number",
        versions=dict(torch=torch.__version__, transformers=transformers.__version__, numpy=numpy.__version__,
                      diffusers=diffusers.__version__),
        files={p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}),
        open(HERE / "manifest.json", "w"), indent=1)


main()
