/** Files as people have them: the samples, the reference models beside the checkout, and small ones made here. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { unzipSync, zipSync } from 'fflate';
import { openFiles } from '../src/formats';
import { writeTflite } from '../src/formats/tflite';
import { optimize } from '../src/model/passes/optimize';

export interface Payload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const root = fileURLToPath(new URL('..', import.meta.url));

export const sample = {
  dense: join(root, 'public/samples/mnist-dense.h5'),
  mobilenet: join(root, 'public/samples/mnist-mobilenet.keras'),
  digits: join(root, 'public/samples/mnist.npz'),
} as const;

export const keras2File = join(root, 'src/formats/keras/fixtures/keras2.h5');

export const payload = (name: string, bytes: Uint8Array | string): Payload => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

export const read = (path: string) => new Uint8Array(readFileSync(path));

/** Writes the files into a folder, which must exist on disk for a drop or a folder input. */
export function place(folder: string, files: readonly Payload[]): string[] {
  return files.map(({ name, buffer }) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) writeFileSync(path, buffer);
    return path;
  });
}

/** The first digits of the sample's two parts as an .npz of its own: trained on in seconds. */
export function fewDigits(training: number, evaluation: number): Payload {
  const entries = unzipSync(read(sample.digits));
  const cut = Object.entries(entries).map(([name, bytes]) => {
    const count = name.includes('train') ? training : evaluation;
    return [name, firstRows(bytes, count)] as const;
  });
  return payload('digits.npz', zipSync(Object.fromEntries(cut)));
}

/** An .npy (format 1.0) of uint8 with fewer rows. */
function firstRows(npy: Uint8Array, count: number): Uint8Array {
  const start = 10 + npy[8]! + 256 * npy[9]!;
  const header = new TextDecoder().decode(npy.subarray(10, start));
  const [rows, ...others] = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const row = others.reduce((product, size) => product * size, 1);
  const shape = [Math.min(rows!, count), ...others].join(', ');
  const text = header.replace(/'shape': \([^)]*\)/, `'shape': (${shape},)`).trimEnd();
  const padded = text + ' '.repeat(63 - ((10 + text.length) % 64)) + '\n';
  const head = new Uint8Array([...npy.subarray(0, 8), padded.length % 256, padded.length >> 8]);
  const data = npy.subarray(start, start + Math.min(rows!, count) * row);
  return new Uint8Array([...head, ...new TextEncoder().encode(padded), ...data]);
}

/** The dense sample as a float .tflite. */
export async function denseTflite(): Promise<Payload> {
  const { graph } = await openFiles([{ path: 'mnist-dense.h5', bytes: read(sample.dense) }]);
  return payload('mnist-dense.tflite', writeTflite(optimize(graph).graph));
}

/** A TF.js layers model of one Dense layer, 4 → 3, as tf.model.save writes it. */
export function tfjsModel(): Payload[] {
  const weights = [
    { name: 'scores/kernel', shape: [4, 3], dtype: 'float32' },
    { name: 'scores/bias', shape: [3], dtype: 'float32' },
  ];
  const layer = {
    class_name: 'Dense',
    config: {
      name: 'scores',
      trainable: true,
      batch_input_shape: [null, 4],
      dtype: 'float32',
      units: 3,
      activation: 'softmax',
      use_bias: true,
    },
  };
  const topology = {
    class_name: 'Sequential',
    config: { name: 'iris_tfjs', layers: [layer] },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
  const json = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  const values = Float32Array.from({ length: 15 }, (_, i) => Math.sin(i + 1));
  return [
    payload('model.json', JSON.stringify(json)),
    payload('weights.bin', new Uint8Array(values.buffer)),
  ];
}

/** Four columns of features and a class, as the iris set comes in. */
export function irisCsv(): Payload {
  const rows = Array.from({ length: 60 }, (_, i) =>
    [5 + Math.sin(i), 3 + Math.cos(i), 1.5 + (i % 3), 0.2 + (i % 3) / 2]
      .map((x) => x.toFixed(2))
      .concat(['setosa', 'versicolor', 'virginica'][i % 3]!)
      .join(','),
  );
  return payload('iris.csv', `sepal_l,sepal_w,petal_l,petal_w,species\n${rows.join('\n')}\n`);
}

/** 28×28 pictures in class folders: 0/a.png … 2/h.png. */
export function classFolders(perClass = 8): Payload[] {
  return ['0', '1', '2'].flatMap((name, label) =>
    Array.from({ length: perClass }, (_, i) => {
      const data = Uint8Array.from({ length: 784 }, (_, at) => (at * (label + 2) + 31 * i) % 256);
      return payload(`${name}/${i}.png`, encode({ width: 28, height: 28, data, channels: 1 }));
    }),
  );
}

export function zipOf(name: string, files: readonly Payload[]): Payload {
  const entries = Object.fromEntries(files.map((file) => [file.name, new Uint8Array(file.buffer)]));
  return payload(name, zipSync(entries));
}

/** A TF.js layers model of `count` small Dense layers after each other, named as deep networks name theirs. */
export function manyLayers(count: number): Payload[] {
  const width = 8;
  const name = (at: number) => `stage_${Math.floor(at / 10)}/block_${at % 10}/dense_${at}`;
  const layers = Array.from({ length: count }, (_, at) => ({
    class_name: 'Dense',
    config: {
      name: name(at),
      trainable: true,
      dtype: 'float32',
      units: width,
      activation: at === count - 1 ? 'softmax' : 'linear',
      use_bias: true,
      ...(at === 0 ? { batch_input_shape: [null, width] } : {}),
    },
  }));
  const weights = layers.flatMap(({ config }) => [
    { name: `${config.name}/kernel`, shape: [width, width], dtype: 'float32' },
    { name: `${config.name}/bias`, shape: [width], dtype: 'float32' },
  ]);
  const json = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'many', layers },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  // Near the identity, so that numbers neither vanish nor explode on their way.
  const size = width * width + width;
  const values = Float32Array.from({ length: count * size }, (_, i) => {
    const at = i % size;
    const diagonal = at < width * width && at % (width + 1) === 0;
    return (diagonal ? 1 : 0) + 0.02 * Math.sin(i + 1);
  });
  return [
    payload('model.json', JSON.stringify(json)),
    payload('weights.bin', new Uint8Array(values.buffer)),
  ];
}
