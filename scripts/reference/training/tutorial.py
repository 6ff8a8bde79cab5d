"""TensorFlow's quantization-aware training tutorial with tfmot: same weights, same digits, same batch order.

    python scripts/reference/training/tutorial.py FOLDER

FOLDER/tutorial.json names the model (.h5), the digits (.npz), epochs, batch and, per seed, a file of int32
indices: the order of x_train in each epoch. Writes FOLDER/tutorial.result.json: accuracy of tfmot's model
with fake quantization and of its .tflite in ai-edge-litert, per seed.
"""

import json
import os
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras
from ai_edge_litert.interpreter import Interpreter


def in_litert(model, x, y):
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    right = 0
    for sample, label in zip(x, y):
        interpreter.set_tensor(source, sample[None])
        interpreter.invoke()
        right += int(interpreter.get_tensor(target)[0].argmax() == label)
    return 100 * right / len(y)


def main(folder):
    about = json.load(open(f"{folder}/tutorial.json"))
    digits = np.load(about["data"])
    flat = lambda a: (a.astype(np.float32) / np.float32(255)).reshape(len(a), 784)
    x, y = flat(digits["x_train"]), digits["y_train"].astype(np.int64)
    xe, ye = flat(digits["x_test"]), digits["y_test"].astype(np.int64)
    loaded = lambda: keras.models.load_model(about["model"], compile=False)
    accuracy = lambda model: 100 * float((model.predict(xe, batch_size=500, verbose=0).argmax(1) == ye).mean())
    rows = []
    for seed, path in about["orders"].items():
        orders = np.fromfile(path, np.int32).reshape(about["epochs"], -1)
        keras.utils.set_random_seed(int(seed))
        model = tfmot.quantization.keras.quantize_model(loaded())
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        for order in orders:
            for at in range(0, len(order), about["batch"]):
                chosen = order[at : at + about["batch"]]
                model.train_on_batch(x[chosen], y[chosen])
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        rows.append({"seed": int(seed), "fake": accuracy(model), "tflite": in_litert(converter.convert(), xe, ye)})
        print(rows[-1], file=sys.stderr, flush=True)
    versions = {"tensorflow": tf.__version__, "tf_keras": keras.__version__, "tfmot": tfmot.__version__}
    json.dump({"versions": versions, "float": accuracy(loaded()), "rows": rows}, open(f"{folder}/tutorial.result.json", "w"))


main(sys.argv[1])
