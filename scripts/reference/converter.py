"""The same model, calibration and evaluation samples through tf.lite.TFLiteConverter.

    python scripts/reference/converter.py MODEL DATA.npz --scale 255 --calibration 500 [--seed 1]

MODEL is a Keras .h5 (read by tf_keras) or .keras (Keras 3). The split is the studio's own: mulberry32
and Fisher-Yates, or x_train / x_test where the file has both. Prints one JSON line per scheme with the
accuracy in the TFLite interpreter and the size of the file.
"""

import argparse
import json
import os
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np


def random(seed):
    state = seed & 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        t &= 0xFFFFFFFF
        yield ((t ^ (t >> 14)) & 0xFFFFFFFF) / 4294967296


def shuffled(count, seed):
    order = list(range(count))
    numbers = random(seed)
    for i in range(count - 1, 0, -1):
        j = int(next(numbers) * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


def split(data, calibration, seed):
    if "x_train" in data:
        chosen = shuffled(len(data["x_train"]), seed)[:calibration]
        return data["x_train"][chosen], data["x_test"], data["y_test"]
    order = shuffled(len(data["x"]), seed)
    return data["x"][order[:calibration]], data["x"][order[calibration:]], data["y"][order[calibration:]]


def load(path):
    if path.endswith(".keras"):
        import keras

        return keras.saving.load_model(path, compile=False)
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tf_keras

    return tf_keras.models.load_model(path, compile=False)


def convert(model, scheme, calibration):
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if scheme != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if scheme.startswith("int8"):
        converter.representative_dataset = lambda: ([x[None]] for x in calibration)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter._experimental_disable_per_channel = scheme == "int8-per-tensor"
    return converter.convert()


def accuracy(model, x, y):
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(model_content=model)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    target = interpreter.get_output_details()[0]["index"]
    right = 0
    for sample, label in zip(x, y):
        interpreter.set_tensor(source, sample[None])
        interpreter.invoke()
        right += int(interpreter.get_tensor(target)[0].argmax() == label)
    return 100 * right / len(y)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--calibration", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    model = load(options.model)
    shape = [1 if d is None else d for d in model.inputs[0].shape][1:]
    calibration, x, y = split(np.load(options.data), options.calibration, options.seed)
    real = lambda a: (a.astype(np.float32) / np.float32(options.scale)).reshape([len(a)] + shape)
    calibration, x = real(calibration), real(x)
    for scheme in ("float32", "float16", "dynamic", "int8", "int8-per-tensor"):
        made = convert(model, scheme, calibration)
        result = {"scheme": scheme, "accuracy": accuracy(made, x, y), "bytes": len(made), "samples": len(y)}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    sys.exit(main())
