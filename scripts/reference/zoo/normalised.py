"""
Architectures with random weights whose BatchNorms hold the statistics of the data: (name, data, network).
Activations are then of the size that training would have made them, which random weights alone are not.
"""

import keras
from keras import Input, layers

from .blocks import conv, depthwise, head, model


def squeezenet():
    """Fire modules of arXiv 1602.07360, with BatchNorm."""
    i = Input((32, 32, 3))
    x = conv(i, 32, strides=2)
    for squeezed, wide in ((8, 24), (8, 24), (12, 32)):
        s = conv(x, squeezed, 1)
        x = layers.Concatenate()([conv(s, wide, 1), conv(s, wide)])
    return model(i, head(layers.MaxPooling2D()(x)))


def shufflenet():
    """Units of arXiv 1807.11164: half of the channels goes by, and they are shuffled."""
    i = Input((32, 32, 3))
    x = conv(i, 24, strides=2)
    for _ in range(3):
        half = x.shape[-1] // 2
        a, b = conv(x, half, 1), conv(x, half, 1)
        b = conv(depthwise(b, act=None), half, 1)
        x = layers.Concatenate()([a, b])
        h, w, c = x.shape[1:]
        x = layers.Permute((1, 2, 4, 3))(layers.Reshape((h, w, 2, c // 2))(x))
        x = layers.Reshape((h, w, c))(x)
    return model(i, head(layers.AveragePooling2D(2)(x)))


def application(build, size=32, **more):
    return lambda: build(input_shape=(size, size, 3), weights=None, classes=10, **more)


apps = keras.applications
normalised = [
    ("squeezenet", "cifar", squeezenet),
    ("shufflenet", "cifar", shufflenet),
    ("MobileNet", "cifar", application(apps.MobileNet, alpha=0.25)),
    ("MobileNetV2", "cifar", application(apps.MobileNetV2, alpha=0.35)),
    ("MobileNetV3Small", "cifar", application(apps.MobileNetV3Small, include_preprocessing=False)),
    ("MobileNetV3 minimalistic", "cifar", application(apps.MobileNetV3Small, minimalistic=True, include_preprocessing=False)),
    ("EfficientNetB0", "cifar", application(apps.EfficientNetB0)),
    ("DenseNet121", "cifar", application(apps.DenseNet121)),
    ("ResNet50V2", "cifar", application(apps.ResNet50V2)),
]
