"""The generator of LaMa (Suvorov et al. 2022) with the tensor names of the published checkpoints, `model.N.…`.

`FFCResNetGenerator(config)` takes the dictionary that is written as `config.json`; `BIG` is the published `big-lama`.
Only what published generators use is here: the Fourier unit over the whole map (`enable_lfu` false), batch
normalisation, reflection, no gates, a sigmoid at the end.
"""

import torch
import torch.nn as nn

BIG = {
    "model_type": "lama",
    "input_nc": 4,
    "output_nc": 3,
    "ngf": 64,
    "n_downsampling": 3,
    "n_blocks": 18,
    "max_features": 1024,
    "global_ratio": 0.75,
}


def at_least_single(x):
    """`x`, in float32 where it is of half precision."""
    return x if x.dtype == torch.float64 else x.float()


class FourierUnit(nn.Module):
    """A 1x1 convolution of the spectrum: every output sees the whole map."""

    def __init__(self, channels):
        super().__init__()
        self.conv_layer = nn.Conv2d(2 * channels, 2 * channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(2 * channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        size = x.shape[-2:]
        # The transform has no half-precision form for every size: it stays float32 under autocast.
        with torch.autocast(x.device.type, enabled=False):
            spectrum = torch.fft.rfftn(at_least_single(x), dim=(-2, -1), norm="ortho")
        # Channel c becomes channels 2c (real part) and 2c + 1 (imaginary part).
        parts = torch.view_as_real(spectrum).permute(0, 1, 4, 2, 3).flatten(1, 2)
        parts = self.relu(self.bn(self.conv_layer(parts)))
        parts = parts.unflatten(1, (-1, 2)).permute(0, 1, 3, 4, 2)
        parts = at_least_single(parts).contiguous()
        with torch.autocast(x.device.type, enabled=False):
            return torch.fft.irfftn(torch.view_as_complex(parts), s=size, dim=(-2, -1), norm="ortho")


class SpectralTransform(nn.Module):
    """Half the channels through the Fourier unit, with a way around it."""

    def __init__(self, inputs, outputs):
        super().__init__()
        half = outputs // 2
        self.conv1 = nn.Sequential(nn.Conv2d(inputs, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU(inplace=True))
        self.fu = FourierUnit(half)
        self.conv2 = nn.Conv2d(half, outputs, 1, bias=False)

    def forward(self, x):
        x = self.conv1(x)
        return self.conv2(x + self.fu(x))


class FFC(nn.Module):
    """Convolutions between a local and a global group of channels; global to global goes through the spectrum.

    A group without channels is None, and the paths from and to it do not exist.
    """

    def __init__(self, inputs, outputs, size, ratio_in, ratio_out, stride=1, padding=0):
        super().__init__()
        global_in, self.global_out = int(inputs * ratio_in), int(outputs * ratio_out)
        local_in, self.local_out = inputs - global_in, outputs - self.global_out

        def path(a, b):
            if a == 0 or b == 0:
                return None
            return nn.Conv2d(a, b, size, stride, padding, bias=False, padding_mode="reflect")

        self.convl2l = path(local_in, self.local_out)
        self.convl2g = path(local_in, self.global_out)
        self.convg2l = path(global_in, self.local_out)
        self.convg2g = SpectralTransform(global_in, self.global_out) if global_in and self.global_out else None

    def forward(self, x):
        local, spread = x

        def total(*paths):
            terms = [path(part) for path, part in paths if path is not None and part is not None]
            return sum(terms[1:], terms[0]) if terms else None

        return (
            total((self.convl2l, local), (self.convg2l, spread)),
            total((self.convl2g, local), (self.convg2g, spread)),
        )


class FFCBlock(nn.Module):
    """Fourier convolution, batch normalisation, ReLU, on both groups."""

    def __init__(self, *arguments, **options):
        super().__init__()
        self.ffc = FFC(*arguments, **options)
        self.bn_l = nn.BatchNorm2d(self.ffc.local_out) if self.ffc.local_out else None
        self.bn_g = nn.BatchNorm2d(self.ffc.global_out) if self.ffc.global_out else None

    def forward(self, x):
        local, spread = self.ffc(x)
        return (
            None if self.bn_l is None else self.bn_l(local).relu(),
            None if self.bn_g is None else self.bn_g(spread).relu(),
        )


class ResidualBlock(nn.Module):
    def __init__(self, channels, ratio):
        super().__init__()
        self.conv1 = FFCBlock(channels, channels, 3, ratio, ratio, padding=1)
        self.conv2 = FFCBlock(channels, channels, 3, ratio, ratio, padding=1)

    def forward(self, x):
        found = self.conv2(self.conv1(x))
        return tuple(None if a is None else a + b for a, b in zip(x, found))


class Split(nn.Module):
    """The picture enters as the local group alone. Has no tensors: it stands before index 1, at the padding."""

    def __init__(self):
        super().__init__()
        self.pad = nn.ReflectionPad2d(3)

    def forward(self, x):
        return self.pad(x), None


class Join(nn.Module):
    def forward(self, x):
        return torch.cat([part for part in x if part is not None], 1)


class FFCResNetGenerator(nn.Module):
    """[B, input_nc, H, W] to [B, output_nc, H, W] in (0, 1); H and W multiples of 2^n_downsampling."""

    def __init__(self, config):
        super().__init__()
        self.config = {**BIG, **config}
        base, downs = self.config["ngf"], self.config["n_downsampling"]
        ratio = self.config["global_ratio"]
        widths = [min(self.config["max_features"], base * 2**k) for k in range(downs + 1)]
        layers = [Split(), FFCBlock(self.config["input_nc"], base, 7, 0, 0)]
        for k in range(downs):
            last = k == downs - 1
            layers.append(FFCBlock(widths[k], widths[k + 1], 3, 0, ratio if last else 0, stride=2, padding=1))
        layers += [ResidualBlock(widths[-1], ratio) for _ in range(self.config["n_blocks"])]
        # The features before this index are what the published refinement optimises.
        layers.append(Join())
        for k in reversed(range(downs)):
            layers += [
                nn.ConvTranspose2d(widths[k + 1], widths[k], 3, stride=2, padding=1, output_padding=1),
                nn.BatchNorm2d(widths[k]),
                nn.ReLU(inplace=True),
            ]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(base, self.config["output_nc"], 7), nn.Sigmoid()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


def masked(picture, mask):
    """The input of the generator: picture [B, 3, H, W] in [0, 1] with holes of zero, and the mask [B, 1, H, W]."""
    return torch.cat([picture * (1 - mask), mask], 1)
