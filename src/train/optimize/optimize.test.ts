import { describe, expect, it } from 'vitest';
import { layOut, type Parameter } from '../parameters';
import { initAdam, updateAdam } from './adam';
import { watchOscillations } from './oscillation';
import { ratesAt } from './schedule';
import { createVectors } from './vectors';

type Loose = Omit<Parameter, 'offset'>;
const one = (kind: Parameter['kind'], initial: number[], more: Partial<Loose> = {}): Loose => ({
  name: 'w',
  kind,
  shape: [initial.length],
  size: initial.length,
  channels: { outer: 1, channels: 1, inner: initial.length },
  initial: Float32Array.from(initial),
  factor: 1,
  ...more,
});

describe('Adam', () => {
  const gradients = [
    [0.1, -0.2, 0, 1e-3, 5],
    [0.3, 0.2, -1e-4, 2e-3, -5],
    [-0.1, 0.4, 1e-2, 0, 1],
  ];
  const run = async (optimizer: 'adam' | 'relative', parameter: Loose, rate: number) => {
    const layout = layOut([parameter]);
    const vectors = await createVectors(layout.size);
    initAdam(vectors, layout, { optimizer });
    vectors.view('parameters').set(parameter.initial);
    gradients.forEach((g, i) => {
      vectors.view('gradients').set(g.slice(0, parameter.size));
      updateAdam(vectors, layout, i + 1, { weights: rate, scales: rate }, { optimizer });
    });
    return vectors.view('parameters');
  };
  const start = [0.5, -1, 2, 0, 3];

  // keras.optimizers.Adam(1e-2, epsilon=1e-7), Keras 3 on TensorFlow 2.21, the same three gradients.
  it('moves as Keras moves', async () => {
    const expected = [
      0.47598591446876526, -0.9959784746170044, 2.000884771347046, -0.02705681510269642,
      2.9900341033935547,
    ];
    const found = await run('adam', one('weights', start), 1e-2);
    expected.forEach((x, i) => expect(found[i]).toBeCloseTo(x, 6));
  });

  it('moves by shares of the channel in relative steps', async () => {
    const channels = { outer: 1, channels: 5, inner: 1 };
    const absolute = await run('adam', one('weights', start), 1e-2);
    const relative = await run('relative', one('weights', start, { channels }), 1e-2);
    start.forEach((x, i) => {
      const unit = Math.max(Math.abs(x), 1e-6);
      expect(relative[i]! - x).toBeCloseTo((absolute[i]! - x) * unit, 3);
    });
  });

  it('moves scales by shares of themselves, at most to half', async () => {
    const found = await run('adam', one('scale', [1, 1, 1, 1, 1]), 5);
    expect(found[4]).toBeGreaterThanOrEqual(0.125);
    expect([...found].every((x) => x > 0)).toBe(true);
  });
});

it('rises, falls by a cosine, and holds scales still at the end', () => {
  const options = {
    learningRate: 1,
    scaleLearningRate: 2,
    warmup: 0.1,
    schedule: 'cosine',
    freezeScalesLast: 1 / 3,
  } as const;
  const rates = Array.from({ length: 100 }, (_, step) => ratesAt(options, step, 100));
  expect(rates[0]!.weights).toBeCloseTo(0.1, 6);
  expect(rates[50]!.weights).toBeCloseTo(0.5, 6);
  expect(rates[50]!.scales).toBeCloseTo(1, 6);
  expect(rates.map(({ scales }) => scales > 0).lastIndexOf(true)).toBe(66);
  expect(ratesAt({ ...options, schedule: 'constant' }, 99, 100).weights).toBe(1);
});

it('freezes a weight that swings, at the integer where it is more often', () => {
  const layout = layOut([
    one('weights', [0.26, 1], { levels: 7 }),
    one('weight-scale', [0.5], { levels: 7 }),
  ]);
  const flat = Float32Array.of(0.26, 1, 0.5);
  const watch = watchOscillations(layout, flat)!;
  for (let step = 0; step < 40; step++) {
    if (watch.state.frozen[0] === 0) flat[0] = step % 3 === 2 ? 0.24 : 0.26;
    watch.update(flat, step / 40);
  }
  expect([...watch.state.frozen]).toEqual([1, 0]);
  expect(flat[0]).toBe(0.5);
  flat[2] = 0.4;
  flat[0] = 3;
  watch.update(flat, 1);
  expect(flat[0]).toBeCloseTo(0.4, 6);
  expect(flat[1]).toBe(1);
});
