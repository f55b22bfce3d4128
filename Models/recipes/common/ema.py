"""Exponential moving average of a module's parameters, with a short warm-up so that early averages are useful.

Buffers (the statistics of batch normalisation) are averages already and are copied.
"""

import copy

import torch


class Average:
    def __init__(self, module, decay):
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, module, step):
        decay = min(self.decay, (1 + step) / (20 + step))
        torch._foreach_lerp_(list(self.module.parameters()), list(module.parameters()), 1 - decay)
        for ours, theirs in zip(self.module.buffers(), module.buffers()):
            ours.copy_(theirs)
