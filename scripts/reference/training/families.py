"""Small models of every kind that trains, and their trained exports in ai-edge-litert.

    python scripts/reference/training/families.py prepare FOLDER DIGITS.npz
    python scripts/reference/training/families.py compare FOLDER

`prepare` trains each for moments and saves it with its data: FOLDER/NAME.keras or NAME.tflite and NAME.npz.
`compare` runs FOLDER/NAME.trained.tflite, which Intact wrote, on FOLDER/NAME.inputI.f32 and counts the
elements that differ from Intact's own NAME.outputs.f32, into FOLDER/families.result.json.
"""

import json
import os
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

TRAINING, EVALUATION = 1000, 500


def models(x, y):
    """(name, file, keras model, fit targets, loss)"""
    import keras
    from keras import layers

    def conv(filters, x, **options):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, **options)(x)
        return layers.ReLU(6.0)(layers.BatchNormalization(momentum=0.9)(x))

    i = layers.Input((28, 28, 1))
    features = layers.GlobalAveragePooling2D()(conv(24, conv(16, conv(8, i), strides=2), strides=2))
    yield "float_tflite", ".tflite", keras.Model(i, layers.Dense(10, activation="softmax")(features)), y, "classes"

    part = layers.Input((28, 28, 8))
    inner = keras.Model(part, conv(16, conv(12, part, strides=2), strides=2), name="inner")
    head = keras.Sequential([layers.Input((7, 7, 16)), layers.GlobalAveragePooling2D(), layers.Dense(10)], name="head")
    i = layers.Input((28, 28, 1))
    yield "nested_keras3", ".keras", keras.Model(i, layers.Softmax()(head(inner(conv(8, i))))), y, "classes"

    i = layers.Input((28, 28, 1))
    a = conv(8, i)
    b = conv(12, layers.MaxPooling2D(2)(a))
    c = conv(16, layers.MaxPooling2D(2)(b))
    up = lambda filters, x: layers.Conv2DTranspose(filters, 2, strides=2, padding="same", activation="relu")(x)
    b = conv(12, layers.Concatenate()([up(12, c), b]))
    a = conv(8, layers.Concatenate()([layers.UpSampling2D(2, interpolation="bilinear")(b), a]))
    mask = layers.Conv2D(1, 1, activation="sigmoid")(a)
    yield "unet", ".keras", keras.Model(i, mask), (x > 0.5).astype(np.uint8), "binary"

    i = layers.Input((784,))
    code = layers.Dense(16, activation="relu")(layers.Dense(64, activation="relu")(i))
    yield "autoencoder", ".keras", keras.Model(i, layers.Dense(784)(layers.Dense(64, activation="relu")(code))), None, "mse"

    top = layers.Input((14, 28, 1), name="top")
    bottom = layers.Input((392,), name="bottom")
    both = layers.Concatenate()([layers.Flatten()(conv(8, top, strides=2)), layers.Dense(32, activation="relu")(bottom)])
    yield "two_inputs", ".keras", keras.Model([top, bottom], layers.Dense(10, activation="softmax")(both)), y, "classes"


def prepare(folder, digits):
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    data = np.load(digits)
    x = np.concatenate([data["x_train"][:TRAINING], data["x_test"][:EVALUATION]]).reshape(-1, 28, 28, 1)
    x = x.astype(np.float32) / np.float32(255)
    y = np.concatenate([data["y_train"][:TRAINING], data["y_test"][:EVALUATION]])
    keras.utils.set_random_seed(1)
    listed = []
    for name, extension, model, target, loss in models(x, y):
        if name == "two_inputs":
            fed = {"top": x[:, :14], "bottom": x[:, 14:].reshape(-1, 392)}
        else:
            fed = {"x": x.reshape([len(x)] + list(model.inputs[0].shape[1:]))}
        losses = {"classes": "sparse_categorical_crossentropy", "binary": "binary_crossentropy", "mse": "mse"}
        model.compile("adam", losses[loss])
        first = list(fed.values()) if name == "two_inputs" else fed["x"]
        part = lambda a: [b[:TRAINING] for b in a] if isinstance(a, list) else a[:TRAINING]
        model.fit(part(first), part(fed["x"] if target is None else target), epochs=6, batch_size=32, verbose=0)
        path = os.path.join(folder, name + extension)
        if extension == ".tflite":
            function = tf.function(lambda x: model(x), input_signature=[tf.TensorSpec((1, 28, 28, 1), tf.float32)])
            frozen = convert_variables_to_constants_v2(function.get_concrete_function())
            made = tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert()
            with open(path, "wb") as file:
                file.write(made)
        else:
            model.save(path)
        labels = {} if target is None else {"y": target}
        np.savez(os.path.join(folder, name + ".npz"), **fed, **labels)
        listed.append({"name": name, "file": name + extension, "data": name + ".npz"})
    with open(os.path.join(folder, "families.json"), "w") as file:
        json.dump({"models": listed, "versions": {"tensorflow": tf.__version__, "keras": keras.__version__}}, file)


def compare(folder):
    import ai_edge_litert
    from ai_edge_litert.interpreter import Interpreter

    rows = []
    for name in json.load(open(os.path.join(folder, "trained.json"))):
        base = os.path.join(folder, name)
        interpreter = Interpreter(model_path=f"{base}.trained.tflite", num_threads=1)
        interpreter.allocate_tensors()
        sources, targets = interpreter.get_input_details(), interpreter.get_output_details()
        fed = [
            np.fromfile(f"{base}.input{k}.f32", np.float32).reshape([-1] + list(s["shape"])) for k, s in enumerate(sources)
        ]
        made = []
        for sample in zip(*fed):
            for source, array in zip(sources, sample):
                interpreter.set_tensor(source["index"], array)
            interpreter.invoke()
            made.extend(interpreter.get_tensor(target["index"]).ravel() for target in targets)
        made, ours = np.concatenate(made), np.fromfile(f"{base}.outputs.f32", np.float32)
        rows.append({"name": name, "samples": len(fed[0]), "elements": len(ours), "different": int((made != ours).sum())})
        rows[-1]["largest"] = float(np.abs(made - ours).max())
        print(rows[-1], file=sys.stderr, flush=True)
    with open(os.path.join(folder, "families.result.json"), "w") as file:
        json.dump({"versions": {"ai-edge-litert": ai_edge_litert.__version__}, "rows": rows}, file)


if __name__ == "__main__":
    {"prepare": prepare, "compare": compare}[sys.argv[1]](*sys.argv[2:])
