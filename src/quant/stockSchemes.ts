/** The schemes that stock recipes make, as they are offered: whoever lists them reads this list. */
import type { IntegerType } from './targets/target';

const list = [
  { id: 'int8', label: 'int8 per-channel', note: 'Weights per channel, activations per tensor' },
  { id: 'int8-per-tensor', label: 'int8 per-tensor', note: 'One scale for each weight tensor' },
  {
    id: 'int4',
    label: 'int4 weights, int8 activations',
    note: 'Convolutions and dense layers: two weights a byte, scaled at least squared error; others int8',
  },
  {
    id: 'int16x8',
    label: 'int16 activations, int8 weights',
    note: '16x8: activations around zero in 16 bits, weights per channel; near float accuracy, slower',
  },
  {
    id: 'int16x4',
    label: 'int16 activations, int4 weights',
    note: 'As int16, with two weights a byte in convolutions and dense layers',
  },
  { id: 'dynamic', label: 'Dynamic range', note: 'int8 weights, activations quantized per run' },
  {
    id: 'weight-only',
    label: 'int8 weights only',
    note: 'Weights stored in a byte, float arithmetic; needs no calibration',
  },
  {
    id: 'weight-only-int4',
    label: 'int4 weights only',
    note: 'Convolutions and dense layers: two weights a byte; others int8; float arithmetic',
  },
  { id: 'float16', label: 'float16', note: 'Half-size weights, float arithmetic' },
] as const;

export type SchemeId = (typeof list)[number]['id'];

/** The first is the default. */
export const schemes: readonly {
  readonly id: SchemeId;
  readonly label: string;
  readonly note: string;
}[] = list;

/** What "Compare all schemes" makes, and the samples by themselves: one of each kind that differs in the figures. */
export const comparedSchemes: readonly SchemeId[] = [
  'int8',
  'int8-per-tensor',
  'int4',
  'dynamic',
  'float16',
];

/** The id itself where no stock scheme has it. */
export function schemeLabel(scheme: string): string {
  return schemes.find(({ id }) => id === scheme)?.label ?? scheme;
}

/** True where activations are integers: such a scheme needs calibration, and its border can be an integer. */
export function quantizesActivations(scheme: SchemeId): boolean {
  return activationsOf(scheme) !== undefined;
}

/** The type of a scheme's activations where calibration gives them a grid. */
export function activationsOf(scheme: SchemeId): IntegerType | undefined {
  switch (scheme) {
    case 'int8':
    case 'int8-per-tensor':
    case 'int4':
      return 'int8';
    case 'int16x8':
    case 'int16x4':
      return 'int16';
    case 'dynamic':
    case 'weight-only':
    case 'weight-only-int4':
    case 'float16':
      return undefined;
    default:
      return scheme satisfies never;
  }
}
