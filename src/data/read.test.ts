import { zipSync } from 'fflate';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { hasShared, readShared } from '../testing/shared';
import { preprocess, preprocessingOf, suggestPreprocessing } from './preprocess';
import { readData } from './read';
import { split } from './split';

const text = (content: string) => new TextEncoder().encode(content);

/** Written by numpy 2.4: np.save of np.array([[1, 2], [3, 4]], '<i2'). */
function npyOf(descr: string, shape: string, data: Uint8Array): Uint8Array {
  const header =
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  const out = new Uint8Array(10 + 118 + data.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  out.set(text(header), 10);
  out.set(data, 128);
  return out;
}

describe('reading samples', () => {
  it('takes x and y of an .npz, uint8 as stored', async () => {
    const bytes = zipSync({
      'x.npy': npyOf(
        '|u1',
        '(3, 2, 2)',
        Uint8Array.from({ length: 12 }, (_, i) => i * 20),
      ),
      'y.npy': npyOf('<i8', '(3,)', new Uint8Array(BigInt64Array.from([2n, 0n, 1n]).buffer)),
    });
    const data = await readData([{ path: 'set.npz', bytes }]);
    expect(data).toMatchObject({ count: 3, sampleShape: [2, 2], synthetic: false });
    expect([...data.labels!]).toEqual([2, 0, 1]);
    expect(data.samples[11]).toBe(220);
  });

  it('keeps x_train and x_test apart in the split', async () => {
    const part = (n: number) => npyOf('|u1', `(${n}, 1)`, new Uint8Array(n));
    const bytes = zipSync({
      'x_train.npy': part(5),
      'y_train.npy': part(5),
      'x_test.npy': part(7),
      'y_test.npy': part(7),
    });
    const data = await readData([{ path: 'mnist.npz', bytes }]);
    expect(data.evaluationFrom).toBe(5);
    const parts = split(data, { calibration: 10, seed: 3 });
    expect([...parts.calibration].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(parts.evaluation).toHaveLength(7);
    expect(Math.min(...parts.evaluation)).toBe(5);
  });

  it('reads class folders of PNG images from a zip', async () => {
    const png = (value: number) =>
      encode({ width: 2, height: 2, channels: 3, depth: 8, data: new Uint8Array(12).fill(value) });
    const bytes = zipSync({
      'pets/cat/a.png': png(10),
      'pets/dog/b.png': png(200),
      'pets/.DS_Store': text('x'),
    });
    const data = await readData([{ path: 'pets.zip', bytes }]);
    expect(data.classNames).toEqual(['cat', 'dog']);
    expect([...data.labels!]).toEqual([0, 1]);
    expect(data.samples[0]).toBe(10);
    expect(data.samples[12]).toBe(200);
  });

  it('finds the label column of a CSV', async () => {
    const csv = text('a,b,species\n1,2,setosa\n3,4,virginica\n5,6,setosa\n');
    const data = await readData([{ path: 'iris.csv', bytes: csv }], { inputShape: [1, 2] });
    expect(data.sampleShape).toEqual([2]);
    expect([...data.labels!]).toEqual([0, 1, 0]);
    expect(data.classNames).toEqual(['setosa', 'virginica']);
  });

  it('reads IDX images and labels', async () => {
    const images = new Uint8Array([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 6]);
    const labels = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 4, 5]);
    const data = await readData([
      { path: 't10k-images-idx3-ubyte', bytes: images },
      { path: 't10k-labels-idx1-ubyte', bytes: labels },
    ]);
    expect(data.sampleShape).toEqual([1, 2]);
    expect([...data.labels!]).toEqual([4, 5]);
  });

  it.each([
    ['a truncated array', npyOf('<f4', '(1000000, 100)', new Uint8Array(8)), /claims/],
    ['objects', npyOf('|O8', '(2,)', new Uint8Array(16)), /numeric/],
    ['a PNG of nothing', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]), /image/],
    ['text', text('hello world'), /no data that Intact reads/],
    ['nothing', new Uint8Array(0), /empty/],
  ])('refuses %s with a sentence', async (_, bytes, sentence) => {
    await expect(readData([{ path: 'f', bytes }])).rejects.toThrow(sentence);
  });
});

describe('preprocessing', () => {
  const grey = {
    name: '',
    description: '',
    count: 1,
    sampleShape: [2, 2],
    samples: new Uint8Array([0, 51, 102, 255]),
    synthetic: false,
  };

  it('scales bytes to 0…1 by default', () => {
    const out = new Float32Array(4);
    preprocess(grey, 0, suggestPreprocessing(grey, [1, 2, 2, 1]), [1, 2, 2, 1], out);
    expect([...out]).toEqual([0, 51 / 255, 102 / 255, 1].map(Math.fround));
  });

  it('applies ImageNet statistics per channel', () => {
    const rgb = { ...grey, sampleShape: [1, 1, 3], samples: new Uint8Array([255, 0, 128]) };
    const out = new Float32Array(3);
    preprocess(rgb, 0, preprocessingOf('imagenet'), [1, 1, 1, 3], out);
    expect(out[0]).toBeCloseTo((1 - 0.485) / 0.229, 5);
    expect(out[1]).toBeCloseTo(-0.456 / 0.224, 5);
    expect(out[2]).toBeCloseTo((128 / 255 - 0.406) / 0.225, 5);
  });

  it('resizes with half-pixel centres (tf.image.resize bilinear of [0, 51, 102, 255] to 1×1: 102)', () => {
    const out = new Float32Array(1);
    preprocess(grey, 0, preprocessingOf('none', 'stretch'), [1, 1, 1, 1], out);
    expect(out[0]).toBeCloseTo(102, 4);
  });

  it('says both shapes when they do not fit', () => {
    expect(() => {
      preprocess(grey, 0, preprocessingOf('none'), [1, 10], new Float32Array(10));
    }).toThrow(/2×2.*10/);
  });
});

describe.skipIf(!hasShared)('shared data', () => {
  it('reads cifar10_1000.npz and abalone.csv', async () => {
    const cifar = await readData([
      { path: 'cifar10_1000.npz', bytes: readShared('data/cifar10/cifar10_1000.npz') },
    ]);
    expect(cifar).toMatchObject({ count: 1000, sampleShape: [32, 32, 3] });
    const abalone = await readData(
      [{ path: 'abalone.csv', bytes: readShared('models/abalone/abalone.csv') }],
      { inputShape: [1, 8], categories: { sex: ['F', 'M', 'I'] } },
    );
    expect(abalone).toMatchObject({ sampleShape: [8] });
    expect(abalone.samples[0]).toBe(1);
    expect(abalone.labels).toHaveLength(abalone.count);
  });
});
