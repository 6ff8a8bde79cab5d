/** Fixes that several rules offer, with what they change of bytes and time and what they leave of the noise. */
import type { Override } from '../../quant/recipe';
import type { FixDraft } from './rule';
import type { Ground, Layer } from './ground';

/** 65,536 levels instead of 256: the power of a step's noise. */
const WIDE = 2 ** -16;

/** Where the trouble is: what the layer's own weights make, what the grid of its output makes, those of its inputs, or both. */
export type Trouble = 'weights' | 'output' | 'inputs' | 'around';

const overrides = (layers: readonly Layer[], choice: Override) => ({
  overrides: Object.fromEntries(layers.map(({ id }) => [id, choice])),
});
const these = (layers: readonly Layer[]) =>
  layers.length === 1 ? `“${layers[0]!.id}”` : `these ${layers.length} layers`;

/**
 * The layers that must have finer numbers: an activation loses its grid only where both its maker and its
 * readers have another.
 */
function reached(layers: readonly Layer[], trouble: Trouble, ground: Ground): readonly Layer[] {
  const all = new Map(layers.map((layer) => [layer.id, layer]));
  const add = (name: string | undefined) => {
    const one = name === undefined ? undefined : ground.layer(name);
    if (one && isInteger(one)) all.set(one.id, one);
  };
  const through = (value: number) => {
    for (const reader of ground.readers(value)) {
      add(reader.name);
      if (movers.has(reader.op)) through(reader.outputs[0]!);
    }
  };
  if (trouble === 'output' || trouble === 'around')
    for (const { node } of layers) through(node.outputs[0]!);
  if (trouble === 'inputs' || trouble === 'around')
    for (const { node } of layers) for (const index of node.inputs) add(ground.maker(index)?.name);
  return [...all.values()];
}
const movers: ReadonlySet<string> = new Set(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS', 'TRANSPOSE']);
const isInteger = ({ row }: Layer) => row.scheme === 'int8' || row.scheme === 'int16';
const beside = {
  weights: ['', ''],
  output: ['the one that reads it', 'those that read them'],
  inputs: ['the one that feeds it', 'those that feed them'],
  around: ['the one beside it', 'those beside them'],
} as const satisfies Readonly<Record<Trouble, readonly [string, string]>>;
const withOthers = (layers: readonly Layer[], all: readonly Layer[], trouble: Trouble) =>
  all.length === layers.length
    ? these(layers)
    : `${these(layers)} and ${beside[trouble][layers.length === 1 && all.length === 2 ? 0 : 1]}`;

/**
 * 16-bit activations; weights stay at 8 bits, one scale a channel. @param weightsLeft what the scale a
 * channel leaves of the weights' noise
 */
export function wider(
  layers: readonly Layer[],
  trouble: Trouble,
  ground: Ground,
  weightsLeft: Readonly<Record<string, number>> = {},
): FixDraft {
  const all = reached(layers, trouble, ground);
  const channels = all.reduce(
    (sum, { weights, output }) => sum + (weights ? output.shape.at(-1)! : 0),
    0,
  );
  const activations = trouble === 'weights' ? 1 : WIDE;
  return {
    id: 'int16',
    label: `16-bit activations in ${withOthers(layers, all, trouble)}`,
    change: overrides(all, 'int16'),
    // A bias of 64 bits instead of 32.
    bytes: 4 * channels,
    left: Object.fromEntries(
      layers.map(({ id, weightPart }) => [
        id,
        weightPart * (weightsLeft[id] ?? 1) + (1 - weightPart) * activations,
      ]),
    ),
    how:
      trouble === 'weights'
        ? 'these weights’ squared error with one scale a channel, the activations’ noise stays where others read them in 8 bits'
        : 'the activations’ part of these layers’ noise falls by 2¹⁶, their weights’ part stays',
  };
}

export function asFloat(layers: readonly Layer[], trouble: Trouble, ground: Ground): FixDraft {
  const all = reached(layers, trouble, ground);
  const bytes = all.reduce((sum, { row }) => sum + row.bytesFloat - row.bytesQuantized, 0);
  const ms = all.reduce((sum, { row }) => sum + (row.msFloat ?? NaN) - (row.msQuantized ?? NaN), 0);
  return {
    id: 'float',
    label: `Keep ${withOthers(layers, all, trouble)} in float`,
    change: overrides(all, 'float'),
    bytes,
    ...(Number.isFinite(ms) ? { ms } : {}),
    left: Object.fromEntries(
      layers.map(({ id, weightPart }) => [id, trouble === 'weights' ? 1 - weightPart : 0]),
    ),
    how:
      trouble === 'weights'
        ? 'nothing of these weights’ noise is left, the activations’ stays where others read them in 8 bits'
        : 'nothing of these layers’ own noise is left',
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

const cut = { method: 'percentile', percentile: 99.95 } as const;

export function clipped(
  layers: readonly Layer[],
  left: Readonly<Record<string, number>>,
): FixDraft {
  return {
    id: 'clip',
    label: `Cut one in two thousand numbers off the range of ${these(layers)}`,
    change: { ranges: Object.fromEntries(layers.map(({ id }) => [id, cut])) },
    left,
    how: 'rounding on the narrower range’s steps, weights’ noise stays; what is cut off is taken for unimportant',
  };
}

/** For layers that are bad for no reason that is known: by which half of them makes the noise. */
export function remedies(layers: readonly Layer[], ground: Ground): readonly FixDraft[] {
  if (layers.length === 0) return [];
  const weights = layers.filter(({ weightPart }) => weightPart > 0.5);
  const four = weights.filter(({ weightGrid }) => weightGrid?.dtype === 'int4');
  const rest = layers.filter((layer) => !weights.includes(layer));
  const finer = four.length > 0 ? [eightBit(four)] : [];
  if (weights.length > 0 && rest.length === 0)
    return [...finer, asFloat(layers, 'weights', ground)];
  if (weights.length > 0) return [...finer, asFloat(layers, 'inputs', ground)];
  return [wider(layers, 'inputs', ground), asFloat(layers, 'inputs', ground)];
}

/** 8 bits for weights of 4: steps 127 / 7 times as fine. */
function eightBit(layers: readonly Layer[]): FixDraft {
  return {
    id: 'int8',
    label: `8-bit weights in ${these(layers)}`,
    change: overrides(layers, 'int8'),
    bytes: layers.reduce((sum, { row }) => sum + row.params / 2, 0),
    left: Object.fromEntries(
      layers.map(({ id, weightPart }) => [id, weightPart * (7 / 127) ** 2 + 1 - weightPart]),
    ),
    how: 'these weights’ noise falls by (127 / 7)², the activations’ stays',
  };
}
