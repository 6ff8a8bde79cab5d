"""
Forty Keras models, built from nothing but this folder and the data beside the checkout: `trained` for a few
epochs, `normalised` on data. Which they are was settled before any of them was measured.
"""

import keras
import numpy as np

from .normalised import normalised
from .trained import trained

names = [name for name, *_ in trained + normalised]
EPOCHS = {"digits": 2, "cifar": 12, "signals": 6, "spectrograms": 4, "abalone": 10}


def built(name, data):
    """The model of this name, ready to be quantized. @param data (training x, y), calibration, evaluation"""
    keras.utils.set_random_seed(1 + names.index(name))
    (x, y), calibration, _ = data
    for own, which, network, (loss, target) in trained:
        if own != name:
            continue
        model = network()
        if loss == "logits":
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(2e-3), loss)
        model.fit(x, target(x, y), epochs=EPOCHS[which], batch_size=64, verbose=0)
        return model
    model = next(network for own, _, network in normalised if own == name)()
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    # In training each BatchNorm uses the batch's own statistics, so that one pass settles all of them.
    model(np.concatenate([calibration, x[:100]]), training=True)
    return model


def data_of(name):
    return next(which for own, which, *_ in trained + normalised if own == name)
