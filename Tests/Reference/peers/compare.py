"""Runs `lathe bench` and its peers in turn and prints how their times compare.

    pip install torch==2.13.0+cpu transformers diffusers onnx onnxscript onnxruntime openvino
    swift build -c release --product lathe
    python Tests/Reference/peers/compare.py [WORKLOAD ...] --folder FOLDER [--json FILE]

Every program runs on its own, one after the other and all of them several times, so that what else the machine does meets
them all; the least of each one's medians counts. FOLDER keeps the exported graphs (5 GB). A ratio below 1 means that
Lathe takes less time than the fastest peer of the same or a lower precision.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import workloads

HERE = pathlib.Path(__file__).parent
LATHE = HERE.parents[2] / ".build" / "release" / "lathe"


def lines(command):
    """The JSON lines a program prints; none if it fails, which is said."""
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode:
        print("failed:", *command, result.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return []
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def lathe(name, precision, options):
    command = [LATHE, "bench", name, "--precision", precision, "--threads", options.threads, "--json"]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return [dict(timing, peer="lathe") for timing in json.loads(result.stdout)]


def peers(name, options):
    """Commands by (peer, precision)."""
    more = ["--threads", options.threads]
    found = {}
    for precision in ("f32", "bf16"):
        if name in workloads.FIELDS and precision == "bf16":
            continue
        found["torch", precision] = [
            sys.executable, HERE / "torch_peer.py", name, "--precision", precision, *more]
    if name in workloads.GRAPHS and options.folder:
        graph = [sys.executable, HERE / "graph_peer.py"]
        if not (options.folder / name / "case.npz").exists():
            lines([*graph, "export", name, "--folder", options.folder])
        if (options.folder / name / "case.npz").exists():
            more += ["--folder", options.folder]
            found["onnxruntime", "f32"] = [*graph, "onnxruntime", name, *more]
            found["openvino", "f32"] = [*graph, "openvino", name, *more]
            found["openvino", "bf16"] = [*graph, "openvino", name, "--precision", "bf16", *more]
    return found


def best(timings):
    """The line of least median among runs of one program."""
    return min(timings, key=lambda t: t["median"])


def compared(name, options):
    runs, commands = {}, peers(name, options)
    own = ["f32"] if name in workloads.FIELDS else ["f32", "bf16"]
    for _ in range(options.turns):
        for precision in own:
            runs.setdefault(("lathe", precision), []).extend(lathe(name, precision, options))
        for key, command in commands.items():
            runs.setdefault(key, []).extend(lines(command))
    table = {key: best(found) for key, found in runs.items() if found}
    print(f"\n{name}")
    for precision in own:
        mine = table["lathe", precision]
        rivals = {k: t for k, t in table.items() if k[0] != "lathe" and (precision == "bf16" or k[1] == "f32")}
        for (peer, its), timing in sorted(rivals.items(), key=lambda x: x[1]["median"]):
            print(f"  lathe {precision:5} {mine['median']:9.4f} s {mine['peakMebibytes']:6} MiB   {timing['peer']:20} {its:5}"
                  f" {timing['median']:9.4f} s {timing['peakMebibytes']:6} MiB   ratio {mine['median'] / timing['median']:.3f}",
                  flush=True)
    return [t for t in table.values()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*workloads.BUILDERS, *workloads.FIELDS]
    parser.add_argument("workload", nargs="*", choices=[*names, []], default=names)
    parser.add_argument("--folder", type=pathlib.Path, help="exported graphs; without it PyTorch is the only peer")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    everything = [t for name in options.workload for t in compared(name, options)]
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1))
