"""Trains the two sample models of the studio on MNIST. Users never run this.

    node scripts/make-digits.mjs
    python -m pip install -r scripts/samples/requirements.txt
    python scripts/samples/train.py public/samples/mnist.npz public/samples

mnist-dense.h5        TensorFlow's tutorial network, saved by tf_keras as HDF5
mnist-mobilenet.keras depthwise-separable blocks with BatchNormalization, Keras 3
"""

import sys

import numpy as np


def load(path):
    data = np.load(path)
    scale = lambda x: (x.astype(np.float32) / 255.0)
    return (scale(data["x_train"]), data["y_train"].astype(np.int64)), (
        scale(data["x_test"]),
        data["y_test"].astype(np.int64),
    )


def train_dense(train, test, out):
    import tf_keras as keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.layers.InputLayer(input_shape=(784,), name="pixels"),
            keras.layers.Dense(128, activation="relu", name="dense"),
            keras.layers.Dense(10, name="logits"),
        ],
        name="mnist_dense",
    )
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    flat = lambda x: x.reshape(len(x), 784)
    model.fit(flat(train[0]), train[1], epochs=12, batch_size=64, verbose=2)
    print("dense", model.evaluate(flat(test[0]), test[1], verbose=0))
    model.save(f"{out}/mnist-dense.h5", include_optimizer=False)


def shifted(images, seed):
    """Each digit moved by up to two pixels, so that 8,000 of them go further."""
    rng = np.random.default_rng(seed)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    moves = rng.integers(0, 5, (len(images), 2))
    return np.stack([p[y : y + 28, x : x + 28] for p, (y, x) in zip(padded, moves)])


def QuietChannels(model, head):
    """Keeps two channels of some blocks almost silent during training.

    Channels that carry almost no signal are what breaks per-tensor weights in real MobileNets: the
    BatchNormalization after a depthwise convolution divides by their tiny deviation, so that after
    folding their weights are tens of times the others' (arXiv 1906.04721 section 3.1). A network this
    small grows none by itself in a few minutes of training.
    """
    import keras

    layers = [model.get_layer(n) for n in ("stem_bn", "block1_pw_bn", "block3_pw_bn")]

    class Quiet(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch % 5 == 0:
                hush(layers)

    hush(layers)
    return Quiet()


def hush(layers):
    for layer in layers:
        for variable in (layer.gamma, layer.beta):
            value = np.array(variable)
            value[:2] = QUIET
            variable.assign(value)


def train_mobilenet(train, test, out):
    import keras
    from keras import layers

    keras.utils.set_random_seed(2)

    def conv_bn(x, name, layer, relu=True):
        x = layer(x)
        bn = layers.BatchNormalization(name=f"{name}_bn", momentum=0.9, epsilon=4e-6)
        x = bn(x)
        return layers.ReLU(6.0, name=f"{name}_relu")(x) if relu else x

    def block(x, name, filters, stride=1, residual=False):
        y = conv_bn(
            x,
            f"{name}_dw",
            layers.DepthwiseConv2D(3, stride, "same", use_bias=False, name=f"{name}_dw"),
        )
        y = conv_bn(
            y,
            f"{name}_pw",
            layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_pw"),
            relu=not residual,
        )
        if not residual:
            return y
        y = layers.Add(name=f"{name}_add")([x, y])
        return layers.ReLU(6.0, name=f"{name}_relu")(y)

    # A nested sub-model, as people write reusable blocks.
    inner = keras.Input((7, 7, 48), name="features")
    y = block(inner, "block4", 48, residual=True)
    y = block(y, "block5", 64)
    head = keras.Model(inner, y, name="head")

    image = keras.Input((28, 28, 1), name="image")
    x = conv_bn(image, "stem", layers.Conv2D(16, 3, 2, "same", use_bias=False, name="stem"))
    x = block(x, "block1", 32)
    x = block(x, "block2", 32, residual=True)
    x = block(x, "block3", 48, stride=2)
    x = head(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(0.1, name="dropout")(x)
    x = layers.Dense(10, activation="softmax", name="digits")(x)
    model = keras.Model(image, x, name="mnist_mobilenet")

    quiet = QuietChannels(model, head)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, 125 * EPOCHS)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    images = lambda x: x[..., None]
    for epoch in range(EPOCHS):
        model.fit(
            images(shifted(train[0], epoch)),
            train[1],
            initial_epoch=epoch,
            epochs=epoch + 1,
            batch_size=64,
            verbose=2,
            callbacks=[quiet],
        )
    print("mobilenet", model.evaluate(images(test[0]), test[1], verbose=0))
    report_ranges(model, head)
    model.compile()
    model.save(f"{out}/mnist-mobilenet.keras")


def report_ranges(model, head):
    """Largest over median channel range of each depthwise kernel after folding."""
    for m in (model, head):
        for layer in m.layers:
            if not layer.name.endswith("_dw"):
                continue
            bn = m.get_layer(layer.name + "_bn")
            gamma, _, _, variance = bn.get_weights()
            kernel = layer.get_weights()[0][..., 0] * gamma / np.sqrt(variance + bn.epsilon)
            ranges = np.abs(kernel).max(axis=(0, 1))
            print(layer.name, "max/median %.1f max/min %.1f" % (ranges.max() / np.median(ranges), ranges.max() / ranges.min()))


EPOCHS = 24
QUIET = 0.0

if __name__ == "__main__":
    digits, folder = sys.argv[1], sys.argv[2]
    train, test = load(digits)
    only = sys.argv[3] if len(sys.argv) > 3 else "all"
    if only in ("all", "dense"):
        train_dense(train, test, folder)
    if only in ("all", "mobilenet"):
        train_mobilenet(train, test, folder)
