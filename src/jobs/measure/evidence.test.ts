/** What findings stand on, worked out on paper for the tiny model. */
import { describe, expect, it } from 'vitest';
import { runJob } from '..';
import { tinyRequest, tinyWorker } from '../testing/tiny';
import { endsOfGrid } from './watched';

const silent = { progress: () => undefined };
const evidence = async () =>
  (await runJob('quantize', tinyRequest(), tinyWorker(), silent)).figures.evidence!;

describe('evidence', () => {
  it('has the float activations of the evaluation samples, none of them beyond its grid', async () => {
    const { layers } = await evidence();
    expect(layers['x']!.seen!.min).toBe(20);
    expect(layers['x']!.seen!.max).toBeCloseTo(97.9, 5);
    expect(layers['first']!.seen!.min).toBeCloseTo(5, 5);
    expect(layers['first']!.seen!.max).toBeCloseTo(21.2, 5);
    expect(layers['first']!.beyond).toBe(0);
  });

  it('has the mean error of the worst channel, and its part of the noise', async () => {
    const { layers } = await evidence();
    // Alone: y = (20, 5), (16, 20) for (21.2, 5), (19.7, 19.55).
    expect(layers['first']!.shift).toBeCloseTo((1.2 + 3.7) / 2, 4);
    const noise = 1.2 ** 2 + 3.7 ** 2 + 0.45 ** 2;
    expect(layers['first']!.shiftPart).toBeCloseTo((4.9 ** 2 / 2 + 0.45 ** 2 / 2) / noise, 4);
    // Alone: z = (21, 5), (20, 20).
    expect(layers['second']!.shift).toBeCloseTo(0.45 / 2, 4);
  });

  it('has each layer with its exact weights, and with its activations alone', async () => {
    const { layers } = await evidence();
    expect(layers['first']!.weightsOnly!.sqnr).toBeGreaterThan(100);
    const mse = (1.2 ** 2 + 3.7 ** 2 + 0.45 ** 2) / 4;
    expect(layers['first']!.activationsOnly!.mse).toBeCloseTo(mse, 4);
  });

  it('has the output with one layer quantized, and with all', async () => {
    const { layers, outputs } = await evidence();
    const signal = 21.2 ** 2 + 5 ** 2 + 19.7 ** 2 + 19.55 ** 2;
    const db = (noise: number) => 10 * Math.log10(signal / noise);
    const first = 1.2 ** 2 + 3.7 ** 2 + 0.45 ** 2;
    expect(layers['first']!.outputSqnr![0]).toBeCloseTo(db(first), 3);
    const second = 0.2 ** 2 + 0.3 ** 2 + 0.45 ** 2;
    expect(layers['second']!.outputSqnr![0]).toBeCloseTo(db(second), 3);
    expect(outputs!['z']!.sqnr).toBeCloseTo(db(first), 3);
  });

  it('has how far two halves of the calibration samples are apart', async () => {
    const { halves } = await evidence();
    // x: 1020 alone, and 0 … 255; y: (0, 255) and (255, 0).
    expect(halves!['x']).toBe(1);
    expect(halves!['y']).toBe(0);
  });

  it('counts half a step more on each side of a grid as rounding', () => {
    const quant = { scale: Float32Array.of(4), zeroPoint: Int32Array.of(-128), axis: 0 };
    const grid = { name: 'x', shape: [2], dtype: 'int8' as const, quant };
    expect(endsOfGrid(grid)).toEqual({ low: -2, high: 1022 });
  });
});
