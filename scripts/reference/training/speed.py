"""Training steps of the same networks with tfmot, on request: a line "NET STEPS" in, a JSON line out.

    python scripts/reference/training/speed.py ROOT

dense and resnet8 are the very files; mobilenet is built again, flat, for tfmot takes neither Keras 3 nor
nested models. Batch 32, Adam, an epoch's wall time over its steps; threads as TensorFlow chooses.
"""

import json
import os
import sys
import time

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras
from tf_keras import layers

BATCH = 32


def mobilenet():
    def bn(x, layer, relu=True):
        x = layers.BatchNormalization()(layer(x))
        return layers.ReLU(6.0)(x) if relu else x

    def block(x, filters, stride=1, residual=False):
        y = bn(x, layers.DepthwiseConv2D(3, stride, "same", use_bias=False))
        y = bn(y, layers.Conv2D(filters, 1, use_bias=False), relu=not residual)
        return layers.ReLU(6.0)(layers.Add()([x, y])) if residual else y

    image = layers.Input((28, 28, 1))
    x = block(bn(image, layers.Conv2D(16, 3, 2, "same", use_bias=False)), 32)
    x = block(block(x, 32, residual=True), 48, stride=2)
    x = block(block(x, 48, residual=True), 64)
    return keras.Model(image, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


class Wall(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.took = time.perf_counter() - self.began


def main(root):
    load = lambda path: keras.models.load_model(os.path.join(root, path), compile=False)
    made = {
        "dense": lambda: load("public/samples/mnist-dense.h5"),
        "mobilenet": mobilenet,
        "resnet8": lambda: load("../shared/models/mlperf-tiny/resnet8.h5"),
    }
    nets = {}
    versions = {"tensorflow": tf.__version__, "tf_keras": keras.__version__, "tfmot": tfmot.__version__}
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        name, steps = line.split()
        count = int(steps) * BATCH
        if name not in nets:
            model = tfmot.quantization.keras.quantize_model(made[name]())
            logits = name == "dense"
            model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=logits))
            shape = model.inputs[0].shape[1:]
            rng = np.random.default_rng(1)
            x = rng.random([64 * BATCH] + list(shape), np.float32)
            nets[name] = (model, x, rng.integers(0, 10, len(x)))
            model.fit(x[: 4 * BATCH], nets[name][2][: 4 * BATCH], batch_size=BATCH, verbose=0)
        model, x, y = nets[name]
        wall = Wall()
        model.fit(x[:count], y[:count], batch_size=BATCH, verbose=0, callbacks=[wall])
        print(json.dumps({"ms": 1000 * wall.took / int(steps)}), flush=True)


main(sys.argv[1])
