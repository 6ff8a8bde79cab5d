import type { Check } from '../../data/samples';
import type { OpenedModel } from '../../jobs/types';

/** On what the value range stands, where the model's file names none. */
const bases = {
  told: 'The data check says where this range comes from.',
  proven: 'The file names no range: this one is proven, as the data check says.',
  chosen: 'The file names no range: this one is your choice.',
  assumed: 'The file does not say what range it was trained with: this one is assumed.',
  asked: 'The file does not say what range it was trained with: choose it in the data check.',
} as const satisfies Record<Check['status'], string>;

/** What the model itself says about its input's range, in words; else on what the range stands. */
export function expectation(model: OpenedModel, range: Check | undefined): string {
  const input = model.graph.values[model.graph.inputs[0] ?? -1];
  const scale = input?.quant?.scale[0];
  const zero = input?.quant?.zeroPoint[0] ?? 0;
  if (scale !== undefined && input && (input.dtype === 'int8' || input.dtype === 'uint8')) {
    const [low, high] = input.dtype === 'int8' ? [-128, 127] : [0, 255];
    const text = [low, high].map((q) => Number((scale * (q - zero)).toPrecision(3))).join(' … ');
    return `The quantized input holds ${text}.`;
  }
  const first = model.graph.layers.slice(0, 4);
  if (first.some(({ type }) => type === 'Rescaling')) {
    return 'The model rescales its input itself: it expects 0 … 255.';
  }
  if (first.some(({ type }) => type === 'Normalization')) {
    return 'The model normalizes its input itself: give it raw values.';
  }
  return bases[range?.status ?? 'assumed'];
}
