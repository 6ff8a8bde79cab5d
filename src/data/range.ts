/**
 * Value ranges: how 0…255 becomes what the network was trained on. Nothing in a picture says it; it is
 * tried on labelled training samples, told by the model, or assumed and said.
 */
import { IntactError } from '../model/error';
import { scaleColumns, settledBy, type ColumnsRange } from './columnScale';
import { checkCustom, customLabel, isCustom, readCustom, type CustomRange } from './custom';
import type { Fitted } from './fit/types';
import type { Check, CheckChoice, ModelNeeds } from './samples';

export type NamedRange =
  | 'none'
  | 'zero-one'
  | 'minus-one-one'
  | 'raw-255'
  | 'imagenet'
  | 'caffe'
  | 'zero-one-bgr'
  | 'minus-one-one-bgr'
  | 'per-image'
  | ColumnsRange;
export type { ColumnsRange };
export type Range = NamedRange | CustomRange;

/** torchvision's constants of ImageNet, RGB. */
const MEAN = [0.485, 0.456, 0.406] as const;
const STD = [0.229, 0.224, 0.225] as const;
/** Caffe's means of ImageNet, BGR (keras.applications.imagenet_utils, mode "caffe"). */
const CAFFE = [103.939, 116.779, 123.68] as const;

export const ranges: Readonly<Record<NamedRange, string>> = {
  none: 'As they are',
  'zero-one': '0 … 1 (x / 255)',
  'minus-one-one': '−1 … 1 (x / 127.5 − 1)',
  'raw-255': '0 … 255',
  imagenet: 'ImageNet mean and deviation (torchvision)',
  caffe: 'BGR minus the Caffe means (VGG, ResNet50 of Keras)',
  'zero-one-bgr': 'BGR, 0 … 1',
  'minus-one-one-bgr': 'BGR, −1 … 1',
  'per-image': 'Each picture to mean 0 and deviation 1',
  'columns-standard': 'Each column to mean 0 and deviation 1 (StandardScaler)',
  'columns-min-max': 'Each column to 0 … 1 (MinMaxScaler)',
};

export const isByColumns = (range: string): range is ColumnsRange =>
  range === 'columns-standard' || range === 'columns-min-max';

const isNamed = (value: string): value is NamedRange => Object.hasOwn(ranges, value);
export const isRange = (value: string): value is Range => isNamed(value) || isCustom(value);

/** For people: "0 … 1 (x / 255)". */
export const rangeLabel = (value: string): string =>
  isNamed(value) ? ranges[value] : isCustom(value) ? customLabel(readCustom(value)) : value;

/** The label without what stands in brackets, for lists: "0 … 1". */
export const rangeWord = (value: string): string =>
  value === 'caffe'
    ? 'Caffe means (BGR)'
    : value === 'imagenet'
      ? 'ImageNet mean and deviation'
      : rangeLabel(value).replace(/ \(.*\)$/, '');

/** Ranges that differ at most in the order of colours. */
export const twins = (a: string, b: string): boolean =>
  a.replace(/-bgr$/, '') === b.replace(/-bgr$/, '');

/** @throws IntactError `usage` for a range of one's own that doesn't fit the channels, or one by columns of pictures */
export function checkRange(
  range: Range,
  fitted: Pick<Fitted, 'channels' | 'shape' | 'columns'>,
): void {
  if (isCustom(range)) checkCustom(readCustom(range), channelsOf(fitted));
  if (isByColumns(range) && !fitted.columns)
    throw new IntactError(
      'usage',
      `The value range ${range} is for columns of numbers, and these samples are none. Give custom:scale,mean,std instead.`,
    );
}

/** A vector's numbers are its channels: features have means of their own. */
export const channelsOf = ({ channels, shape }: Pick<Fitted, 'channels' | 'shape'>): number =>
  shape.length === 1 ? shape[0]! : channels === 1 ? (shape.at(-1) ?? 1) : channels;

/** Sets the range in place; `values` as `Fitted.read` gives them. */
export function setRange(
  values: Float32Array,
  range: Range,
  fitted: Pick<Fitted, 'channels' | 'channelsFirst' | 'form' | 'shape' | 'columns'>,
): void {
  if (range === 'none') return;
  if (isByColumns(range)) {
    if (fitted.columns) scaleColumns(values, range, fitted.columns);
    return;
  }
  if (isCustom(range)) {
    setCustom(values, range, fitted);
    return;
  }
  const unit = fitted.form === 'unit' ? 255 : 1;
  const { channels, channelsFirst } = fitted;
  const plane = channelsFirst ? values.length / channels : 1;
  const channelOf = (i: number) => (channelsFirst ? Math.floor(i / plane) : i % channels);
  if (unit !== 1) for (let i = 0; i < values.length; i++) values[i] = values[i]! * unit;
  if (range === 'caffe' || range.endsWith('-bgr'))
    swapRedAndBlue(values, channels, plane, channelsFirst);
  switch (range) {
    case 'raw-255':
      return;
    case 'zero-one':
    case 'zero-one-bgr':
      for (let i = 0; i < values.length; i++) values[i] = values[i]! / 255;
      return;
    case 'minus-one-one':
    case 'minus-one-one-bgr':
      for (let i = 0; i < values.length; i++) values[i] = values[i]! / 127.5 - 1;
      return;
    case 'imagenet':
      for (let i = 0; i < values.length; i++) {
        const c = channelOf(i) % 3;
        values[i] = (values[i]! / 255 - MEAN[c]!) / STD[c]!;
      }
      return;
    case 'caffe':
      for (let i = 0; i < values.length; i++) values[i] = values[i]! - CAFFE[channelOf(i) % 3]!;
      return;
    case 'per-image':
      standardize(values);
      return;
    default:
      range satisfies never;
  }
}

function setCustom(
  values: Float32Array,
  range: CustomRange,
  fitted: Pick<Fitted, 'channels' | 'channelsFirst' | 'form' | 'shape'>,
): void {
  const { reversed, scale, mean, std } = readCustom(range);
  const channels = channelsOf(fitted);
  const plane = fitted.channelsFirst ? values.length / channels : 1;
  if (reversed) swapRedAndBlue(values, fitted.channels, plane, fitted.channelsFirst);
  for (let i = 0; i < values.length; i++) {
    const c = fitted.channelsFirst ? Math.floor(i / plane) : i % channels;
    values[i] = (values[i]! * scale - mean[c % mean.length]!) / std[c % std.length]!;
  }
}

function swapRedAndBlue(
  values: Float32Array,
  channels: number,
  plane: number,
  first: boolean,
): void {
  if (channels < 3) return;
  const pixels = first ? plane : values.length / channels;
  for (let i = 0; i < pixels; i++) {
    const red = first ? i : i * channels;
    const blue = first ? i + 2 * plane : red + 2;
    [values[red], values[blue]] = [values[blue]!, values[red]!];
  }
}

/** tf.image.per_image_standardization. */
function standardize(values: Float32Array): void {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let square = 0;
  for (const value of values) square += (value - mean) ** 2;
  const deviation = Math.max(Math.sqrt(square / values.length), 1 / Math.sqrt(values.length));
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) / deviation;
}

const overMax = (max: number): Range => `custom:1/${max},0,1`;

/** Ranges that may be meant, the usual first. `none` for numbers that are no pictures. */
export function candidates(fitted: Fitted, hint: ModelNeeds['rangeHint']): readonly Range[] {
  const { form, channels } = fitted;
  // A net made for 0 … max is lost on x / max, one made for x / max often still right on 0 … max: the first stands.
  if (fitted.bound !== undefined) return [overMax(fitted.bound), 'none'];
  // A layer that scales the numbers itself, and numbers that someone has scaled, leave nothing to try.
  if (form === 'numbers')
    return hint || !fitted.columns || settledBy(fitted.columns)
      ? ['none']
      : ['none', 'columns-standard', 'columns-min-max'];
  const colour: readonly Range[] = channels === 3 ? ['imagenet', 'caffe', 'zero-one-bgr'] : [];
  const usual: readonly Range[] =
    form === 'unit'
      ? ['none', 'minus-one-one', 'raw-255', ...colour]
      : ['zero-one', 'minus-one-one', 'raw-255', ...colour];
  const told = hint && isRange(hint.preset) ? hint.preset : undefined;
  if (!told) return usual;
  const others = usual.filter((range) => range !== told);
  // Floats from 0 to 1 were scaled by someone: a hint alone does not undo that.
  return form === 'unit' && !hint?.proven && told !== 'none'
    ? [others[0]!, told, ...others.slice(1)]
    : [told, ...others];
}

export interface Tried {
  readonly value: string;
  readonly effect: string;
}

/** What the range's choices would make of the samples. */
export function rangeChoices(
  fitted: Fitted,
  tried: readonly Tried[],
  sample: Float32Array,
  inForce: Range,
): CheckChoice[] {
  const named: readonly Range[] =
    fitted.form === 'numbers'
      ? fitted.columns
        ? ['none', 'columns-standard', 'columns-min-max']
        : ['none', 'zero-one', 'minus-one-one', 'raw-255', 'per-image']
      : (Object.keys(ranges) as NamedRange[]).filter(
          (range) =>
            !isByColumns(range) && (fitted.channels === 3 || !/imagenet|caffe|bgr/.test(range)),
        );
  const all = [...named, ...(fitted.bound === undefined ? [] : [overMax(fitted.bound)]), inForce];
  const offered = [...new Set(all)];
  return offered.map((value) => {
    const values = sample.slice();
    setRange(values, value, fitted);
    const { min, max } = extent(values);
    const measured = tried.find((entry) => entry.value === value)?.effect;
    return {
      value,
      label: rangeLabel(value),
      effect: `${measured ? `${measured}; ` : ''}sample 1 becomes ${short(min)} … ${short(max)}`,
    };
  });
}

export function extent(values: Float32Array): { min: number; max: number; mean: number } {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { min, max, mean: sum / Math.max(1, values.length) };
}

export const short = (value: number): string =>
  Number.isInteger(value)
    ? String(value).replace('-', '−')
    : value.toPrecision(3).replace('-', '−');

export function rangeCheck(
  value: Range,
  status: Check['status'],
  sentence: string,
  choices: readonly CheckChoice[],
): Check {
  return { id: 'range', label: 'Value range', status, value, sentence, choices };
}
