"""Noise schedule (squared cosine, as diffusers' `squaredcos_cap_v2`) and the learning-rate schedule."""

import math

import torch


class Cosine:
    """alpha and sigma of the squared-cosine schedule with betas capped at 0.999 (Nichol & Dhariwal 2021, eq. 17)."""

    def __init__(self, steps=1000, device="cpu"):
        bar = lambda t: math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2
        betas = [min(1 - bar((i + 1) / steps) / bar(i / steps), 0.999) for i in range(steps)]
        self.product = torch.cumprod(1 - torch.tensor(betas, dtype=torch.float64), 0).float().to(device)
        self.steps = steps

    def __call__(self, t):
        a = self.product[t].view(-1, 1, 1, 1)
        return a.sqrt(), (1 - a).sqrt()

    def draw(self, count, generator, power=0.6):
        """Timesteps with density rising towards noise: t/T = u**power."""
        return (torch.rand(count, generator=generator) ** power * self.steps).long()


def rate(step, steps, warmup=150, decay=0.35, floor=0.02):
    """Warm-up, constant, then a cosine over the last `decay` of `steps`; the factor of the peak learning rate."""
    start = steps * (1 - decay)
    progress = max(0.0, min(1.0, (step - start) / max(1, steps - start)))
    return min(1.0, (step + 1) / warmup) * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress)))
