"""Time of a per-layer error report by tf.lite.experimental.QuantizationDebugger.

    python scripts/reference/debugger.py vww_96.h5 [SAMPLES]

Random samples, as the studio's synthetic ones when no data is given. Prints seconds from the start of
the process (imports apart) to the CSV of per-layer statistics.
"""

import io
import os
import sys
import time

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

started = time.time()

import numpy as np
import tensorflow as tf
import tf_keras

imported = time.time()


def main():
    path = sys.argv[1]
    samples = int(sys.argv[2]) if len(sys.argv) > 2 else 128
    model = tf_keras.models.load_model(path, compile=False)
    shape = [1] + list(model.inputs[0].shape)[1:]
    rng = np.random.default_rng(1)
    data = [rng.random(shape, np.float32) for _ in range(samples)]
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([x] for x in data)
    debugger = tf.lite.experimental.QuantizationDebugger(
        converter=converter, debug_dataset=lambda: ([x] for x in data)
    )
    debugger.run()
    out = io.StringIO()
    debugger.layer_statistics_dump(out)
    done = time.time()
    rows = len(out.getvalue().splitlines()) - 1
    print(f"{rows} layers, {samples} samples: {done - imported:.1f} s (imports {imported - started:.1f} s)")


main()
