"""The networks of `lathe bench` in PyTorch, at the same sizes, on random weights.

`build(name)` gives a module, its inputs and whether gradients are wanted. Modules take and return plain tensors, so that
they can be exported.
"""

import math
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "Models" / "recipes"))


class Call(nn.Module):
    """A module that calls another its own way."""

    def __init__(self, model, call):
        super().__init__()
        self.model, self.call = model, call

    def forward(self, *inputs):
        return self.call(self.model, *inputs)


def normal(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def segment_anything():
    from transformers import SamConfig, SamModel

    configuration = SamConfig()
    parts = (configuration, configuration.vision_config, configuration.prompt_encoder_config,
             configuration.mask_decoder_config)
    for part in parts:
        part.initializer_range = 0.02  # the default of the vision part gives almost denormal numbers
    return SamModel(configuration)


def sam_encoder():
    model = Call(segment_anything().vision_encoder, lambda m, x: m(x).last_hidden_state)
    return model, [normal(1, 3, 1024, 1024)], False


def sam_decoder():
    def call(model, embedding, points, labels):
        return model(image_embeddings=embedding, input_points=points, input_labels=labels).pred_masks

    point = torch.tensor([[[[512.0, 400.0]]]])
    return Call(segment_anything(), call), [normal(1, 256, 64, 64), point, torch.ones(1, 1, 1, dtype=torch.long)], False


def clip_text():
    from transformers import CLIPTextConfig, CLIPTextModel

    model = CLIPTextModel(CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, vocab_size=49408,
        max_position_embeddings=77, projection_dim=768))
    ids = torch.randint(0, 49000, (2, 77), generator=torch.Generator().manual_seed(1))
    ids[:, -1] = 49407
    return Call(model, lambda m, ids: m(input_ids=ids).last_hidden_state), [ids], False


def blip():
    from transformers import BlipConfig, BlipForConditionalGeneration

    def call(model, pixels):
        return model.generate(
            pixel_values=pixels, min_new_tokens=20, max_new_tokens=20, do_sample=False, num_beams=1)

    return Call(BlipForConditionalGeneration(BlipConfig()), call), [normal(1, 3, 384, 384)], False


def unet():
    from diffusers import UNet2DConditionModel

    model = UNet2DConditionModel(
        sample_size=64, in_channels=4, out_channels=4, layers_per_block=2, cross_attention_dim=768,
        block_out_channels=(320, 640, 1280, 1280), attention_head_dim=8,
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3)
    call = lambda m, x, t, context: m(x, t, context, return_dict=False)[0]
    return Call(model, call), [normal(2, 4, 64, 64), torch.tensor([500, 500]), normal(2, 77, 768)], False


def autoencoder():
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, layers_per_block=2, sample_size=512,
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4)


def encoded(model, picture):
    return model.encode(picture).latent_dist.mean


def vae_decode():
    call = lambda m, latents: m.decode(latents, return_dict=False)[0]
    return Call(autoencoder(), call), [normal(1, 4, 64, 64)], False


def vae_encode():
    return Call(autoencoder(), encoded), [normal(1, 3, 512, 512)], False


def vae_encode_gradient():
    return Call(autoencoder(), encoded), [normal(1, 3, 512, 512)], True


def tiny_autoencoder():
    from diffusers import AutoencoderTiny

    return AutoencoderTiny()


def tiny_vae_decode():
    return Call(tiny_autoencoder(), lambda m, z: m.decode(z).sample), [normal(1, 4, 64, 64)], False


def tiny_vae_encode_gradient():
    return Call(tiny_autoencoder(), lambda m, x: m.encode(x).latents), [normal(1, 3, 512, 512)], True


def lama():
    from common import lama as reference

    model = reference.FFCResNetGenerator(reference.BIG)
    # Fourier transforms stay float32; what comes from them takes the type of the layer that follows.
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d)):
            module.register_forward_pre_hook(lambda layer, x: (x[0].to(layer.weight.dtype),))
    return model, [normal(1, 4, 512, 512)], False


class HashGrid(nn.Module):
    """Müller et al. 2022: 16 levels of two numbers, tables of at most 2^19 entries, resolutions from 16 to 2048."""

    PRIMES = (1, 2654435761, 805459861)

    def __init__(self, levels=16, width=2, log2_size=19, coarsest=16, finest=2048):
        super().__init__()
        growth = math.exp(math.log(finest / coarsest) / (levels - 1))
        self.resolutions = [int(coarsest * growth**level + 1e-6) for level in range(levels)]
        self.sizes = [min((r + 1) ** 3, 1 << log2_size) for r in self.resolutions]
        self.tables = nn.ParameterList(nn.Parameter((torch.rand(n, width) * 2 - 1) * 1e-4) for n in self.sizes)
        self.register_buffer("corners", torch.tensor([[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)]))

    def forward(self, places):
        """Places [n, 3] in [0, 1] to [n, levels * width]."""
        features = []
        for resolution, size, table in zip(self.resolutions, self.sizes, self.tables):
            scaled = places * resolution
            cell = scaled.floor().clamp(max=resolution - 1)
            part = scaled - cell
            corner = cell.long()[:, None] + self.corners
            if size == (resolution + 1) ** 3:
                index = corner[..., 0] + (resolution + 1) * (corner[..., 1] + (resolution + 1) * corner[..., 2])
            else:
                index = (corner[..., 0] ^ corner[..., 1] * self.PRIMES[1] ^ corner[..., 2] * self.PRIMES[2]) & (size - 1)
            x, y, z = torch.stack((1 - part, part), -1).unbind(1)
            weight = (z[:, :, None, None] * y[:, None, :, None] * x[:, None, None, :]).reshape(-1, 8)
            # The fastest way found to interpolate in PyTorch: half the time of an embedding and a sum.
            features.append(functional.embedding_bag(index, table, mode="sum", per_sample_weights=weight))
        return torch.cat(features, -1)


def harmonics(d):
    """The sixteen real spherical harmonics of degree below four."""
    x, y, z = d.unbind(-1)
    xx, yy, zz = x * x, y * y, z * z
    return torch.stack([
        torch.full_like(x, 0.28209479), -0.48860251 * y, 0.48860251 * z, -0.48860251 * x, 1.09254843 * x * y,
        -1.09254843 * y * z, 0.94617469 * zz - 0.31539156, -1.09254843 * x * z, 0.54627421 * (xx - yy),
        0.59004359 * y * (-3 * xx + yy), 2.89061144 * x * y * z, 0.45704579 * y * (1 - 5 * zz),
        0.37317633 * z * (5 * zz - 3), 0.45704579 * x * (1 - 5 * zz), 1.44530572 * z * (xx - yy),
        0.59004359 * x * (-xx + 3 * yy)], -1)


class Field(nn.Module):
    """Hash grid, then one hidden layer for density and colour, as Lathe's; 64 samples a ray."""

    def __init__(self, hidden, **grid):
        super().__init__()
        self.grid = HashGrid(**grid)
        width = sum(table.shape[1] for table in self.grid.tables)
        self.network = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, 4))

    def decode(self, features, directions):
        raw = self.network(features)
        return raw[..., 0], raw[..., 1:].sigmoid()

    def forward(self, origins, directions, samples=64, near=0.5, far=2.5):
        step = (far - near) / samples
        depths = near + step * (torch.arange(samples) + torch.rand(origins.shape[0], samples))
        places = origins[:, None] + directions[:, None] * depths[..., None]
        inside = (places.abs() <= 1).all(-1)
        features = self.grid(((places + 1) / 2).clamp(0, 1).reshape(-1, 3)).view(*depths.shape, -1)
        logit, colour = self.decode(features, directions)
        density = logit.clamp(max=15).exp() * inside
        alpha = 1 - torch.exp(-density * step)
        before = torch.cat((torch.ones(len(alpha), 1), 1 - alpha[:, :-1] + 1e-10), -1).cumprod(-1)
        weight = alpha * before
        return (weight[..., None] * colour).sum(1) + 1 - weight.sum(-1, keepdim=True)


class DirectionalField(Field):
    """The networks of Müller et al. 2022: 32-64-16 for density, 31-64-64-3 for colour seen from a direction."""

    def __init__(self):
        super().__init__(hidden=64)
        layer = lambda i, o: nn.Linear(i, o, bias=False)
        self.network = nn.Sequential(layer(32, 64), nn.ReLU(), layer(64, 16))
        self.colour = nn.Sequential(layer(31, 64), nn.ReLU(), layer(64, 64), nn.ReLU(), layer(64, 3), nn.Sigmoid())

    def decode(self, features, directions):
        raw = self.network(features)
        seen = harmonics(directions)[:, None].expand(-1, raw.shape[1], -1)
        return raw[..., 0], self.colour(torch.cat((raw[..., 1:], seen), -1))


def starter_field():
    return Field(hidden=32, levels=8, log2_size=15, coarsest=8, finest=128)


def rays(side):
    """A picture's rays from a distance of 1.5 towards the middle."""
    origin = torch.tensor([0.6, 0.5, 1.28])
    forward = functional.normalize(-origin, dim=0)
    right = functional.normalize(torch.linalg.cross(forward, torch.tensor([0.0, 1.0, 0.0])), dim=0)
    up = torch.linalg.cross(right, forward)
    y, x = torch.meshgrid(torch.linspace(-0.5, 0.5, side), torch.linspace(-0.5, 0.5, side), indexing="ij")
    direction = functional.normalize(forward + x[..., None] * right - y[..., None] * up, dim=-1).reshape(-1, 3)
    return origin.expand_as(direction).contiguous(), direction


BUILDERS = {
    "sam-encoder": sam_encoder, "sam-decoder": sam_decoder, "clip-text": clip_text, "blip": blip, "unet": unet,
    "vae-decode": vae_decode, "vae-encode": vae_encode, "vae-encode-gradient": vae_encode_gradient,
    "tiny-vae-decode": tiny_vae_decode, "tiny-vae-encode-gradient": tiny_vae_encode_gradient, "lama": lama,
}
# Of each: the field, the side of the picture, whether a step of training follows.
FIELDS = {
    "field-step": (starter_field, 64, True),
    "field-step-large": (lambda: Field(hidden=64), 64, True),
    "field-step-directional": (DirectionalField, 64, True),
    "field-render": (starter_field, 256, False),
}
# What can be exported: no gradients, no loop over tokens.
GRAPHS = [name for name in BUILDERS if not name.endswith("gradient") and name not in ("blip", "sam-decoder")]


def build(name):
    torch.manual_seed(0)
    model, inputs, wants_gradient = BUILDERS[name]()
    return model.eval().requires_grad_(False), inputs, wants_gradient
