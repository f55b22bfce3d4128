"""Writes the diffusion fixtures: tiny random models as diffusers folders, their inputs and PyTorch's outputs.

Run:  python make.py      (torch, diffusers, transformers, safetensors, numpy; versions are in manifest.json)
Every weight is random, norms and biases too, and rounded to float16, so the files are small and exact.
Images and latents are stored channels last.
"""
import hashlib, json, logging, pathlib, shutil
import diffusers, numpy, torch, transformers
from diffusers import AutoencoderKL, AutoencoderTiny, DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file

SEED = 20240608
HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)
torch.manual_seed(SEED)
diffusers.utils.logging.set_verbosity_error()


def randomise(model):
    """Gives every parameter a float16-exact random value, kept lively: no zero bias, no unit scale."""
    for name, p in model.named_parameters():
        if p.ndim >= 2:
            q = torch.randn_like(p) * (1.0 / p[0].numel() ** 0.5)
        elif "norm" in name and name.endswith("weight"):
            q = 1 + 0.3 * torch.randn_like(p)
        else:
            q = 0.3 * torch.randn_like(p)
        p.data = q.half().float()
    return model.eval()


def last(t):
    return t.permute(0, 2, 3, 1)


def write(folder, **tensors):
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, folder / "case.safetensors")


def save(model, folder):
    shutil.rmtree(folder, ignore_errors=True)
    model.half().save_pretrained(folder)
    model.float()


def unet(name, height, width, tokens, cross, labels=None, times=(981, 7), **options):
    model = randomise(UNet2DConditionModel(cross_attention_dim=cross, **options))
    x = torch.randn(2, model.config.in_channels, height, width)
    c = torch.randn(2, tokens, cross)
    with torch.no_grad():
        y = model(x, torch.tensor(times), encoder_hidden_states=c, class_labels=labels).sample
    save(model, HERE / name)
    extra = {} if labels is None else dict(labels=labels)
    write(HERE / name, sample=last(x), times=torch.tensor(times), context=c, output=last(y), **extra)


def unets():
    cross_down, cross_up = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D"
    # As Stable Diffusion 1: convolutions as projections, one number for "attention_head_dim" (a head count).
    unet("unet_sd1", 10, 14, 7, 12, in_channels=4, out_channels=4, block_out_channels=(8, 8, 16),
         layers_per_block=2, down_block_types=(cross_down, cross_down, "DownBlock2D"),
         up_block_types=("UpBlock2D", cross_up, cross_up), attention_head_dim=2, norm_num_groups=4)
    # As Stable Diffusion 2 with inpainting channels: linear projections, heads per level, two blocks deep.
    unet("unet_sd2", 12, 20, 5, 10, in_channels=9, out_channels=4, block_out_channels=(8, 16), layers_per_block=1,
         down_block_types=(cross_down, "DownBlock2D"), up_block_types=("UpBlock2D", cross_up),
         attention_head_dim=(1, 2), use_linear_projection=True, transformer_layers_per_block=2, norm_num_groups=4,
         num_class_embeds=5, labels=torch.tensor([3, 1]), upcast_attention=True)
    # As the multi-view prior: 1x1 in and out, attention everywhere, a projected vector as class.
    unet("unet_prior", 8, 8, 9, 12, in_channels=14, out_channels=6, block_out_channels=(8, 12), layers_per_block=1,
         down_block_types=(cross_down, cross_down), up_block_types=(cross_up, cross_up), attention_head_dim=(2, 3),
         norm_num_groups=4, conv_in_kernel=1, conv_out_kernel=1, class_embed_type="projection",
         projection_class_embeddings_input_dim=4, labels=torch.randn(2, 4))
    # Less usual settings together, on an odd size.
    unet("unet_odd", 9, 7, 3, 6, in_channels=3, out_channels=5, block_out_channels=(8, 12), layers_per_block=(1, 2),
         down_block_types=("DownBlock2D", cross_down), up_block_types=(cross_up, "UpBlock2D"), attention_head_dim=2,
         norm_num_groups=2, norm_eps=1e-4, class_embed_type="timestep", labels=torch.tensor([10, 400]),
         flip_sin_to_cos=False, freq_shift=1, center_input_sample=True, mid_block_scale_factor=1.5,
         time_embedding_dim=20, resnet_time_scale_shift="scale_shift", downsample_padding=0, times=(0, 500))
    unet("unet_no_mid_attention", 8, 8, 3, 6, in_channels=4, out_channels=4, block_out_channels=(8, 8),
         layers_per_block=1, down_block_types=(cross_down, "DownBlock2D"), up_block_types=("UpBlock2D", cross_up),
         mid_block_type="UNetMidBlock2D", attention_head_dim=2, norm_num_groups=2)


OLD_NAMES = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def gradient(function, x, weights):
    x = x.clone().requires_grad_(True)
    (function(x) * weights).sum().backward()
    return x.grad


def vae(name, height, width, old_names=False, **options):
    model = randomise(AutoencoderKL(**options))
    factor = 2 ** (len(model.config.block_out_channels) - 1)
    x = torch.rand(2, 3, height, width) * 2 - 1
    z = torch.randn(2, model.config.latent_channels, height // factor, width // factor)
    with torch.no_grad():
        posterior = model.encode(x).latent_dist
        noise = torch.randn_like(posterior.mean)
        sample = posterior.mean + posterior.std * noise
        decoded = model.decode(z).sample
    w = torch.randn_like(posterior.mean)
    save(model, HERE / name)
    if old_names:
        file = HERE / name / "diffusion_pytorch_model.safetensors"
        weights = {}
        for key, value in load_file(file).items():
            for new, old in OLD_NAMES.items():
                if ".attentions." in key:
                    key = key.replace("." + new + ".", "." + old + ".")
            weights[key] = value
        save_file(weights, file, metadata={"format": "pt"})
    write(HERE / name, image=last(x), mode=last(posterior.mean), log_variance=last(posterior.logvar),
          noise=last(noise), sample=last(sample), latent=last(z), decoded=last(decoded), weights=last(w),
          gradient=last(gradient(lambda i: model.encode(i).latent_dist.mean, x, w)))


def tiny(name, height, width, **options):
    model = randomise(AutoencoderTiny(**options))
    x = torch.rand(2, 3, height, width) * 2 - 1
    with torch.no_grad():
        latents = model.encode(x).latents
        z = 2 * torch.randn_like(latents)
        decoded = model.decode(z).sample
    w = torch.randn_like(latents)
    save(model, HERE / name)
    write(HERE / name, image=last(x), latents=last(latents), latent=last(z), decoded=last(decoded), weights=last(w),
          scaled=last(model.scale_latents(z)), gradient=last(gradient(lambda i: model.encode(i).latents, x, w)))


def autoencoders():
    blocks = dict(down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3)
    vae("vae", 24, 40, block_out_channels=(8, 8, 12), norm_num_groups=4, layers_per_block=1, old_names=True, **blocks)
    vae("vae_plain", 20, 12, block_out_channels=(4, 8, 8), norm_num_groups=2, layers_per_block=2, latent_channels=3,
        scaling_factor=1.5, shift_factor=0.1, use_quant_conv=False, use_post_quant_conv=False, **blocks)
    vae("vae_no_attention", 8, 12, block_out_channels=(4, 8), norm_num_groups=2, layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        mid_block_add_attention=False)
    tiny("tiny", 24, 40, encoder_block_out_channels=(8, 8, 8), decoder_block_out_channels=(8, 8, 8),
         num_encoder_blocks=(1, 2, 1), num_decoder_blocks=(2, 1, 1))


def schedules():
    """Tables of every noise schedule, and full runs of each sampler under many settings."""
    tables, cases = {}, []
    for schedule in ("linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid"):
        for zero in (False, True):
            s = DDPMScheduler(beta_schedule=schedule, beta_start=0.00085, beta_end=0.012, rescale_betas_zero_snr=zero)
            tables[f"{schedule}_{'zero' if zero else 'plain'}"] = s.alphas_cumprod
    sd = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
    cosine = dict(beta_schedule="squaredcos_cap_v2")
    runs = [
        ("ddim", DDIMScheduler, 5, 0.0, dict(sd, clip_sample=False, set_alpha_to_one=False, steps_offset=1)),
        ("ddim", DDIMScheduler, 7, 0.6, dict(sd, clip_sample=False, prediction_type="v_prediction")),
        ("ddim", DDIMScheduler, 4, 1.0, dict(cosine, prediction_type="sample", clip_sample=True)),
        ("ddim", DDIMScheduler, 6, 0.0, dict(clip_sample=True, clip_sample_range=0.7, timestep_spacing="linspace")),
        ("ddim", DDIMScheduler, 9, 0.3, dict(sd, timestep_spacing="trailing", rescale_betas_zero_snr=True,
                                             prediction_type="v_prediction", clip_sample=False)),
        ("ddim", DDIMScheduler, 3, 0.0, dict(trained_betas=[0.01, 0.05, 0.1, 0.2, 0.3, 0.25, 0.5],
                                             num_train_timesteps=7, clip_sample=False)),
        ("ddpm", DDPMScheduler, 5, 0.0, dict(sd, clip_sample=False)),
        ("ddpm", DDPMScheduler, 6, 0.0, dict(cosine, prediction_type="sample")),
        ("ddpm", DDPMScheduler, 4, 0.0, dict(sd, prediction_type="v_prediction", variance_type="fixed_large",
                                             timestep_spacing="trailing", clip_sample=False)),
        ("ddpm", DDPMScheduler, 8, 0.0, dict(beta_schedule="sigmoid", variance_type="fixed_small_log",
                                             timestep_spacing="linspace", clip_sample_range=1.5)),
        ("ddpm", DDPMScheduler, 7, 0.0, dict(sd, steps_offset=1, timestep_spacing="leading")),
    ]
    tensors = dict(tables)
    for index, (kind, cls, steps, eta, options) in enumerate(runs):
        s = cls(**options)
        s.set_timesteps(steps)
        x = torch.randn(1, 2, 3, 2)
        noises, outputs, states, clean = [], [], [x], []
        for t in s.timesteps:
            output, noise = torch.randn_like(x), torch.randn(x.shape, generator=torch.Generator().manual_seed(int(t)))
            more = dict(eta=eta) if kind == "ddim" else {}
            r = s.step(output, t, x, generator=torch.Generator().manual_seed(int(t)), **more)
            x = r.prev_sample
            noises.append(noise), outputs.append(output), states.append(x), clean.append(r.pred_original_sample)
        key = f"run{index}_"
        for name, values in dict(noises=noises, outputs=outputs, states=states, clean=clean).items():
            tensors[key + name] = torch.stack([last(v) for v in values])
        tensors[key + "timesteps"] = s.timesteps
        a, n = torch.randn(2, 2, 3, 2), torch.randn(2, 2, 3, 2)
        t = s.timesteps[[0, -1]]
        if kind == "ddpm":
            tensors[key + "velocity"] = last(s.get_velocity(a, n, t))
        tensors |= {key + "a": last(a), key + "n": last(n), key + "noised": last(s.add_noise(a, n, t))}
        config = dict(s.config)
        config = {k: v for k, v in config.items() if not k.startswith("_")}
        config["_class_name"] = cls.__name__
        cases.append(dict(kind=kind, steps=steps, eta=eta, config=config))
    folder = HERE / "schedules"
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, **tensors)
    json.dump(cases, open(folder / "cases.json", "w"), indent=1)
    for index, case in enumerate(cases):
        json.dump(case["config"], open(folder / f"run{index}.json", "w"), indent=1)


def tokenizer(folder):
    """The CLIP tokenizer over bytes with a handful of merges: every prompt has a spelling."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(b) for b in plain] + [chr(256 + i) for i in range(256 - len(plain))]
    merges = ["r e", "re d</w>", "m u", "mu g</w>"]
    words = letters + [c + "</w>" for c in letters] + [m.replace(" ", "") for m in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    json.dump({w: i for i, w in enumerate(words)}, open(folder / "vocab.json", "w"), ensure_ascii=False)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    return len(words)


def pipeline(name, prediction, tiny_autoencoder, channels):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    count = tokenizer(folder / "tokenizer")
    tok = transformers.CLIPTokenizer.from_pretrained(folder / "tokenizer", model_max_length=12)
    text = randomise(transformers.CLIPTextModel(transformers.CLIPTextConfig(
        vocab_size=count, hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=12, bos_token_id=count - 2, eos_token_id=count - 1)))
    net = randomise(UNet2DConditionModel(
        in_channels=channels, out_channels=4, block_out_channels=(8, 8), layers_per_block=1, cross_attention_dim=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=2, norm_num_groups=2, sample_size=8))
    if tiny_autoencoder:
        auto = randomise(AutoencoderTiny(
            encoder_block_out_channels=(4, 4, 4), decoder_block_out_channels=(4, 4, 4), num_encoder_blocks=(1, 1, 1),
            num_decoder_blocks=(1, 1, 1)))
    else:
        auto = randomise(AutoencoderKL(
            block_out_channels=(4, 4, 8), norm_num_groups=2, layers_per_block=1,
            down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3))
    scheduler = DDIMScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False,
                              set_alpha_to_one=False, steps_offset=1, prediction_type=prediction)
    pipe = diffusers.StableDiffusionPipeline(
        vae=auto, text_encoder=text, tokenizer=tok, unet=net, scheduler=scheduler, safety_checker=None,
        feature_extractor=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    prompt, negative, steps, scale = "a red mug", "blurry", 4, 5.0
    latents = torch.randn(1, 4, 8, 10)
    if channels == 4:
        states = []
        def note(p, i, t, kwargs):
            states.append(kwargs["latents"].clone())
            return kwargs
        out = pipe(prompt, height=32, width=40, num_inference_steps=steps, guidance_scale=scale,
                   negative_prompt=negative, latents=latents, output_type="pt", callback_on_step_end=note).images
        states = torch.stack([last(s) for s in states])
    else:
        # Nothing kept: the mask is one everywhere, and the masked image is grey, zero in [-1, 1].
        with torch.no_grad():
            masked = auto.encode(torch.zeros(1, 3, 32, 40)).latents * auto.config.scaling_factor
            c, u = pipe.encode_prompt(prompt, "cpu", 1, True, negative)
            scheduler.set_timesteps(steps)
            x, states = latents, []
            for t in scheduler.timesteps:
                inputs = torch.cat([x, torch.ones(1, 1, 8, 10), masked], 1)
                e = net(inputs.repeat(2, 1, 1, 1), t, encoder_hidden_states=torch.cat([u, c])).sample
                e = e[:1] + scale * (e[1:] - e[:1])
                x = scheduler.step(e, t, x).prev_sample
                states.append(last(x))
            states = torch.stack(states)
            out = (auto.decode(x / auto.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)
    ids = tok(prompt, padding="max_length", max_length=12, truncation=True, return_tensors="pt").input_ids
    pipe.to(torch.float16).save_pretrained(folder)
    write(folder, latents=last(latents), states=states, image=last(out), ids=ids)


def prior(name, first_guess=False):
    """A joint multi-view prior: denoises three views of 6 pixels under a picture of 8."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    views, grid, patch, picture_patch, width = 3, 2, 3, 4, 8
    net = randomise(UNet2DConditionModel(
        in_channels=(1 + first_guess) * views * 4 * patch ** 2 + 4 * picture_patch ** 2, out_channels=views * 4 * patch ** 2,
        block_out_channels=(8, 8), layers_per_block=1, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=(1, 2), norm_num_groups=2,
        cross_attention_dim=width, conv_in_kernel=1, conv_out_kernel=1, class_embed_type="projection",
        projection_class_embeddings_input_dim=2))
    eye = randomise(transformers.CLIPVisionModel(transformers.CLIPVisionConfig(
        hidden_size=width, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=8,
        patch_size=4, num_channels=4)))
    schedule = DDIMScheduler(beta_schedule="squaredcos_cap_v2", prediction_type="sample", clip_sample=True,
                             timestep_spacing="trailing")
    null, weight, bias = torch.randn(1, 5, width), torch.randn(1, width), torch.randn(1)
    own = torch.Generator().manual_seed(SEED)
    window = dict(weight=0.3 * torch.randn(3, width, generator=own), bias=torch.randn(3, generator=own))
    picture = torch.rand(1, 4, 8, 8)
    head = randomise(torch.nn.Linear(width, views * 4 * patch ** 2)) if first_guess else None
    clean, noise, t, elevation, scale = torch.rand(1, views, 4, 6, 6) * 2 - 1, torch.randn(1, views, 4, 6, 6), 700, 12.0, 1.7
    def seen_window(tokens):
        return (tokens[:, 0] @ window["weight"].T + window["bias"]).reshape(3)
    def stack(v):
        return torch.nn.functional.pixel_unshuffle(v.flatten(0, 1), patch).reshape(1, -1, grid, grid)
    with torch.no_grad():
        tokens = eye(pixel_values=picture * 2 - 1).last_hidden_state
        mirrored = eye(pixel_values=picture.flip(3) * 2 - 1).last_hidden_state
        channels = torch.nn.functional.pixel_unshuffle(picture * 2 - 1, picture_patch)
        extra = {}
        if first_guess:
            # A token of the picture is a patch of each view here: both are 2x2 grids.
            patches = head(tokens[:, 1:]).transpose(1, 2).reshape(views, 4 * patch ** 2, grid, grid)
            guess = torch.nn.functional.pixel_shuffle(patches, patch).clamp(-1, 1)
            channels = torch.cat([stack(guess[None]), channels], 1)
            extra = dict(first_guess=guess.permute(0, 2, 3, 1))
        z = schedule.add_noise(stack(clean), stack(noise), torch.tensor([t]))
        pose = torch.tensor([[elevation / 30, 1.0]])
        def run(tokens, channels):
            return net(torch.cat([z, channels], 1), t, encoder_hidden_states=tokens, class_labels=pose).sample
        u, c = run(null, torch.zeros_like(channels)), run(tokens, channels)
        def unstack(x):
            v = torch.nn.functional.pixel_shuffle(x.clamp(-1, 1).reshape(views, 4 * patch ** 2, grid, grid), patch)
            return v.permute(0, 2, 3, 1)
    net.half().save_pretrained(folder / "unet")
    eye.half().save_pretrained(folder / "image_encoder")
    schedule.save_pretrained(folder / "scheduler")
    save_file(dict(null_tokens=null), folder / "null_tokens.safetensors")
    save_file(dict(weight=weight, bias=bias), folder / "elevation.safetensors")
    save_file(window, folder / "window.safetensors")
    json.dump(dict(_class_name="JointViewPrior", unet=["diffusers", "UNet2DConditionModel"],
                   image_encoder=["transformers", "CLIPVisionModel"], scheduler=["diffusers", "DDIMScheduler"]),
              open(folder / "model_index.json", "w"))
    json.dump(dict(kind="joint-views", views=views, view_size=6, view_patch=patch, grid=grid, channels=4,
                   azimuths=[0, 120, 240], elevations=[5, 30, 5], camera=dict(fov_y=45, radius=2.7), picture_size=8,
                   picture_patch=picture_patch, picture_object_side=6, guidance=1.5, **({"first_guess": True} if first_guess else {})),
              open(folder / "prior.json", "w"))
    if first_guess:
        save_file(dict(head.state_dict()), folder / "first_guess.safetensors")
    noisy = schedule.add_noise(clean, noise, torch.tensor([t]))[0].permute(0, 2, 3, 1)
    write(folder, picture=picture[0].permute(1, 2, 0), noisy=noisy, conditioned=unstack(c),
          guided=unstack(u + scale * (c - u)), elevation=30 * (tokens[:, 0] @ weight.T + bias).reshape(1),
          window=(seen_window(tokens) + seen_window(mirrored) * torch.tensor([-1, 1, 1])) / 2, **extra)


def manifest():
    files = sorted(p for p in HERE.rglob("*") if p.is_file() and p.name not in ("manifest.json", "make.py"))
    json.dump(dict(
        seed=SEED,
        versions=dict(torch=torch.__version__, transformers=transformers.__version__, numpy=numpy.__version__,
                      diffusers=diffusers.__version__),
        files={str(p.relative_to(HERE)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}),
        open(HERE / "manifest.json", "w"), indent=1)


unets()
autoencoders()
schedules()
pipeline("pipeline", "epsilon", False, 4)
pipeline("pipeline_inpainting", "v_prediction", True, 9)
prior("prior")
prior("prior_first_guess", first_guess=True)
manifest()
