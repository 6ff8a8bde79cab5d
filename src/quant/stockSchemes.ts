/** The schemes that stock recipes make, as they are offered: whoever lists them reads this list. */

const list = [
  { id: 'int8', label: 'int8 per-channel', note: 'Weights per channel, activations per tensor' },
  { id: 'int8-per-tensor', label: 'int8 per-tensor', note: 'One scale for each weight tensor' },
  {
    id: 'int4',
    label: 'int4 weights, int8 activations',
    note: 'Convolutions and dense layers: two weights a byte, scaled at least squared error; others int8',
  },
  { id: 'dynamic', label: 'Dynamic range', note: 'int8 weights, activations quantized per run' },
  { id: 'float16', label: 'float16', note: 'Half-size weights, float arithmetic' },
] as const;

export type SchemeId = (typeof list)[number]['id'];

/** The first is the default. */
export const schemes: readonly {
  readonly id: SchemeId;
  readonly label: string;
  readonly note: string;
}[] = list;

/** The id itself where no stock scheme has it. */
export function schemeLabel(scheme: string): string {
  return schemes.find(({ id }) => id === scheme)?.label ?? scheme;
}

/** True where activations are integers: such a scheme needs calibration, and its border can be int8. */
export function quantizesActivations(scheme: SchemeId): boolean {
  return scheme === 'int8' || scheme === 'int8-per-tensor' || scheme === 'int4';
}
