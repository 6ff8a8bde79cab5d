import type { OpenedModel } from '../../jobs/types';

/** What the model itself says about its input's range, in words. */
export function expectation(model: OpenedModel): string {
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
  return 'The file does not say what range it was trained with.';
}
