"""What the zoo's networks are made of."""

import keras
from keras import layers


def conv(x, filters, kernel=3, strides=1, act="relu", bn=True, **more):
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=not bn, **more)(x)
    x = layers.BatchNormalization()(x) if bn else x
    return activation(x, act)


def depthwise(x, kernel=3, strides=1, act="relu6"):
    x = layers.DepthwiseConv2D(kernel, strides=strides, padding="same", use_bias=False)(x)
    return activation(layers.BatchNormalization()(x), act)


def activation(x, kind):
    if kind is None:
        return x
    if kind == "relu6":
        return layers.ReLU(6.0)(x)
    if kind == "leaky":
        return layers.LeakyReLU(negative_slope=0.1)(x)
    if kind == "prelu":
        return layers.PReLU(shared_axes=[1, 2])(x)
    if kind == "swish":
        return layers.Multiply()([x, layers.Activation("sigmoid")(x)])
    if kind == "hard_swish":
        gate = layers.Rescaling(1 / 6)(layers.ReLU(6.0)(layers.Rescaling(1.0, 3.0)(x)))
        return layers.Multiply()([x, gate])
    return layers.Activation(kind)(x)


def squeeze_excite(x, reduced, gate="sigmoid"):
    s = layers.GlobalAveragePooling2D(keepdims=True)(x)
    s = layers.Conv2D(reduced, 1, activation="relu")(s)
    s = layers.Conv2D(x.shape[-1], 1, activation=gate)(s)
    return layers.Multiply()([x, s])


def residual(x, filters, strides=1, act="relu"):
    y = conv(conv(x, filters, strides=strides, act=act), filters, act=None)
    if strides != 1 or x.shape[-1] != filters:
        x = conv(x, filters, 1, strides=strides, act=None)
    return activation(layers.Add()([x, y]), act)


def inverted(x, filters, expand=4, strides=1, act="relu6", excite=False):
    y = depthwise(conv(x, expand * x.shape[-1], 1, act=act), strides=strides, act=act)
    y = squeeze_excite(y, max(4, y.shape[-1] // 4), "hard_sigmoid") if excite else y
    y = conv(y, filters, 1, act=None)
    return layers.Add()([x, y]) if strides == 1 and x.shape[-1] == filters else y


def head(x, units=10, act="softmax"):
    return layers.Dense(units, activation=act)(layers.GlobalAveragePooling2D()(x))


def attention(x, width):
    """One head over the tokens of (n, width): queries, keys and values by dense layers."""
    q, k, v = (layers.Dense(width)(x) for _ in range(3))
    scores = layers.Rescaling(width**-0.5)(layers.Dot(axes=(2, 2))([q, k]))
    return layers.Dense(width)(layers.Dot(axes=(2, 1))([layers.Softmax()(scores), v]))


def model(i, x):
    return keras.Model(i, x)
