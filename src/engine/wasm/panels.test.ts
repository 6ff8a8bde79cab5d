import { describe, expect, it } from 'vitest';
import { random } from '../../testing/random';
import { keptPanels, packPanels, panelsOf, type PanelSource } from './panels';

const source = (over: Partial<PanelSource> = {}): PanelSource => ({
  kind: 'int8',
  variant: 'usdot',
  weights: Int8Array.of(1, 2, 3, 4, 5, -6, 7, 8, -9, 10, 11, 12),
  first: 0,
  channels: 2,
  segments: 2,
  run: 3,
  bias: Int32Array.of(100, 200),
  inputZero: -3,
  scales: Float32Array.of(0.5, 0.25),
  ...over,
});

describe('panels of weights', () => {
  it('hold bias less the zero point’s share, a word of each channel in turn, and scales', () => {
    const { bytes, panelBytes, words, reach } = packPanels(source());
    const ints = new Int32Array(bytes.buffer);
    const floats = new Float32Array(bytes.buffer);
    expect([words, panelBytes, bytes.length]).toEqual([1, 128, 128]);
    // Σw is 9 and 39; the zero point −3 is stored plus 128.
    expect([...ints.subarray(0, 3)]).toEqual([100 - 9 * 125, 200 - 39 * 125, 0]);
    const word = (at: number) => [...new Int8Array(bytes.buffer, at, 4)];
    expect([32, 36, 64, 68].map(word)).toEqual([
      [1, 2, 3, 0],
      [7, 8, -9, 0],
      [4, 5, -6, 0],
      [10, 11, 12, 0],
    ]);
    expect([...floats.subarray(24, 27)]).toEqual([0.5, 0.25, 0]);
    // |bias| + 255·Σ|w|, times the scale: the first channel's 5455 / 2.
    expect(reach).toBe(Math.max((100 + 255 * 21) * 0.5, (200 + 255 * 57) * 0.25));
  });

  it('are packed once for the same weights, bias and scales', () => {
    const given = source();
    const panels = panelsOf(given);
    expect(panelsOf({ ...given, bias: Int32Array.of(100, 200) })).toBe(panels);
    expect(panelsOf({ ...given, scales: Float32Array.of(0.5, 0.25) })).toBe(panels);
    const others: Partial<PanelSource>[] = [
      { bias: Int32Array.of(100, 201) },
      { scales: Float32Array.of(0.5, 0.75) },
      { inputZero: 0 },
      { variant: 'dot16' },
      { segments: 1, run: 6 },
      { weights: given.weights.slice() as Int8Array },
    ];
    for (const other of others) {
      expect(panelsOf({ ...given, ...other }) === panels).toBe(false);
      expect(panelsOf({ ...given, ...other })).toEqual(packPanels({ ...given, ...other }));
    }
  });

  it('are kept up to a limit: what is beyond it is packed again', () => {
    const rng = random(3);
    const big = () =>
      source({
        kind: 'float32',
        weights: new Float32Array(5 * 2 ** 20).fill(rng.next()),
        channels: 1024,
        segments: 1,
        run: 5120,
        bias: undefined,
        inputZero: 0,
        scales: undefined,
      });
    const all = Array.from({ length: 6 }, big);
    const first = all.map(panelsOf);
    expect(keptPanels()).toBeLessThanOrEqual(96 * 2 ** 20);
    expect(panelsOf(all[0]!) === first[0]).toBe(true);
    expect(panelsOf(all[5]!) === first[5]).toBe(false);
    expect(panelsOf(all[5]!).bytes[40]).toBe(first[5]!.bytes[40]);
  });
});
