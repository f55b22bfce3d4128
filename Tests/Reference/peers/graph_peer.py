"""Times one workload in ONNX Runtime or OpenVINO, on the graph that PyTorch exports.

    python graph_peer.py export WORKLOAD --folder FOLDER
    python graph_peer.py onnxruntime WORKLOAD --folder FOLDER
    python graph_peer.py openvino WORKLOAD --folder FOLDER [--precision f32|bf16]

The largest difference from PyTorch is printed on standard error.
"""

import argparse
import pathlib
import sys

import numpy

import timing


def export(name, folder):
    import torch

    import workloads

    model, inputs, _ = workloads.build(name)
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(
            model, tuple(inputs), folder / "model.onnx", input_names=[f"x{i}" for i in range(len(inputs))],
            output_names=["y"], opset_version=18, dynamo=True, external_data=True, verbose=False)
        expected = model(*inputs)
    numpy.savez(folder / "case.npz", y=expected.numpy(), **{f"x{i}": x.numpy() for i, x in enumerate(inputs)})


def compare(result, expected):
    worst = float(numpy.abs(numpy.asarray(result, dtype=numpy.float32) - expected).max())
    print(f"largest difference {worst:.2g} of {numpy.abs(expected).max():.2g}", file=sys.stderr)


def onnx_runtime(path, inputs, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    # Constants of the graph are no inputs.
    inputs = {x.name: inputs[x.name] for x in session.get_inputs()}
    return "onnxruntime " + onnxruntime.__version__, lambda: session.run(None, inputs)[0]


def open_vino(path, inputs, threads, precision):
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(core.read_model(path), "CPU", {
        "INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": str(threads), "NUM_STREAMS": "1",
        "PERFORMANCE_HINT": "LATENCY"})
    request = compiled.create_infer_request()
    # By place: conversion may rename them. Constants of the graph are no inputs.
    inputs = {i: inputs[f"x{i}"] for i in range(len(compiled.inputs))}
    return "openvino " + openvino.__version__.split("-")[0], lambda: request.infer(inputs)[compiled.outputs[0]]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=["export", "onnxruntime", "openvino"])
    parser.add_argument("workload")
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    folder = options.folder / options.workload
    if options.peer == "export":
        export(options.workload, folder)
        sys.exit()
    case = dict(numpy.load(folder / "case.npz"))
    expected, path = case.pop("y"), str(folder / "model.onnx")
    if options.peer == "onnxruntime":
        label, run = onnx_runtime(path, case, options.threads)
    else:
        label, run = open_vino(path, case, options.threads, options.precision)
    compare(run(), expected)
    timing.measure(options.workload, label, options.precision, run, options.rounds)
