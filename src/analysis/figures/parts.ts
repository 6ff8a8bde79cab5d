/** The whole model with weights alone, and activations alone, quantized: which half of the quantization costs what. */
import type { Outcome } from '../../run/outcome';
import { kindsOfScore } from '../score';
import type { Unit } from './figure';
import { decimalsOf } from './sensitivity';
import type { Measured, WholeFigure } from './wholeFigure';

const halves = [
  {
    id: 'weightsOnly',
    of: 'weights',
    what: 'weights as the file stores them, activations in float',
  },
  {
    id: 'activationsOnly',
    of: 'activations',
    what: 'activations on their grids, weights in float',
  },
  { id: 'whole', of: 'both', what: 'both, on the same samples' },
] as const;

const units = { '%': '%', dB: 'dB', '': 'target' } as const satisfies Record<string, Unit>;

/** Score and output SQNR of each half, and of both beside them. */
export function partFigures({ parts }: Measured['figures']): readonly WholeFigure[] {
  if (!parts) return [];
  const on = ` Measured on the first ${parts.samples.toLocaleString('en-US')} evaluation samples.`;
  const { kind, unit, better } = parts.whole.score;
  const { title } = kindsOfScore[kind];
  return halves.flatMap(({ id, of, what }): WholeFigure[] => {
    if (!parts[id]) return [];
    const label = of === 'both' ? 'both quantized' : `${of} only`;
    const common = { better, fromSamples: true, table: false } as const;
    const read =
      (value: (outcome: Outcome) => number): WholeFigure['value'] =>
      ({ figures }) => {
        const own = figures.parts?.[id];
        return own && value(own);
      };
    const sqnr: WholeFigure = {
      ...common,
      ...{ id: `${id}:sqnr`, unit: 'dB', better: 'higher' },
      label: `Output SQNR, ${label}`,
      head: `SQNR, ${label}`,
      definition: `Signal to quantization noise at the model’s first output: ${what}.${on}`,
      value: read(({ outputs }) => outputs[0]?.sqnr ?? NaN),
    };
    if (kind === 'likeness') return [sqnr];
    return [
      {
        ...common,
        ...{ id: `${id}:score`, unit: units[unit] },
        ...(unit === '%' ? { decimals: Math.max(1, decimalsOf(parts.samples)) } : {}),
        label: `${title}, ${label}`,
        head: `${title}, ${label}`,
        definition: `${title} of the whole model: ${what}.${on}`,
        value: read(({ score }) => score.value),
      },
      sqnr,
    ];
  });
}
