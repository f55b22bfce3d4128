"""One training run as a loop that can stop at any step and go on exactly: arguments, checkpoints, log.

Every random choice of step n is drawn from a generator keyed by (seed, n, process), so a checkpoint holds no
random state, and a resumed run makes the same choices as one that was never stopped.
"""

import argparse
import json
import os
import pathlib
import time

import numpy as np
import torch

from . import ddp, optimise, schedule
from .ema import Average
from .optimise import optimisers


def folders(several):
    return {"nargs": "+", "metavar": "FOLDER[=SHARE]"} if several else {}


def precision(options):
    """Whether products are in bfloat16: asked for, or left to the processor that has such products."""
    if options.precision == "auto":
        return options.device == "cuda" or torch.backends.cpu.get_cpu_capability() == "AVX512" and bf16_products()
    return options.precision == "bf16"


def bf16_products():
    try:
        return "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def arguments(description, steps, batch, lr, ema, several=False):
    """The options of every recipe; `several`: --data and --heldout take any number of folders."""
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--data", required=True, help="folder of training shards", **folders(several))
    p.add_argument("--heldout", help="folder of held-out shards, for the scores", **({"nargs": "+"} if several else {}))
    p.add_argument("--work", required=True, help="folder of the checkpoint and the log")
    p.add_argument("--export", help="folder for the float16 model, written at the end and every --export-every minutes")
    p.add_argument("--export-every", type=float, default=10.0)
    p.add_argument("--steps", type=int, default=steps, help="planned optimiser steps; may change at a resume")
    p.add_argument("--decay", type=float, default=0.35, help="last part of the steps, over which the rate falls")
    p.add_argument("--batch", type=int, default=batch, help="samples per process and step")
    p.add_argument("--lr", type=float, default=lr)
    p.add_argument("--matrix-lr", type=float, default=0.0, help="Muon's rate for inner matrices; 0: AdamW everywhere")
    p.add_argument("--ema", type=float, default=ema)
    p.add_argument("--minutes", type=float, default=9.0, help="stop this process after so long; run again to go on")
    p.add_argument("--limit", type=int, help="use only the first N samples")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    p.add_argument("--precision", default="auto", choices=("auto", "bf16", "f32"), help="of products; auto: bf16 where "
                   "the processor multiplies it faster")
    return p


class Run:
    """Owns step count, averages, optimisers, checkpoint and log of one model under training."""

    def __init__(self, options, module):
        torch.set_num_threads(options.threads)
        ddp.start()
        self.bf16 = optimise.NARROW = precision(options)
        self.options, self.module = options, module.to(options.device)
        self.average = Average(self.module, options.ema)
        self.optimisers = optimisers(self.module, options.lr, options.matrix_lr)
        self.folder = pathlib.Path(options.work)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.step, self.seconds, self.samples, self.losses = 0, 0.0, 0, []
        self.began = self.saved = self.exported = time.time()
        if (self.folder / "checkpoint.pt").exists():
            self.load()
        count = sum(p.numel() for p in module.parameters())
        self.say(event="start", parameters=count, step=self.step, processes=ddp.world, threads=options.threads)

    def say(self, **entry):
        if ddp.rank == 0:
            line = json.dumps(dict(entry, step=self.step, minutes=round(self.seconds / 60, 2)))
            print(line, flush=True)
            with open(self.folder / "log.jsonl", "a") as file:
                file.write(line + "\n")

    def load(self):
        kept = torch.load(self.folder / "checkpoint.pt", map_location=self.options.device, weights_only=True)
        self.module.load_state_dict(kept["module"])
        self.average.module.load_state_dict(kept["average"])
        for optimiser, state in zip(self.optimisers, kept["optimisers"]):
            rates = [(g["lr"], g["peak"], g["weight_decay"]) for g in optimiser.param_groups]
            optimiser.load_state_dict(state)
            for g, (lr, peak, decay) in zip(optimiser.param_groups, rates):
                g.update(lr=lr, peak=peak, weight_decay=decay)
        self.step, self.seconds, self.samples = kept["step"], kept["seconds"], kept["samples"]

    def save(self):
        if ddp.rank == 0:
            state = dict(
                module=self.module.state_dict(),
                average=self.average.module.state_dict(),
                optimisers=[o.state_dict() for o in self.optimisers],
                step=self.step, seconds=self.seconds, samples=self.samples,
            )
            torch.save(state, self.folder / "checkpoint.tmp")
            os.replace(self.folder / "checkpoint.tmp", self.folder / "checkpoint.pt")
        self.saved = time.time()

    def generators(self):
        """NumPy and PyTorch generators of this step and process."""
        key = [self.options.seed, self.step, ddp.rank]
        numpy = np.random.default_rng(key)
        return numpy, torch.Generator().manual_seed(int(numpy.integers(1 << 62)))

    def train(self, loss_of, validate=None, export=None, validate_every=4.0):
        """Calls `loss_of(numpy generator, torch generator)` each step until the steps or the minutes are used up."""
        validated, window = time.time(), time.time()
        parameters = [p for p in self.module.parameters() if p.requires_grad]
        while self.step < self.options.steps:
            moment = time.time()
            if not self.losses:
                window = moment
            factor = schedule.rate(self.step, self.options.steps, decay=self.options.decay)
            for optimiser in self.optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = group["peak"] * factor
            with torch.autocast(self.options.device, torch.bfloat16, enabled=self.bf16):
                loss = loss_of(*self.generators())
            loss.backward()
            ddp.average_gradients(parameters)
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            for optimiser in self.optimisers:
                optimiser.step()
            for p in parameters:
                p.grad = None
            self.average.update(self.module, self.step)
            self.step += 1
            self.samples += self.options.batch * ddp.world
            self.losses.append(loss.item())
            self.seconds += time.time() - moment
            if self.step % 100 == 0:
                self.say(loss=round(float(np.mean(self.losses)), 5), rate=round(factor, 3), samples=self.samples,
                         per_second=round(self.options.batch * ddp.world * len(self.losses) / (time.time() - window), 1))
                self.losses = []
            now, done = time.time(), self.step >= self.options.steps
            late = self.step % 10 == 0 and ddp.stop_together(now - self.began > self.options.minutes * 60)
            if validate and ddp.rank == 0 and (done or now - validated > validate_every * 60):
                self.say(event="score", **validate(self.average.module))
                validated = time.time()
            if now - self.saved > 120 or done or late:
                self.save()
            if export and ddp.rank == 0 and self.options.export:
                if done or now - self.exported > self.options.export_every * 60:
                    export(self.average.module, self.options.export)
                    self.exported = time.time()
            if late:
                break
        ddp.barrier()
        self.say(event="finished" if self.step >= self.options.steps else "paused", samples=self.samples)
