/** Preprocessing inside the model: what it does in inference. */
import { axisIn, emit, floatConstant, malformed, shapeOf, unsupported } from '../../build/emit';
import { field, flag, floats, integer, integers, text } from './fields';
import type { LayerCall, LayerDefinition } from './layer';
import { onlyInput } from './layer';
import { identity } from './core';
import { withChannelsLast } from './geometry';
import { cut, resized } from './reshape';

const plain = { activation: 'NONE' } as const;

/** A number or a list along the last axis, as a constant; undefined when it is all `neutral`. */
function perChannel(call: LayerCall, name: string, neutral: number): number | undefined {
  const values = floats(field(call.config, name) ?? neutral);
  if (values === undefined || values.length === 0) return malformed(`its ${name} is no number.`);
  if (values.every((value) => value === neutral)) return undefined;
  return floatConstant(call, name, values.length === 1 ? [] : [values.length], values);
}

function rescaling(call: LayerCall): number {
  const input = onlyInput(call);
  const scale = perChannel(call, 'scale', 1);
  const offset = perChannel(call, 'offset', 0);
  const last = offset === undefined ? '' : 'mul';
  const scaled = scale === undefined ? input : emit(call, 'MUL', plain, [input, scale], last);
  if (offset === undefined) return scaled;
  return emit(call, 'ADD', plain, [scaled, offset], scale === undefined ? '' : 'add');
}

/** Mean and variance from the config, or learned by adapt() and stored as weights. */
function statistics(call: LayerCall, kept: readonly number[]): [number[], number[]] {
  const size = kept.reduce((total, length) => total * length, 1);
  const fit = (values: readonly number[] | undefined, role: string): number[] => {
    if (values?.length === size) return [...values];
    if (values?.length === 1) return new Array<number>(size).fill(values[0]!);
    return malformed(`its ${role} has not one number for each of [${kept.join(', ')}].`);
  };
  const given = floats(field(call.config, 'mean'));
  if (given !== undefined)
    return [fit(given, 'mean'), fit(floats(field(call.config, 'variance')), 'variance')];
  const [mean, variance] = call.weights;
  if (mean === undefined || variance === undefined)
    return malformed('the file has no mean and variance for it.');
  return [fit([...mean.data], 'mean'), fit([...variance.data], 'variance')];
}

/** (x − mean) / max(√variance, 1e-7); inverted: x · max(√variance, 1e-7) + mean. */
function normalization(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = shapeOf(call, input);
  const spec = field(call.config, 'axis');
  const axes =
    spec === undefined
      ? []
      : integers(call.config, 'axis').map((axis) => axisIn(axis, shape.length));
  if (axes.includes(0)) return unsupported('normalization along the batch.');
  const wide = shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const [mean, variance] = statistics(
    call,
    wide.filter((_, axis) => axes.includes(axis)),
  );
  const deviation = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
  const means = floatConstant(call, 'mean', wide, mean);
  if (flag(call.config, 'invert', false)) {
    const factor = floatConstant(call, 'deviation', wide, deviation);
    const scaled = emit(call, 'MUL', plain, [input, factor], 'mul');
    return emit(call, 'ADD', plain, [scaled, means], 'add');
  }
  const inverse = deviation.map((value) => 1 / value);
  const centered = emit(call, 'SUB', plain, [input, means], 'sub');
  return emit(call, 'MUL', plain, [centered, floatConstant(call, 'inverse', wide, inverse)], 'mul');
}

function resizing(call: LayerCall): number {
  const size = [integer(call.config, 'height'), integer(call.config, 'width')] as const;
  return withChannelsLast(call, (input) => {
    const [, height, width] = shapeOf(call, input) as [number, number, number];
    const sameRatio = height * size[1] === width * size[0];
    const keepsRatio =
      flag(call.config, 'crop_to_aspect_ratio', false) ||
      flag(call.config, 'pad_to_aspect_ratio', false);
    if (keepsRatio && !sameRatio)
      return unsupported('resizing that crops or pads to keep the aspect ratio.');
    if (flag(call.config, 'antialias', false)) return unsupported('resizing with antialias.');
    return resized(call, input, size, text(call.config, 'interpolation', 'bilinear'), true);
  });
}

function centerCrop(call: LayerCall): number {
  const wanted = [integer(call.config, 'height'), integer(call.config, 'width')] as const;
  return withChannelsLast(call, (input) => {
    const [, height, width] = shapeOf(call, input) as [number, number, number];
    if (height < wanted[0] || width < wanted[1])
      return unsupported('a centre crop that is larger than its input.');
    if (height === wanted[0] && width === wanted[1]) return input;
    const begin = [Math.floor((height - wanted[0]) / 2), Math.floor((width - wanted[1]) / 2)];
    return cut(call, input, begin, wanted);
  });
}

export const preprocessingLayers: Readonly<Record<string, LayerDefinition>> = {
  Rescaling: { rule: rescaling },
  Normalization: { rule: normalization },
  Resizing: { rule: resizing },
  CenterCrop: { rule: centerCrop },
  // Augmentation: only in training.
  RandomFlip: identity,
  RandomRotation: identity,
  RandomTranslation: identity,
  RandomZoom: identity,
  RandomContrast: identity,
  RandomBrightness: identity,
  RandomShear: identity,
  RandomSaturation: identity,
  RandomHue: identity,
  RandomSharpness: identity,
  RandomGrayscale: identity,
  RandomInvert: identity,
  RandomPosterization: identity,
  RandomColorJitter: identity,
  RandomColorDegeneration: identity,
  RandomGaussianBlur: identity,
  RandomErasing: identity,
  RandomPerspective: identity,
  RandomElasticTransform: identity,
  RandAugment: identity,
  AugMix: identity,
  CutMix: identity,
  MixUp: identity,
  AutoContrast: { rule: () => unsupported('contrast that is set for each image.') },
};
