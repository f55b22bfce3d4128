"""Times one workload in PyTorch.

    python torch_peer.py WORKLOAD [--precision f32|bf16] [--rounds N] [--threads N]
"""

import argparse

import torch

import timing
import workloads


def network(name, precision):
    model, inputs, wants_gradient = workloads.build(name)
    if precision == "bf16":
        model = model.to(torch.bfloat16)
        inputs = [x.to(torch.bfloat16) if x.is_floating_point() else x for x in inputs]
    if not wants_gradient:
        def run():
            with torch.inference_mode():
                model(*inputs)
        return run
    with torch.no_grad():
        slope = torch.randn_like(model(*inputs))

    def run():
        picture = inputs[0].detach().clone().requires_grad_(True)
        (model(picture) * slope).sum().backward()
    return run


def field(name):
    torch.manual_seed(0)
    build, side, trains = workloads.FIELDS[name]
    model = build()
    origins, directions = workloads.rays(side)
    if not trains:
        chunks = list(zip(origins.split(4096), directions.split(4096)))

        def run():
            with torch.inference_mode():
                for chunk in chunks:
                    model(*chunk)
        return run
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, eps=1e-15, fused=True)
    target = torch.rand(4096, 3)

    def run():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(model(origins, directions), target).backward()
        optimizer.step()
    return run


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=[*workloads.BUILDERS, *workloads.FIELDS])
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    name = options.workload
    run = field(name) if name in workloads.FIELDS else network(name, options.precision)
    timing.measure(name, "torch " + torch.__version__, options.precision, run, options.rounds)
