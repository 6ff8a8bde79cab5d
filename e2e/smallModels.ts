/** Small float models and their samples in files, made here: trained in seconds. */
import { zipSync } from 'fflate';
import { writeTflite } from '../src/formats/tflite';
import { builder, conv, dense, numbers } from '../src/testing/graphs';
import { shuffled } from '../src/numbers/random';
import { payload, type Payload } from './files';

/** An .npy (format 1.0) of float32 or uint8. */
function npy(shape: readonly number[], data: Float32Array | Uint8Array): Uint8Array {
  const descr = data instanceof Float32Array ? '<f4' : '|u1';
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = text + ' '.repeat(63 - ((10 + text.length) % 64)) + '\n';
  const magic = [0x93, ...new TextEncoder().encode('NUMPY'), 1, 0];
  const size = [padded.length % 256, padded.length >> 8];
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Uint8Array.from([...magic, ...size, ...new TextEncoder().encode(padded), ...bytes]);
}

const npz = (name: string, arrays: Readonly<Record<string, Uint8Array>>): Payload =>
  payload(
    name,
    zipSync(Object.fromEntries(Object.entries(arrays).map(([key, to]) => [`${key}.npy`, to]))),
  );

/** 12 numbers → 6 → the same 12: the model gives back what it got, roughly. */
export function autoencoder(): { model: Payload; data: Payload } {
  const of = builder();
  const [width, code, count] = [12, 6, 160];
  const x = of.input('x', [1, width]);
  // Orthogonal directions, so that what lies in them comes back.
  const basis = Float32Array.from({ length: code * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return Math.sqrt(2 / width) * Math.cos((Math.PI * (column + 0.5) * (row + 1)) / width);
  });
  const back = Float32Array.from({ length: width * code }, (_, i) => {
    const noise = 0.02 * Math.sin(7 * i);
    return basis[(i % code) * width + Math.floor(i / code)]! + noise;
  });
  const encoder = of.constant('encoder/kernel', [code, width], basis);
  const decoder = of.constant('decoder/kernel', [width, code], back);
  const h = of.node('FULLY_CONNECTED', 'encoder', dense, [x, encoder, -1], [1, code]);
  const y = of.node('FULLY_CONNECTED', 'decoder', dense, [h, decoder, -1], [1, width]);
  const drawn = numbers(count * code, 3);
  const data = Float32Array.from({ length: count * width }, (_, i) => {
    const [sample, column] = [Math.floor(i / width), i % width];
    let sum = 0;
    for (let k = 0; k < code; k++) sum += drawn[sample * code + k]! * basis[k * width + column]!;
    return sum;
  });
  return {
    model: payload('autoencoder.tflite', writeTflite({ ...of.graph([y]), name: 'autoencoder' })),
    data: npz('autoencoder.npz', { x: npy([count, width], data) }),
  };
}

/** A picture and five numbers, joined, to three classes; the labels are a rule on the numbers. */
export function twoInputs(): { model: Payload; data: Payload } {
  const of = builder();
  const [count, size, facts] = [240, 6, 5];
  const image = of.input('img', [1, size, size, 1]);
  const meta = of.input('meta', [1, facts]);
  const flat = 4 * 2 * 2;
  const kernel = of.constant('conv/kernel', [4, 3, 3, 1]);
  const bias = of.constant('conv/bias', [4], new Float32Array(4));
  const stride = conv({ strideW: 2, strideH: 2, activation: 'RELU' });
  const features = of.node('CONV_2D', 'conv', stride, [image, kernel, bias], [1, 2, 2, 4]);
  const shape = of.integers('flat/shape', [2], [1, flat]);
  const row = of.node('RESHAPE', 'flat', {} as never, [features, shape], [1, flat]);
  const joined = of.node(
    'CONCATENATION',
    'join',
    { axis: 1, activation: 'NONE' },
    [row, meta],
    [1, flat + facts],
  );
  const weights = Float32Array.from({ length: 3 * (flat + facts) }, (_, i) => {
    const [unit, at] = [Math.floor(i / (flat + facts)), i % (flat + facts)];
    return at - flat === unit ? 2 : 0.05 * Math.sin(i);
  });
  const scores = of.constant('scores/kernel', [3, flat + facts], weights);
  const y = of.node('FULLY_CONNECTED', 'scores', dense, [joined, scores, -1], [1, 3]);
  const out = of.node('SOFTMAX', 'softmax', { beta: 1 }, [y], [1, 3]);
  const pictures = numbers(count * size * size, 5).map((v) => Math.abs(v));
  const values = numbers(count * facts, 9).map((v) => Math.abs(v));
  const labels = Uint8Array.from({ length: count }, (_, i) => {
    const own = [...values.subarray(i * facts, i * facts + 3)];
    return own.indexOf(Math.max(...own));
  });
  return {
    model: payload('two-inputs.tflite', writeTflite({ ...of.graph([out]), name: 'two_inputs' })),
    data: npz('two-inputs.npz', {
      img: npy([count, size, size, 1], pictures),
      meta: npy([count, facts], values),
      y: npy([count], labels),
    }),
  };
}

/** Six numbers to three classes; one row of those that calibrate was never scaled. */
export function poisoned(): { model: Payload; data: Payload; row: number } {
  const of = builder();
  const [count, width] = [400, 6];
  const x = of.input('x', [1, width]);
  const kernel = Float32Array.from({ length: 3 * width }, (_, i) =>
    i % width === Math.floor(i / width) ? 1 : 0.1 * Math.sin(3 * i),
  );
  const first = of.constant('hidden/kernel', [3, width], kernel);
  const second = of.constant('scores/kernel', [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const hidden = of.node('FULLY_CONNECTED', 'hidden', dense, [x, first, -1], [1, 3]);
  const y = of.node('FULLY_CONNECTED', 'scores', dense, [hidden, second, -1], [1, 3]);
  const data = numbers(count * width, 5).map((value) => (value + 1) / 2);
  const labels = Uint8Array.from({ length: count }, (_, row) => {
    const own = Array.from(data.subarray(row * width, row * width + 3));
    return own.indexOf(Math.max(...own));
  });
  // The studio's own order: the first half calibrates.
  const row = shuffled(count, 1)[17]!;
  for (let i = 0; i < width; i++) data[row * width + i]! *= 3000;
  return {
    model: payload('poisoned.tflite', writeTflite({ ...of.graph([y]), name: 'poisoned' })),
    data: npz('poisoned.npz', { x: npy([count, width], data), y: npy([count], labels) }),
    row,
  };
}
