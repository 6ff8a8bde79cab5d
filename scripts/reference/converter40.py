"""Output SQNR of forty Keras models in int8: Intact's beside TFLiteConverter's, in the current LiteRT.

    npm run reference -- converter40 [MODEL…]

`prepare FOLDER ROOT [MODEL…]` builds the models of zoo/ and writes models.json and per model NAME.keras,
NAME.calibration.f32, NAME.evaluation.npy, the float outputs NAME.float.npy and NAME.converter.tflite;
Intact adds NAME.litert.tflite; `measure FOLDER` runs both and writes results.json. What FOLDER has
already is not built again. Both get the same 100
calibration samples, min-max, float32 tensors at the border; the same 300 others evaluate.
"""

import json
import os
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
sys.path.insert(0, os.path.dirname(__file__))

import numpy as np
from targets import converter, outputs, sqnr


def prepare(folder, root, *wanted):
    import keras
    import tensorflow as tf

    from zoo import built, data_of, names
    from zoo.data import sets
    from zoo.trained import trained

    learned = {name for name, *_ in trained}
    found = {which: sets[which](root) for which in {data_of(name) for name in wanted or names}}
    listed = []
    for name in wanted or names:
        which, base = data_of(name), os.path.join(folder, name)
        if os.path.exists(f"{base}.json"):
            listed.append(json.load(open(f"{base}.json")))
            continue
        _, calibration, evaluation = found[which]
        model = built(name, found[which])
        model.save(f"{base}.keras")
        np.ascontiguousarray(calibration).tofile(f"{base}.calibration.f32")
        np.save(f"{base}.evaluation.npy", evaluation)
        np.save(f"{base}.float.npy", model.predict(evaluation, batch_size=100, verbose=0))
        with open(f"{base}.converter.tflite", "wb") as file:
            file.write(converter(model, calibration))
        weights = "trained" if name in learned else "normalised on data"
        listed.append({"name": name, "data": which, "weights": weights, "parameters": model.count_params()})
        with open(f"{base}.json", "w") as file:
            json.dump(listed[-1], file)
        print("built", name, flush=True)
        keras.backend.clear_session()
    with open(os.path.join(folder, "models.json"), "w") as file:
        versions = {"tensorflow": tf.__version__, "keras": keras.__version__}
        json.dump({"models": listed, "versions": versions}, file)


def measure(folder):
    import ai_edge_litert

    listed = json.load(open(os.path.join(folder, "models.json")))
    rows = []
    for model in listed["models"]:
        base = os.path.join(folder, model["name"])
        evaluation, exact = np.load(f"{base}.evaluation.npy"), np.load(f"{base}.float.npy")
        row = {**model, "sqnr": {}, "bytes": {}}
        for kind in ("converter", "litert"):
            path = f"{base}.{kind}.tflite"
            row["sqnr"][kind] = round(float(sqnr(exact, outputs(path, evaluation))), 3)
            row["bytes"][kind] = os.path.getsize(path)
        rows.append(row)
        print(row["name"], row["sqnr"], flush=True)
    versions = {**listed["versions"], "ai-edge-litert": ai_edge_litert.__version__}
    with open(os.path.join(folder, "results.json"), "w") as file:
        json.dump({"versions": versions, "rows": rows}, file)


if __name__ == "__main__":
    {"prepare": prepare, "measure": measure}[sys.argv[1]](*sys.argv[2:])
