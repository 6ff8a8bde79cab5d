"""Exported models in the current LiteRT interpreter (XNNPACK) against the numbers of Intact's engine.

    INTACT_EXPORTS=FOLDER npx vitest run src/jobs/export
    python scripts/reference/litert_compare.py FOLDER [--builtin]

FOLDER holds X.tflite and X.npz pairs: in0, in1, … and out0, out1, … with the samples stacked along the
first axis. Prints one line per model whose outputs differ, and totals. --builtin: TFLite's own kernels
instead of XNNPACK's.
"""

import argparse
import os
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def compare(path, builtin):
    """(samples, elements, elements different, largest difference relative to the largest output)"""
    kind = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if builtin else OpResolverType.AUTO
    runner = Interpreter(model_path=path, num_threads=1, experimental_op_resolver_type=kind)
    runner.allocate_tensors()
    data = np.load(path[: -len("tflite")] + "npz")
    inputs = [data[f"in{i}"] for i in range(len(runner.get_input_details()))]
    outputs = [data[f"out{i}"] for i in range(len(runner.get_output_details()))]
    samples = len(outputs[0])
    elements = different = 0
    worst = 0.0
    for sample in range(samples):
        for detail, values in zip(runner.get_input_details(), inputs):
            runner.set_tensor(detail["index"], values[sample].astype(detail["dtype"]))
        runner.invoke()
        for detail, values in zip(runner.get_output_details(), outputs):
            theirs = runner.get_tensor(detail["index"])
            ours = values[sample].astype(theirs.dtype)
            unlike = ~((theirs == ours) | ((theirs != theirs) & (ours != ours)))
            elements += theirs.size
            different += int(unlike.sum())
            if unlike.any():
                largest = max(1e-30, float(np.abs(theirs.astype(np.float64)).max()))
                gap = np.abs(theirs.astype(np.float64) - ours.astype(np.float64)).max()
                worst = max(worst, float(gap) / largest)
    return samples, elements, different, worst


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--builtin", action="store_true")
    parser.add_argument("--all", action="store_true", help="a line for every model")
    args = parser.parse_args()
    totals = {}
    failed = 0
    for name in sorted(os.listdir(args.folder)):
        path = os.path.join(args.folder, name)
        if not name.endswith(".tflite") or not os.path.exists(path[: -len("tflite")] + "npz"):
            continue
        scheme = next((part for part in name.removesuffix(".tflite").split("__") if part in schemes), "other")
        try:
            samples, elements, different, worst = compare(path, args.builtin)
        except (RuntimeError, ValueError) as error:
            failed += 1
            print(f"{name}: refused: {str(error).strip().splitlines()[0][:160]}")
            continue
        total = totals.setdefault(scheme, [0, 0, 0, 0, 0.0])
        for i, count in enumerate((1, samples, elements, different)):
            total[i] += count
        total[4] = max(total[4], worst)
        if args.all or different:
            print(f"{name}: {different} of {elements} elements different, at most {worst:.1e} of the largest")
    for scheme, (models, samples, elements, different, worst) in totals.items():
        print(
            f"{scheme}: {models} models, {samples} samples, {elements} elements, {different} different, largest {worst:.1e}"
        )
    return 1 if failed else 0


schemes = (
    "float16", "dynamic", "int8", "int8-per-tensor", "int4", "int16", "int16x8", "int16x4", "mixed", "weight-only", "weight-only-int4",
)

if __name__ == "__main__":
    sys.exit(main())
