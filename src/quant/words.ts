/** The one place that turns the plan's reasons into words: as a sentence part, and short for a screen. */
import { calibrationOf, describeCalibration } from './observers';
import type { Why, WhyCode, WhyParams } from './why';

type Text<C extends WhyCode> = (params: WhyParams[C]) => string;
interface Words<C extends WhyCode> {
  readonly text: Text<C>;
  /** Where the layer's scheme stands beside it. Default: the text. */
  readonly brief?: Text<C>;
}

const fixedNames: ReadonlyMap<number, string> = new Map([
  [1 / 256, '1/256'],
  [1 / 128, '1/128'],
  [1 / 32768, '1/32768'],
]);
const rounded = (x: number) => String(Number(x.toPrecision(4)));
const perTensorOnly = ({ target, op }: { target: string; op: string }) =>
  `per-tensor weights (${target} takes no others in ${op})`;
const symmetric = ({ bits }: { bits?: 4 }) => (bits ? `symmetric ${bits}-bit` : 'symmetric');
const ranges = { mse: 'at least squared error', octav: 'by OCTAV' } as const;
const chosen = ({ range }: { range?: keyof typeof ranges }) =>
  range ? `, scaled ${ranges[range]}` : '';
const nothingToDo = 'so there is nothing to quantize';

/** A code without an entry doesn't compile. What a rule decided doesn't name it here: `inWords` does. */
const words: { readonly [C in WhyCode]: Words<C> } = {
  'no-rule': { text: () => 'float by no rule' },
  'float-by-rule': { text: () => 'float' },
  'float16-constants': { text: () => 'float16 constants' },
  'no-float-constants': { text: () => 'it has no float constants to store in float16' },
  'no-int8-kernel': {
    text: ({ target, op }) =>
      `stays float: ${target} has no int8 kernel for ${op} that Intact reproduces`,
  },
  'no-int16-kernel': {
    text: ({ target, op }) =>
      `stays float: ${target} has no int16 kernel for ${op} that Intact reproduces`,
  },
  'no-float-input': {
    text: () => `stays float: it computes on integers or constants only, ${nothingToDo}`,
  },
  'output-not-float': {
    text: ({ dtype }) => `stays float: its output is ${dtype}, ${nothingToDo}`,
  },
  'activation-not-int8': {
    text: ({ activation, activations = 'int8' }) =>
      `stays float: ${activations} kernels can't end in ${activation}`,
  },
  'activation-not-int8-of': {
    text: ({ op, activation, activations = 'int8' }) =>
      `stays float: ${activations} ${op} can't end in ${activation}`,
  },
  'weights-not-constant': { text: () => 'stays float: its weights are not constant' },
  'bias-not-constant': { text: () => 'stays float: its bias is not constant' },
  'no-weights': { text: () => 'stays float: it has no constant weights' },
  'too-few-weights': {
    text: ({ elements, least }) => `stays float: ${elements} weights are fewer than the ${least}`,
  },
  int8: { text: () => 'int8', brief: () => '' },
  int16: { text: () => 'int16', brief: () => '' },
  'int8-weights': {
    text: ({ granularity, activations }) =>
      activations ? `int16, ${granularity} int8 weights` : `int8, ${granularity} weights`,
    brief: ({ granularity }) => `${granularity} weights`,
  },
  'int4-weights': {
    text: ({ granularity, activations = 'int8' }) =>
      `${activations} with int4 weights, ${granularity}`,
    brief: ({ granularity }) => `int4 ${granularity} weights`,
  },
  'no-int4-kernel': {
    text: ({ granularity, target, op, activations = 'int8' }) =>
      `${activations}, ${granularity}${activations === 'int16' ? ' int8' : ''} weights: ${target} has no int4 kernel for ${op}`,
    brief: ({ granularity, target, op }) =>
      `int8 ${granularity} weights: ${target} has no int4 kernel for ${op}`,
  },
  'int8-table': {
    text: () => 'int8 table, whose rows become float after',
  },
  dynamic: {
    text: ({ granularity, bits }) => `dynamic range, ${granularity} ${bits ? 'int4 ' : ''}weights`,
  },
  'per-tensor-only': {
    text: ({ scheme, ...rest }) =>
      `${scheme === 'dynamic' ? 'dynamic range' : scheme}, ${perTensorOnly(rest)}`,
    brief: ({ scheme, ...rest }) =>
      `${scheme === 'dynamic' ? 'dynamic range, ' : ''}${perTensorOnly(rest)}`,
  },
  'weight-only': {
    text: ({ granularity, bits = 8 }) => `int${bits} ${granularity} weights, float arithmetic`,
  },
  'no-dynamic-kernel': {
    text: ({ granularity, target, op, bits = 8 }) =>
      `int${bits} ${granularity} weights, float arithmetic: ${target} has no dynamic-range kernel for ${op}`,
  },
  calibrated: {
    text: ({ method, parameter, samples, min, max }) => {
      const calibration = calibrationOf(method, parameter);
      return `${describeCalibration(calibration, samples)}: [${rounded(min)}, ${rounded(max)}]`;
    },
  },
  'given-range': {
    text: ({ min, max }) => `set by hand: [${rounded(min)}, ${rounded(max)}]`,
  },
  tied: {
    text: ({ op, node, min, max }) =>
      `one range for all inputs of ${op} "${node}": [${rounded(min)}, ${rounded(max)}]`,
  },
  'same-as': { text: ({ value }) => `same as "${value}"` },
  'same-as-imposed': {
    text: ({ value, op, node }) => `same as "${value}" (one scale for ${op} "${node}")`,
  },
  'fixed-by-op': {
    text: ({ op, scale, zeroPoint }) =>
      `fixed by ${op}: ${fixedNames.get(scale) ?? scale}, zero point ${zeroPoint}`,
  },
  'range-of-table': { text: ({ op, node }) => `range of the table of ${op} "${node}"` },
  'range-of-constant': { text: () => 'range of the constant' },
  'same-as-output': { text: ({ op, node }) => `same as the output of ${op} "${node}"` },
  'stored-float16': { text: () => 'stored in float16' },
  'weights-per-channel': {
    text: (params) => `${symmetric(params)}, ${params.channels} output channels${chosen(params)}`,
  },
  'weights-per-tensor': {
    text: (params) =>
      `${symmetric(params)}, one scale for ${params.elements} weights${chosen(params)}`,
  },
  'input-scale-times-weight-scale': { text: () => 'input scale × weight scale' },
  corrected: { text: () => 'stays float, corrected' },
  'not-quantized': { text: () => 'stays float' },
  recorded: { text: ({ text }) => text },
};

const wordsOf = <C extends WhyCode>(code: C): Words<C> => words[code];

/** "int8, per-channel weights, by rule 1 (.* × *)": for reports, where each part must be traceable. */
export function inWords({ code, params }: Why): string {
  const text = wordsOf(code).text(params as never);
  if (!('rule' in params)) return text;
  const { rule, regex, operation } = params;
  const of = code === 'too-few-weights' ? ' of' : text.includes(',') ? ', by' : ' by';
  return `${text}${of} rule ${rule} (${regex} × ${operation})`;
}

/** "per-channel weights": beside the layer's scheme; names the rule only where it isn't the one for all layers. */
export function short({ code, params }: Why): string {
  const { text, brief } = wordsOf(code);
  const parts = [(brief ?? text)(params as never)];
  if ('rule' in params) {
    if (params.regex !== '.*') parts.push('as chosen for this layer');
    else if (params.operation !== '*') parts.push(`as the recipe says for ${params.operation}`);
  }
  return parts
    .filter((part) => part !== '')
    .join(', ')
    .replace(/-(?=\d)/g, '−');
}
