import { preprocess } from '../../data/preprocess';
import type { OpenedModel, Samples } from '../../jobs/types';
import { asIntactError } from '../../model/error';
import { elementCount } from '../../model/graph';
import { inputShape } from '../../state/model';

export interface Preview {
  /** Samples as the network gets them, [height, width, channels] each when they can be drawn. */
  readonly tensors: readonly Float32Array[];
  readonly image?: { readonly width: number; readonly height: number; readonly channels: number };
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly error?: string;
}

/** Few enough to be done between two frames. */
const shown = 6;
const elementLimit = 6 * 320 * 320 * 3;

export function preview(samples: Samples, model: OpenedModel): Preview {
  const shape = inputShape(model);
  const length = elementCount(shape.slice(1));
  const { dataset, preprocessing, split } = samples;
  const count = Math.max(1, Math.min(shown, Math.floor(elementLimit / Math.max(1, length))));
  const tensors: Float32Array[] = [];
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  try {
    for (const index of split.calibration.slice(0, count)) {
      const out = new Float32Array(length);
      preprocess(dataset, index, preprocessing, shape, out);
      for (const value of out) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
      }
      tensors.push(out);
    }
  } catch (thrown) {
    return { tensors: [], min: NaN, max: NaN, mean: NaN, error: asIntactError(thrown).message };
  }
  const image = imageOf(shape.slice(1)) ?? imageOf(sameSize(dataset.sampleShape, length));
  return { tensors, image, min, max, mean: sum / (length * tensors.length) };
}

/** A flat input shows the picture that it was flattened from. */
const sameSize = (shape: readonly number[], length: number) =>
  elementCount(shape) === length ? shape : [];

function imageOf(shape: readonly number[]): Preview['image'] {
  const [height = 0, width = 0, channels = 1] = shape;
  const drawable = (shape.length === 2 || shape.length === 3) && [1, 3, 4].includes(channels);
  return drawable && height > 3 && width > 3 ? { height, width, channels } : undefined;
}

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
