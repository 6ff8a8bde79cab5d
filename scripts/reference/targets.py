"""Output SQNR of int8 models in the current LiteRT: TFLiteConverter's beside Intact's, same calibration data.

    npm run reference -- targets

`prepare FOLDER ROOT` writes models.json and per model NAME.calibration.f32, NAME.evaluation.npy, the float
outputs NAME.float.npy and NAME.converter.tflite; Intact adds NAME.<target>.tflite; `measure FOLDER` runs
all of them and writes results.json. Models: both samples; ResNet-8 and vww_96 where ROOT/../shared has
them; small ones made here, trained for moments on the digits, whose dense layers and transposed
convolutions with BatchNorm have channels of unlike range. vww_96 sees CIFAR-10 images three times as large.
"""

import json
import os
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")

import numpy as np

CALIBRATION = 200
EVALUATION = 400


def data(root):
    digits = np.load(os.path.join(root, "public/samples/mnist.npz"))
    scaled = lambda a: a.reshape(-1, 28, 28, 1).astype(np.float32) / np.float32(255)
    sets = {"digits": (scaled(digits["x_train"])[:CALIBRATION], scaled(digits["x_test"])[:EVALUATION])}
    cifar = os.path.join(root, "../shared/data/cifar10/cifar10_1000.npz")
    if os.path.exists(cifar):
        x = np.load(cifar)["x"].astype(np.float32)
        sets["cifar"] = (x[:CALIBRATION], x[CALIBRATION : CALIBRATION + EVALUATION])
        large = [(part[: CALIBRATION // 2].repeat(3, 1).repeat(3, 2) / np.float32(255)) for part in sets["cifar"]]
        sets["cifar_96"] = tuple(large)
    return sets


def small_models(sets):
    """(name, model, data): weights by a few steps of training, then channels pulled apart as BatchNorm does."""
    import tf_keras as keras
    from tf_keras import layers

    train = np.concatenate(sets["digits"])

    def fitted(name, i, x, target, loss):
        keras.utils.set_random_seed(len(name))
        model = keras.Model(i, x)
        model.compile("adam", loss)
        model.fit(train, target, epochs=4, batch_size=32, verbose=0)
        rng = np.random.default_rng(len(name))
        for layer in model.layers:
            if isinstance(layer, layers.BatchNormalization):
                gamma, *rest = layer.get_weights()
                layer.set_weights([gamma * rng.uniform(0.2, 3, gamma.shape).astype(np.float32)] + rest)
        return name, model, "digits"

    def dense(units, x, activation=True):
        x = layers.BatchNormalization()(layers.Dense(units, use_bias=False)(x))
        return layers.ReLU()(x) if activation else x

    def up(filters, kernel, x):
        x = layers.Conv2DTranspose(filters, kernel, strides=2, padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    i = layers.Input((28, 28, 1))
    x = layers.Flatten()(i)
    coded = dense(16, dense(64, dense(64, x)))
    yield fitted("dense_autoencoder", i, layers.Dense(784)(dense(64, dense(64, coded))), train.reshape(-1, 784), "mse")
    deep = x
    for _ in range(5):
        deep = dense(48, deep)
    yield fitted("dense_deep", i, layers.Dense(49)(deep), train[:, ::4, ::4, 0].reshape(-1, 49), "mse")
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(i)
    x = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(up(8, 3, up(12, 3, x)))
    yield fitted("transpose_autoencoder", i, x, train, "mse")
    a = layers.Conv2D(8, 3, padding="same", activation="relu")(i)
    b = layers.Conv2D(12, 3, padding="same", activation="relu")(layers.MaxPooling2D(2)(a))
    c = layers.Conv2D(16, 3, padding="same", activation="relu")(layers.MaxPooling2D(2)(b))
    x = layers.Concatenate()([up(12, 2, c), b])
    x = layers.Concatenate()([up(8, 2, layers.Conv2D(12, 3, padding="same", activation="relu")(x)), a])
    yield fitted("transpose_unet", i, layers.Conv2D(1, 1)(x), train, "mse")
    x = layers.Reshape((7, 7, 8))(dense(7 * 7 * 8, layers.Flatten()(i)))
    x = layers.Conv2DTranspose(1, 3, padding="same")(up(6, 3, up(8, 5, x)))
    yield fitted("dense_transpose_decoder", i, x, train, "mse")


def load(path):
    if path.endswith(".keras"):
        import keras

        return keras.saving.load_model(path, compile=False)
    import tf_keras

    return tf_keras.models.load_model(path, compile=False)


def converter(model, calibration):
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    shape = [1 if n is None else n for n in model.inputs[0].shape]
    function = tf.function(lambda x: model(x), input_signature=[tf.TensorSpec(shape, tf.float32)])
    frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    made = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    made.optimizations = [tf.lite.Optimize.DEFAULT]
    made.representative_dataset = lambda: ([x[None]] for x in calibration)
    made.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return made.convert()


def prepare(folder, root):
    import tensorflow as tf

    sets = data(root)
    found = [
        ("mnist-dense", "public/samples/mnist-dense.h5", "digits"),
        ("mnist-mobilenet", "public/samples/mnist-mobilenet.keras", "digits"),
        ("resnet8", "../shared/models/mlperf-tiny/resnet8.h5", "cifar"),
        ("vww_96", "../shared/models/mlperf-tiny/vww_96.h5", "cifar_96"),
    ]
    found = [(n, os.path.join(root, p), d) for n, p, d in found if d in sets and os.path.exists(os.path.join(root, p))]
    models = [(name, load(path), which, path) for name, path, which in found]
    for name, model, which in small_models(sets):
        path = os.path.join(folder, f"{name}.h5")
        model.save(path)
        models.append((name, model, which, path))
    for name, model, which, _ in models:
        shape = [1 if n is None else n for n in model.inputs[0].shape][1:]
        calibration, evaluation = (np.ascontiguousarray(a.reshape([-1] + shape)) for a in sets[which])
        base = os.path.join(folder, name)
        calibration.tofile(f"{base}.calibration.f32")
        np.save(f"{base}.evaluation.npy", evaluation)
        np.save(f"{base}.float.npy", np.concatenate([np.asarray(model(x[None])) for x in evaluation]))
        with open(f"{base}.converter.tflite", "wb") as file:
            file.write(converter(model, calibration))
    with open(os.path.join(folder, "models.json"), "w") as file:
        listed = [{"name": n, "file": p, "data": w} for n, _, w, p in models]
        json.dump({"models": listed, "tensorflow": tf.__version__}, file)


def outputs(path, samples):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    made = []
    for sample in samples:
        interpreter.set_tensor(source["index"], sample.reshape(source["shape"]))
        interpreter.invoke()
        made.append(interpreter.get_tensor(target["index"]).copy())
    return np.concatenate(made)


def sqnr(exact, found):
    exact, found = exact.astype(np.float64).ravel(), found.astype(np.float64).ravel()
    return 10 * np.log10((exact**2).sum() / ((exact - found) ** 2).sum())


def measure(folder):
    import ai_edge_litert

    listed = json.load(open(os.path.join(folder, "models.json")))
    rows = []
    for model in listed["models"]:
        base = os.path.join(folder, model["name"])
        evaluation, exact = np.load(f"{base}.evaluation.npy"), np.load(f"{base}.float.npy")
        row = {"model": model["name"], "data": model["data"], "evaluation": len(evaluation), "sqnr": {}, "bytes": {}}
        for kind in ("converter", "litert", "tflite-2021"):
            path = f"{base}.{kind}.tflite"
            row["sqnr"][kind] = round(sqnr(exact, outputs(path, evaluation)), 3)
            row["bytes"][kind] = os.path.getsize(path)
        rows.append(row)
        print(row["model"], row["sqnr"], flush=True)
    versions = {"tensorflow": listed["tensorflow"], "ai-edge-litert": ai_edge_litert.__version__}
    with open(os.path.join(folder, "results.json"), "w") as file:
        json.dump({"versions": versions, "calibration": "min-max", "unit": "dB", "rows": rows}, file)


if __name__ == "__main__":
    {"prepare": prepare, "measure": measure}[sys.argv[1]](*sys.argv[2:])
