/** Fixes that several rules offer, with what they change of bytes and time and what they leave of the noise. */
import type { Override } from '../../quant/recipe';
import type { FixDraft } from './rule';
import type { Ground, Layer } from './ground';

/** 65,536 levels instead of 256: the power of a step's noise. */
const WIDE = 2 ** -16;

const overrides = (layers: readonly Layer[], choice: Override) => ({
  overrides: Object.fromEntries(layers.map(({ id }) => [id, choice])),
});
const these = (layers: readonly Layer[]) =>
  layers.length === 1 ? `“${layers[0]!.id}”` : `these ${layers.length} layers`;

/** 16-bit activations; weights stay at 8 bits, one scale a channel. */
export function wider(
  layers: readonly Layer[],
  weightsLeft?: Readonly<Record<string, number>>,
): FixDraft {
  const channels = layers.reduce(
    (sum, { weights, output }) => sum + (weights ? output.shape.at(-1)! : 0),
    0,
  );
  return {
    id: 'int16',
    label: `16-bit activations in ${these(layers)}`,
    change: overrides(layers, 'int16'),
    // A bias of 64 bits instead of 32.
    bytes: 4 * channels,
    left: Object.fromEntries(
      layers.map(({ id, weightPart }) => [
        id,
        weightPart * (weightsLeft?.[id] ?? 1) + (1 - weightPart) * WIDE,
      ]),
    ),
    how: 'the activations’ part of these layers’ noise falls by 2¹⁶, their weights’ part stays',
  };
}

export function asFloat(layers: readonly Layer[]): FixDraft {
  const bytes = layers.reduce((sum, { row }) => sum + row.bytesFloat - row.bytesQuantized, 0);
  const ms = layers.reduce(
    (sum, { row }) => sum + (row.msFloat ?? NaN) - (row.msQuantized ?? NaN),
    0,
  );
  return {
    id: 'float',
    label: `Keep ${these(layers)} in float`,
    change: overrides(layers, 'float'),
    bytes,
    ...(Number.isFinite(ms) ? { ms } : {}),
    left: Object.fromEntries(layers.map(({ id }) => [id, 0])),
    how: 'nothing of these layers’ own noise is left',
  };
}

export function equalized({ rows }: Ground, left: Readonly<Record<string, number>>): FixDraft {
  const capped = rows.some(({ op }) => op === 'RELU6');
  return {
    id: 'equalize',
    label: 'Equalize the layers’ channels',
    change: { steps: [{ kind: 'equalize', relu6: 'keep', absorb: true }] },
    ...(capped ? { note: 'Across RELU6, channels that reach the cap stay as they are.' } : {}),
    left,
    how: 'weights’ noise with each channel’s range at the geometric mean of its own and the median',
  };
}

export function clipped(
  layers: readonly Layer[],
  left: Readonly<Record<string, number>>,
): FixDraft {
  return {
    id: 'clip',
    label: `Choose the range of ${these(layers)} by least squared error`,
    change: { ranges: Object.fromEntries(layers.map(({ id }) => [id, { method: 'mse' }])) },
    left,
    how: 'the activations’ noise on the calibration histogram with the clipped range, weights’ noise stays',
  };
}
