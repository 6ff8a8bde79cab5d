"""Types of a graph that Intact quantizes by a recipe's name, against LiteRT Quantizer's by the same recipe.

    python scripts/reference/quantizer_compare.py FLOAT.tflite RECIPE OURS.tflite

Prints, per operator, the types of its inputs and output with how often, where the two differ.
"""

import collections
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from ai_edge_quantizer import quantizer, recipe


def types(path):
    runner = Interpreter(model_path=path, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    tensors = {t["index"]: np.dtype(t["dtype"]).name for t in runner.get_tensor_details()}
    counts = collections.Counter()
    for op in runner._get_ops_details():
        if op["op_name"] in ("DELEGATE",):
            continue
        names = [tensors.get(i, "-") for i in op["inputs"] if i >= 0]
        counts[(op["op_name"], " ".join(names), tensors[op["outputs"][0]])] += 1
    return counts


def main(source, name, ours):
    made = quantizer.Quantizer(source)
    made.load_quantization_recipe(getattr(recipe, name)())
    calibration = None
    if made.need_calibration:
        rng = np.random.default_rng(3)
        runner = Interpreter(model_path=source)
        key = next(iter(runner.get_signature_list()), "serving_default")
        names = runner.get_signature_runner(key).get_input_details()
        data = [{n: rng.normal(0, 1, d["shape"]).astype(np.float32) for n, d in names.items()} for _ in range(8)]
        calibration = made.calibrate({key: data})
    theirs = "/tmp/theirs.tflite"
    made.quantize(calibration).export_model(theirs, overwrite=True)
    a, b = types(ours), types(theirs)
    for key in sorted(set(a) | set(b)):
        if a[key] != b[key]:
            print(f"  {key}: {a[key]} of ours, {b[key]} of theirs")
    print(f"{name}: {sum((a & b).values())} of {sum(b.values())} operators of the same types; files of {os.path.getsize(ours)} and {os.path.getsize(theirs)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
