/** Against sums in float64, finite differences, and every rounding there is. */
import { describe, expect, it } from 'vitest';
import { random } from '../../numbers/random';
import { adaround } from './adaround';
import { eachWeight, layoutOf } from './layout';
import { openRounder } from './module';
import type { Problem } from './problem';
import { nearestIntegers } from './soft';

const rounder = openRounder()!;

/** Inputs that go together, as neighbours in a picture do: where rounding by what the layer does pays. */
function problem(more: Partial<Problem> & Pick<Problem, 'channels' | 'k'>, seed = 1): Problem {
  const { channels, k, kind = 'full', held = 0, training = 40 } = more;
  const next = random(seed);
  const length = kind === 'full' ? k : k * channels;
  const float = new Float32Array((training + held) * length);
  for (let row = 0; row < training + held; row++) {
    const common = next() * 2;
    for (let i = 0; i < length; i++) float[row * length + i] = common + next() * 0.5;
  }
  return {
    ...{ kind, channels, k, training, held, levels: 7, activation: 'NONE' },
    weights: Float32Array.from({ length: channels * k }, () => next() * 2 - 1),
    scale: new Float32Array(channels).fill(1 / 7),
    float,
    quantized: float,
    ...more,
  };
}

const options = {
  ...{
    iterations: 800,
    quantizedChance: 1,
    seed: 3,
    batch: 16,
    rate: 3e-2,
    lambda: 3,
    refined: 1e6,
  },
} as const;

/** Mean squared error of the outputs with these integers, in float64. */
function errorOf(of: Problem, integers: ArrayLike<number>): number {
  const { kind, channels, k, training, scale } = of;
  const act = of.activation === 'RELU' ? (x: number) => Math.max(0, x) : (x: number) => x;
  let sum = 0;
  for (let row = 0; row < training; row++)
    for (let channel = 0; channel < channels; channel++) {
      let [wanted, got] = [of.bias?.[channel] ?? 0, of.bias?.[channel] ?? 0];
      for (let i = 0; i < k; i++) {
        const at = kind === 'full' ? channel * k + i : i * channels + channel;
        const patch = kind === 'full' ? row * k + i : (row * k + i) * channels + channel;
        wanted += of.float[patch]! * of.weights[at]!;
        got += of.quantized[patch]! * scale[channel]! * integers[at]!;
      }
      sum += (act(got) - act(wanted)) ** 2;
    }
  return sum / (training * channels);
}

/** The least error over every choice of the two neighbours of each weight. */
function optimum(of: Problem): number {
  const low = Array.from(of.weights, (w) => Math.floor(w / of.scale[0]!));
  let least = Infinity;
  for (let choice = 0; choice < 2 ** low.length; choice++)
    least = Math.min(
      least,
      errorOf(
        of,
        low.map((q, i) => Math.min(7, q + ((choice >> i) & 1))),
      ),
    );
  return least;
}

describe('AdaRound', () => {
  it.each([1, 2, 3])('comes near the best of all roundings (%i)', async (seed) => {
    const one = problem({ channels: 1, k: 10 }, seed);
    const { integers, nearest, rounded } = await adaround(rounder, one, options);
    const best = optimum(one);
    expect(nearest).toBeCloseTo(errorOf(one, nearestIntegers(one)), 5);
    expect(rounded).toBeCloseTo(errorOf(one, integers), 5);
    // What is left of the way from the nearest rounding to the best one.
    expect(rounded - best).toBeLessThanOrEqual(0.05 * (nearest - best) + 1e-7);
  });

  it('weighs what the activation lets through', async () => {
    const bias = Float32Array.of(-1, 0.2);
    const one = problem({ channels: 2, k: 6, bias, activation: 'RELU' });
    const { integers, rounded } = await adaround(rounder, one, options);
    expect(rounded).toBeCloseTo(errorOf(one, integers), 5);
    expect(rounded).toBeLessThan(errorOf(one, nearestIntegers(one)));
  });

  it('rounds depthwise weights channel by channel', async () => {
    const one = problem({ channels: 5, k: 9, kind: 'depthwise' });
    const { integers, rounded } = await adaround(rounder, one, options);
    expect(rounded).toBeCloseTo(errorOf(one, integers), 5);
    expect(rounded).toBeLessThan(errorOf(one, nearestIntegers(one)) / 3);
  });

  it('stays on the grid, one step from the weight where it is not clipped', async () => {
    const one = problem({ channels: 3, k: 7, scale: new Float32Array(3).fill(1 / 12) });
    const { integers } = await adaround(rounder, one, options);
    integers.forEach((q, i) => {
      const real = one.weights[i]! * 12;
      expect(Math.abs(q)).toBeLessThanOrEqual(7);
      if (Math.abs(real) < 7) expect(Math.abs(q - real)).toBeLessThan(1);
      else expect(q).toBe(Math.sign(real) * 7);
    });
  });

  it('draws the same from the same seed, and other things from another', async () => {
    const one = problem({ channels: 6, k: 40 });
    const mixed = { ...one, quantized: one.float.map((x) => Math.round(x * 4) / 4) };
    const run = async (seed: number) =>
      (await adaround(rounder, mixed, { ...options, iterations: 30, quantizedChance: 0.5, seed }))
        .integers;
    expect(await run(1)).toEqual(await run(1));
    expect(Buffer.from(await run(1)).equals(Buffer.from(await run(2)))).toBe(false);
  });

  it('keeps the nearest rounding where held-out positions are no better off', async () => {
    const one = problem({ channels: 1, k: 4, training: 8, held: 8 });
    // What judges is unlike what trains.
    const quantized = one.quantized.slice();
    quantized.fill(0, 8 * 4);
    const float = one.float.slice();
    float.fill(0, 8 * 4);
    const { integers, changed } = await adaround(rounder, { ...one, float, quantized }, options);
    expect(integers).toEqual(nearestIntegers(one));
    expect(changed).toBe(0);
  });

  it('has the gradient of its loss', () => {
    const { kernels } = rounder;
    const [channels, k, rows, lambda, beta] = [10, 6, 4, 0.05, 3.5];
    const next = random(7);
    const layout = layoutOf({ kind: 'full', channels, k });
    rounder.clear();
    const [x, v, base, scale, w, y, e, g] = [
      ...[rows * k, layout.size, layout.size, layout.channels, layout.size],
      ...[rows * layout.channels, rows * layout.channels, layout.size],
    ].map((floats) => rounder.take(floats)) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const xs = Float32Array.from({ length: rows * k }, () => next() - 0.3);
    const targets = Float32Array.from({ length: rows * layout.channels }, () => next());
    rounder.floats(x, xs.length).set(xs);
    rounder.floats(scale, layout.channels).fill(0.25);
    const vs = new Float64Array(layout.size);
    eachWeight({ kind: 'full', channels, k }, layout, (_, at) => {
      // Inside, where there is a slope: h between 0.1 and 0.9.
      vs[at] = next() * 3 - 1.5;
    });
    rounder.floats(v, layout.size).set(vs);
    const loss = (at: Float64Array) => {
      const h = (value: number) => Math.min(1, Math.max(0, 1.2 / (1 + Math.exp(-value)) - 0.1));
      let sum = 0;
      for (let row = 0; row < rows; row++)
        eachWeight(
          { kind: 'full', channels, k: 1 },
          layoutOf({ kind: 'full', channels, k: 1 }),
          (channel) => {
            let real = 0;
            const panel = Math.floor(channel / 8) * 8 * k + (channel % 8);
            for (let i = 0; i < k; i++) real += xs[row * k + i]! * 0.25 * h(at[panel + i * 8]!);
            sum += (real - targets[row * layout.channels + channel]!) ** 2;
          },
        );
      at.forEach((value) => {
        sum += lambda * (1 - Math.abs(2 * h(value) - 1) ** beta);
      });
      return sum;
    };
    kernels.soften(v, base, scale, w, layout.panels, k, layout.width);
    kernels.forward(x, w, y, rows, k, layout.panels);
    const outputs = rounder.floats(y, rows * layout.channels);
    const errors = rounder.floats(e, rows * layout.channels);
    for (let i = 0; i < errors.length; i++)
      errors[i] = i % layout.channels < channels ? 2 * (outputs[i]! - targets[i]!) * 0.25 : 0;
    kernels.gradient(x, e, g, rows, k, layout.panels);
    kernels.gradientToV(g, v, layout.size, lambda, beta);
    const made = rounder.floats(g, layout.size).slice();
    eachWeight({ kind: 'full', channels, k }, layout, (_, at) => {
      const [up, down] = [vs.slice(), vs.slice()];
      up[at]! += 1e-5;
      down[at]! -= 1e-5;
      expect(made[at]).toBeCloseTo((loss(up) - loss(down)) / 2e-5, 4);
    });
  });
});
