"""Muon for matrices and convolution kernels, AdamW for everything else (Jordan et al. 2024, "Muon").

Muon replaces the momentum of each weight matrix by its nearest orthogonal matrix, found by five
Newton-Schulz iterations. At these sizes it learns more per sample than AdamW and costs about a tenth of a step.
"""

import torch


# Whether the iterations are done in bfloat16; set by `run.Run` for the machine.
NARROW = True


@torch.no_grad()
def orthogonal(matrix, steps=5):
    x = (matrix.bfloat16() if NARROW else matrix) / (matrix.norm() + 1e-7)
    flip = x.shape[0] > x.shape[1]
    x = x.T if flip else x
    for _ in range(steps):
        gram = x @ x.T
        x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
    return (x.T if flip else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(state["momentum"], group["momentum"])
                matrix = update.reshape(len(update), -1)
                scale = max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(orthogonal(matrix).view_as(p), alpha=-group["lr"] * scale)


# First and last layers, and the queries and keys of attention: orthogonal steps let their products grow until the
# softmax saturates and the attention stops learning.
EDGES = ("conv_in", "conv_out", "embed", "to_q", "to_k", "q_proj", "k_proj", ".query", ".key")


def optimisers(module, lr, matrix_lr=None, decay=0.01, edges=EDGES):
    """AdamW for all parameters, or with `matrix_lr` Muon for the inner matrices. The peak rate is kept as `peak`."""
    inner, outer = [], []
    for name, p in module.named_parameters():
        if p.requires_grad:
            inside = matrix_lr and p.ndim in (2, 4) and min(p.shape[:2]) > 8 and not any(e in name for e in edges)
            (inner if inside else outer).append(p)
    fused = next(module.parameters()).device.type in ("cpu", "cuda")
    made = [torch.optim.AdamW(outer, lr, betas=(0.9, 0.99), weight_decay=decay, fused=fused)]
    if inner:
        made.append(Muon(inner, matrix_lr, weight_decay=decay))
    for optimiser in made:
        for group in optimiser.param_groups:
            group["peak"] = group["lr"]
    return made
