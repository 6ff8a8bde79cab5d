"""Networks that are trained for a few epochs: (name, data, network, what it learns)."""

from functools import partial

import numpy as np
from keras import Input, layers

from .blocks import activation, attention, conv, depthwise, head, inverted, model, residual, squeeze_excite


def mlp(act, bn=False, widths=(64, 48)):
    i = Input((28, 28, 1))
    x = layers.Flatten()(i)
    for width in widths:
        x = layers.Dense(width, use_bias=not bn)(x)
        x = activation(layers.BatchNormalization()(x) if bn else x, act)
    return model(i, layers.Dense(10, activation="softmax")(x))


def cnn(act="relu", bn=False, pool=layers.MaxPooling2D):
    pool = partial(pool, 2)
    i = Input((28, 28, 1))
    x = pool()(conv(i, 8, act=act, bn=bn))
    x = pool()(conv(x, 16, act=act, bn=bn))
    x = layers.Flatten()(x)
    return model(i, layers.Dense(10)(layers.Dense(32, activation="relu")(x)))


def resnet(shape=(28, 28, 1), widths=(8, 16, 32)):
    i = Input(shape)
    x = conv(i, widths[0])
    for width in widths:
        x = residual(x, width, strides=1 if width == widths[0] else 2)
    return model(i, head(x))


def mobilenet():
    i = Input((28, 28, 1))
    x = conv(i, 8, strides=2, act="relu6")
    for filters, strides in ((16, 1), (24, 2), (32, 2)):
        x = conv(depthwise(x, strides=strides), filters, 1, act="relu6")
    return model(i, head(x))


def mobilenet2(act="relu6", excite=False):
    i = Input((28, 28, 1))
    x = conv(i, 8, strides=2, act=act)
    for filters, strides in ((12, 1), (12, 1), (16, 2), (16, 1), (24, 2)):
        x = inverted(x, filters, strides=strides, act=act, excite=excite)
    return model(i, head(conv(x, 48, 1, act=act)))


def inception():
    i = Input((28, 28, 1))
    x = conv(i, 12, strides=2)
    for _ in range(3):
        a, b, c = conv(x, 6, 1), conv(conv(x, 6, 1), 8), conv(conv(x, 4, 1), 6, 5)
        d = conv(layers.AveragePooling2D(3, strides=1, padding="same")(x), 4, 1)
        x = layers.Concatenate()([a, b, c, d])
    return model(i, head(layers.MaxPooling2D()(x)))


def dense_blocks():
    i = Input((28, 28, 1))
    x = conv(i, 12, strides=2)
    for _ in range(2):
        for _ in range(3):
            x = layers.Concatenate()([x, conv(conv(x, 16, 1), 6)])
        x = layers.AveragePooling2D(2)(conv(x, 16, 1))
    return model(i, head(x))


def excited():
    i = Input((28, 28, 1))
    x = conv(i, 12, strides=2)
    for filters in (16, 24):
        x = squeeze_excite(residual(x, filters, strides=2), 6)
    return model(i, head(x))


def convs(act):
    i = Input((28, 28, 1))
    x = conv(conv(conv(i, 8, strides=2, act=act), 16, strides=2, act=act), 24, strides=2, act=act)
    return model(i, head(x, act=None))


def dense_autoencoder():
    i = Input((28, 28, 1))
    x = layers.Flatten()(i)
    for width in (64, 16, 64):
        x = layers.Dense(width, activation="relu")(x)
    return model(i, layers.Dense(784, activation="sigmoid")(x))


def conv_autoencoder():
    i = Input((28, 28, 1))
    x = conv(conv(i, 8, strides=2), 12, strides=2)
    for filters in (12, 8):
        x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu")(x)
    return model(i, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


def unet():
    i = Input((28, 28, 1))
    a = conv(i, 8)
    b = conv(layers.MaxPooling2D()(a), 12)
    c = conv(layers.MaxPooling2D()(b), 16)
    x = conv(layers.Concatenate()([layers.UpSampling2D()(c), b]), 12)
    x = conv(layers.Concatenate()([layers.UpSampling2D()(x), a]), 8)
    return model(i, layers.Conv2D(1, 1)(x))


def bilinear_mask():
    i = Input((28, 28, 1))
    x = conv(conv(conv(i, 8, strides=2), 16, strides=2), 16, dilation_rate=2)
    x = layers.UpSampling2D(4, interpolation="bilinear")(layers.Conv2D(4, 1)(x))
    return model(i, layers.Conv2D(1, 1, activation="sigmoid")(x))


def detector():
    """Box in pixels beside ten scores, in one tensor."""
    i = Input((28, 28, 1))
    x = layers.Flatten()(conv(conv(conv(i, 8, strides=2), 16, strides=2), 16, strides=2))
    box, scores = layers.Dense(4)(x), layers.Dense(10, activation="sigmoid")(x)
    return model(i, layers.Concatenate()([box, scores]))


def signal_cnn():
    i = Input((128, 2))
    x = i
    for filters in (8, 16, 24):
        x = layers.Conv1D(filters, 5, padding="same", use_bias=False)(x)
        x = layers.MaxPooling1D()(layers.ReLU()(layers.BatchNormalization()(x)))
    return model(i, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


def signal_separable():
    i = Input((128, 2))
    x = layers.Conv1D(8, 3, strides=2, padding="same", activation="relu")(i)
    for filters in (16, 24):
        x = layers.SeparableConv1D(filters, 5, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    return model(i, layers.Dense(10)(layers.GlobalMaxPooling1D()(x)))


def temporal():
    i = Input((128, 2))
    x = layers.Conv1D(12, 1)(i)
    for rate in (1, 2, 4, 8):
        y = layers.Conv1D(12, 3, padding="causal", dilation_rate=rate, activation="relu")(x)
        x = layers.Add()([x, layers.Conv1D(12, 1)(y)])
    return model(i, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


def keyword():
    """DS-CNN of arXiv 1711.07128, narrow."""
    i = Input((49, 10, 1))
    x = conv(i, 16, (10, 4), strides=2)
    for _ in range(3):
        x = conv(depthwise(x, act="relu"), 16, 1)
    return model(i, head(x))


def rings():
    i = Input((8,))
    x = layers.Dense(32, activation="relu")(layers.Dense(32, activation="relu")(i))
    return model(i, layers.Dense(1)(x))


def tokens():
    """Rows of the digit as tokens, with attention."""
    i = Input((28, 28, 1))
    x = layers.Dense(24)(layers.Reshape((28, 28))(i))
    x = layers.LayerNormalization()(layers.Add()([x, attention(x, 24)]))
    y = layers.Dense(24)(layers.Dense(48, activation="relu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, y]))
    return model(i, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


def mixer():
    """MLP-Mixer of arXiv 2105.01601 on patches of 7."""
    i = Input((28, 28, 1))
    x = layers.Reshape((16, 24))(layers.Conv2D(24, 7, strides=7)(i))
    for _ in range(2):
        y = layers.Permute((2, 1))(layers.LayerNormalization()(x))
        y = layers.Dense(16)(layers.Dense(32, activation="gelu")(y))
        x = layers.Add()([x, layers.Permute((2, 1))(y)])
        y = layers.Dense(24)(layers.Dense(48, activation="gelu")(layers.LayerNormalization()(x)))
        x = layers.Add()([x, y])
    return model(i, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


def vgg():
    i = Input((32, 32, 3))
    x = i
    for filters in (12, 24, 32):
        x = layers.MaxPooling2D()(conv(conv(x, filters, bn=False), filters, bn=False))
    x = layers.Dense(48, activation="relu")(layers.Flatten()(x))
    return model(i, layers.Dense(10, activation="softmax")(x))


def boxes(x, y):
    """Target of the detector: where ink is, and which digit."""
    ink = x[..., 0] > 0.3
    rows, columns = ink.any(2), ink.any(1)
    ends = lambda a: (a.argmax(1), 27 - a[:, ::-1].argmax(1))
    box = np.stack([*ends(rows), *ends(columns)], 1).astype(np.float32)
    return np.concatenate([box, np.eye(10, dtype=np.float32)[y]], 1)


labels = lambda x, y: y
flat = lambda x, y: x.reshape(len(x), -1)
same = lambda x, y: x
ink = lambda x, y: (x > 0.3).astype(np.float32)

probabilities = ("sparse_categorical_crossentropy", labels)
logits = ("logits", labels)

trained = [
    ("mlp_relu", "digits", lambda: mlp("relu"), probabilities),
    ("mlp_batchnorm", "digits", lambda: mlp("relu", bn=True), probabilities),
    ("mlp_tanh", "digits", lambda: mlp("tanh"), probabilities),
    ("mlp_elu", "digits", lambda: mlp("elu"), probabilities),
    ("cnn", "digits", cnn, logits),
    ("cnn_batchnorm", "digits", lambda: cnn(bn=True), logits),
    ("lenet_tanh", "digits", lambda: cnn("tanh", pool=layers.AveragePooling2D), logits),
    ("resnet", "digits", resnet, probabilities),
    ("mobilenet", "digits", mobilenet, probabilities),
    ("mobilenet2", "digits", mobilenet2, probabilities),
    ("mobilenet3", "digits", lambda: mobilenet2("hard_swish", excite=True), probabilities),
    ("inception", "digits", inception, probabilities),
    ("dense_blocks", "digits", dense_blocks, probabilities),
    ("squeeze_excite", "digits", excited, probabilities),
    ("swish", "digits", lambda: convs("swish"), logits),
    ("leaky_relu", "digits", lambda: convs("leaky"), logits),
    ("prelu", "digits", lambda: convs("prelu"), logits),
    ("dense_autoencoder", "digits", dense_autoencoder, ("mse", flat)),
    ("conv_autoencoder", "digits", conv_autoencoder, ("mse", same)),
    ("unet", "digits", unet, ("mse", same)),
    ("bilinear_mask", "digits", bilinear_mask, ("binary_crossentropy", ink)),
    ("detector", "digits", detector, ("mse", boxes)),
    ("attention", "digits", tokens, probabilities),
    ("mixer", "digits", mixer, probabilities),
    ("signal_cnn", "signals", signal_cnn, probabilities),
    ("signal_separable", "signals", signal_separable, logits),
    ("temporal", "signals", temporal, probabilities),
    ("keyword", "spectrograms", keyword, probabilities),
    ("rings", "abalone", rings, ("mse", labels)),
    ("resnet_cifar", "cifar", lambda: resnet((32, 32, 3), (12, 24, 32)), probabilities),
    ("vgg_cifar", "cifar", vgg, probabilities),
]
