import { IntactError } from '../model/error';
import { elementCount } from '../model/graph';
import type { NpyArray } from './npy';
import type { Dataset } from './types';

/** Names that people give to samples and labels in .npz files, first wins. */
const sampleNames = [
  'x',
  'x_test',
  'images',
  'data',
  'inputs',
  'input',
  'features',
  'samples',
  'arr_0',
];
const labelNames = ['y', 'y_test', 'labels', 'label', 'targets', 'target', 'classes', 'arr_1'];

/**
 * Named arrays → samples and labels. x_train beside x_test (Keras' own .npz files) keeps the two
 * apart: training samples calibrate, test samples evaluate. Otherwise the usual names, else the
 * largest array is the samples and an array with as many rows the labels.
 * @throws IntactError `bad-data` naming what was found
 */
export function datasetFromArrays(
  arrays: ReadonlyMap<string, NpyArray>,
  name: string,
  description: string,
): Dataset {
  const train = arrays.get('x_train');
  const test = arrays.get('x_test');
  if (train && test) {
    const labels = joined(arrays.get('y_train'), arrays.get('y_test'));
    const samples = joined(train, test);
    if (samples)
      return { ...datasetOf(samples, labels, name, description), evaluationFrom: train.shape[0]! };
  }
  const lower = new Map([...arrays].map(([key, array]) => [key.toLowerCase(), array]));
  const named = sampleNames.map((key) => lower.get(key)).find((array) => array !== undefined);
  const samples = named ?? largest(arrays);
  if (!samples || samples.shape.length === 0)
    throw new IntactError(
      'bad-data',
      `"${name}" holds no array of samples (found: ${[...arrays.keys()].join(', ') || 'nothing'}). Name the samples x and their labels y.`,
    );
  const rows = samples.shape[0]!;
  const labels =
    labelNames.map((key) => lower.get(key)).find((array) => array?.shape[0] === rows) ??
    [...arrays.values()].find(
      (array) => array !== samples && array.shape[0] === rows && array.shape.length <= 2,
    );
  return datasetOf(samples, labels, name, description);
}

function largest(arrays: ReadonlyMap<string, NpyArray>): NpyArray | undefined {
  return [...arrays.values()].reduce<NpyArray | undefined>(
    (best, array) => (!best || array.data.length > best.data.length ? array : best),
    undefined,
  );
}

function joined(a: NpyArray | undefined, b: NpyArray | undefined): NpyArray | undefined {
  if (!a || !b) return undefined;
  if (a.shape.slice(1).join() !== b.shape.slice(1).join()) return undefined;
  const bytes = a.data instanceof Uint8Array && b.data instanceof Uint8Array;
  const length = a.data.length + b.data.length;
  const data = bytes ? new Uint8Array(length) : new Float32Array(length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return {
    shape: [a.shape[0]! + b.shape[0]!, ...a.shape.slice(1)],
    data,
    integer: a.integer && b.integer,
  };
}

function datasetOf(
  samples: NpyArray,
  labels: NpyArray | undefined,
  name: string,
  description: string,
): Dataset {
  const count = samples.shape[0] ?? 0;
  if (count === 0) throw new IntactError('bad-data', `"${name}" holds no samples.`);
  const kept = labels?.shape[0] === count ? labelsOf(labels) : undefined;
  return {
    name,
    description,
    count,
    sampleShape: samples.shape.slice(1),
    samples: samples.data,
    ...(kept ? { labels: kept } : {}),
    synthetic: false,
  };
}

/** Class indices from integers or one-hot rows; anything else is a regression target. */
function labelsOf(array: NpyArray): Int32Array | Float32Array {
  const rows = array.shape[0]!;
  const width = elementCount(array.shape.slice(1));
  if (width === 1 && array.integer) return Int32Array.from(array.data);
  if (width > 1) {
    const classes = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const values = array.data.subarray(row * width, (row + 1) * width);
      const hot = values.indexOf(1);
      if (hot < 0 || values.some((value, index) => value !== (index === hot ? 1 : 0)))
        return Float32Array.from(array.data);
      classes[row] = hot;
    }
    return classes;
  }
  return Float32Array.from(array.data);
}
