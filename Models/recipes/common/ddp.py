"""Data parallelism over processes of one thread each: one all-reduce of the flat gradient per step.

On a shared CPU two such processes beat two OpenMP threads, which wait for each other at every operation.
Start with `torchrun --nproc-per-node 2 prior.py …`; alone, everything here does nothing.
"""

import os

import torch
import torch.distributed as dist

rank = int(os.environ.get("RANK", 0))
world = int(os.environ.get("WORLD_SIZE", 1))


def start():
    if world > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")


def average_gradients(parameters):
    if world == 1:
        return
    # A branch that only another process took leaves no gradient here.
    gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    flat = torch.cat([g.reshape(-1) for g in gradients])
    dist.all_reduce(flat)
    flat /= world
    offset = 0
    for p in parameters:
        p.grad = flat[offset : offset + p.numel()].view_as(p)
        offset += p.numel()


def stop_together(flag):
    """True on every process as soon as one of them wants to stop."""
    if world == 1:
        return flag
    value = torch.tensor([float(flag)])
    dist.all_reduce(value)
    return value.item() > 0


def barrier():
    if world > 1:
        dist.barrier()
