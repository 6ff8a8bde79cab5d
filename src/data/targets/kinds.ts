/**
 * What labels are for an output: classes counted from 0 or 1, −1/1, one-hot or stored as floats; one
 * sigmoid or logit; several labels at once; numbers; masks. A label that fits no way says why.
 */
import type { LabelColumn } from '../raw';
import { listed, product, shapeText } from '../raw';
import type { Check, Choices, OutputNeed, TargetKind, TargetValue } from '../samples';
import { withChannels } from '../images/picture';

export interface Target {
  readonly kind: TargetKind;
  /** undefined: this sample has none. */
  value(index: number): Promise<TargetValue | undefined>;
  readonly checks: readonly Check[];
  /** Other readings of the same label that figures could tell apart: choice id and value. */
  readonly alternatives: readonly { readonly id: string; readonly value: string }[];
}
export type Fit = Target | { readonly problem: string };

interface Facts {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** Sorted, up to 1,001. */
  readonly distinct: readonly number[];
}

export function factsOf(values: Float64Array): Facts {
  let min = Infinity;
  let max = -Infinity;
  let whole = true;
  const seen = new Set<number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!Number.isInteger(value)) whole = false;
    if (seen.size <= 1000) seen.add(value);
  }
  return { min, max, whole, distinct: [...seen].sort((a, b) => a - b) };
}

const only = (facts: Facts, ...values: number[]) =>
  facts.distinct.every((value) => values.includes(value));
const check = (
  id: string,
  label: string,
  status: Check['status'],
  value: string,
  sentence: string,
  choices: Check['choices'] = [],
): Check => ({ id, label, status, value, sentence, choices });

/** @param output place of the output in the model */
export function fitLabel(
  label: LabelColumn,
  need: OutputNeed,
  output: number,
  choices: Choices,
): Fit {
  const shape = need.shape.slice(1);
  const size = product(shape);
  const width = shape.at(-1) ?? 1;
  const positions = size / Math.max(1, width);
  if (label.picture)
    return positions > 1
      ? pictureMask(label, need, output)
      : { problem: 'Masks need an output with a value for each pixel.' };
  const length = product(label.shape);
  if (positions > 1) return fitMap(label, need, output, length, size, positions, width);
  if (length === 1 && label.values) {
    const facts = factsOf(label.values);
    return size > 1
      ? fitClasses(label, label.values, facts, size, output, choices)
      : fitSingle(label, label.values, facts, need, output, choices);
  }
  if (length === size && label.values) return fitRows(label, label.values, need, size, output);
  if (length === 2 && size === 1 && label.values) {
    const target = oneHot(label.values, 2);
    if (target)
      return binary(label, target, need, output, choices, [
        check(
          'label-form',
          'Labels',
          'told',
          'one-hot',
          'Labels are one-hot pairs; the second is 1.',
        ),
      ]);
  }
  return {
    problem: `The labels "${label.name}" are ${shapeText(label.shape)} for each sample, and the output "${need.name}" is ${shapeText(shape)}: they don't fit each other and are left out.`,
  };
}

const named = (label: LabelColumn) => (label.names ? { names: label.names } : {});

function constant(values: Float64Array, map: (value: number) => number) {
  return (index: number): Promise<TargetValue | undefined> => {
    const value = values[index]!;
    return Promise.resolve(Number.isNaN(value) ? undefined : map(value));
  };
}

function fitClasses(
  label: LabelColumn,
  values: Float64Array,
  facts: Facts,
  count: number,
  output: number,
  choices: Choices,
): Fit {
  const kind: TargetKind = { kind: 'classes', output, count, ...named(label) };
  const last = count - 1;
  const plain = (
    checks: readonly Check[],
    map: (value: number) => number = (value) => value,
    alternatives: Target['alternatives'] = [],
  ): Fit => ({ kind, value: constant(values, map), checks, alternatives });
  if (facts.distinct.length === 0) return { problem: `The labels "${label.name}" hold no value.` };
  if (label.names) {
    if (label.names.length > count)
      return {
        problem: `The label "${label.name}" has ${label.names.length} different texts (${listed(label.names, 4)}) and the model gives ${count} classes: they are left out.`,
      };
    const fewer =
      label.names.length < count
        ? [
            check(
              'class-count',
              'Classes',
              'asked',
              String(label.names.length),
              `There are ${label.names.length} classes (${listed(label.names, 4)}) and the model gives ${count}: which of its outputs are meant is not known; the first ${label.names.length} are taken. Give the model's list of names to set it right.`,
            ),
          ]
        : [];
    return plain(fewer);
  }
  const baseChoices = [
    {
      value: '0',
      label: 'Counted from 0',
      effect: `${facts.min} … ${facts.max} are outputs ${facts.min} … ${facts.max}`,
    },
    {
      value: '1',
      label: 'Counted from 1',
      effect: `${facts.min} … ${facts.max} are outputs ${facts.min - 1} … ${facts.max - 1}`,
    },
  ];
  if (!facts.whole)
    return {
      problem: `The labels "${label.name}" hold numbers such as ${listed(
        facts.distinct.filter((value) => !Number.isInteger(value)),
        3,
      )}, and the model gives ${count} classes: they are left out.`,
    };
  if (choices['label-base'] === '1' && facts.min >= 1 && facts.max <= count)
    return plain(
      [
        check(
          'label-base',
          'Labels count from',
          'chosen',
          '1',
          'Labels count from 1, as chosen; 1 is subtracted.',
          baseChoices,
        ),
      ],
      (value) => value - 1,
    );
  if (facts.min >= 0 && facts.max <= last) {
    const doubtful = facts.min === 1 && facts.distinct.length > 1;
    const checks =
      doubtful || choices['label-base']
        ? [
            check(
              'label-base',
              'Labels count from',
              choices['label-base'] ? 'chosen' : 'assumed',
              '0',
              `Labels go from ${facts.min} to ${facts.max} and the model has the outputs 0 … ${last}: they are taken as they are${doubtful ? ', though none is 0' : ''}.`,
              baseChoices,
            ),
          ]
        : [];
    return plain(
      checks,
      undefined,
      doubtful && !choices['label-base'] ? [{ id: 'label-base', value: '1' }] : [],
    );
  }
  if (facts.min === 1 && facts.max === count)
    return plain(
      [
        check(
          'label-base',
          'Labels count from',
          'told',
          '1',
          `The labels go from 1 to ${count} and the model has ${count} outputs, 0 to ${last}: they count from 1, so 1 is subtracted.`,
          baseChoices,
        ),
      ],
      (value) => value - 1,
    );
  if (count === 2 && only(facts, -1, 1))
    return plain(
      [check('label-form', 'Labels', 'told', '-1/1', 'The labels are −1 and 1; −1 is class 0.')],
      (value) => (value > 0 ? 1 : 0),
    );
  if (facts.distinct.length === count && facts.min >= 0) {
    const codes = new Map(facts.distinct.map((value, code) => [value, code]));
    return plain(
      [
        check(
          'label-form',
          'Labels',
          'asked',
          'sorted',
          `The labels are ${listed(facts.distinct, 6)}, as many as the model has outputs: they are taken as its classes in their order.`,
        ),
      ],
      (value) => codes.get(value)!,
    );
  }
  return {
    problem: `The labels "${label.name}" go from ${facts.min} to ${facts.max} and the model has ${count} outputs, 0 to ${last}: they are left out.`,
  };
}

const thresholdOf = (ends: OutputNeed['ends']) => (ends === 'linear' ? 0 : 0.5);

function binary(
  label: LabelColumn,
  value: Target['value'],
  need: OutputNeed,
  output: number,
  choices: Choices,
  checks: readonly Check[],
  signed = false,
): Target {
  const given = Number(choices.threshold);
  const chosen = choices.threshold !== undefined && Number.isFinite(given);
  const usual = signed && need.ends !== 'sigmoid' ? 0 : thresholdOf(need.ends);
  const threshold = chosen ? given : usual;
  const sure = need.ends === 'sigmoid' || signed;
  return {
    kind: { kind: 'binary', output, threshold, ...named(label) },
    value,
    checks: [
      ...checks,
      check(
        'threshold',
        'Threshold',
        chosen ? 'chosen' : sure ? 'told' : 'assumed',
        String(threshold),
        chosen
          ? `An output above ${threshold} means 1, as chosen.`
          : need.ends === 'sigmoid'
            ? 'The output is a sigmoid: above 0.5 means 1.'
            : signed
              ? 'The labels are −1 and 1: an output above 0 means 1.'
              : threshold === 0
                ? 'The output has no sigmoid, so it is taken as a logit: above 0 means 1.'
                : 'An output above 0.5 means 1.',
        [
          { value: '0', label: '0 (a logit)' },
          { value: '0.5', label: '0.5 (a probability)' },
        ],
      ),
    ],
    alternatives: chosen || sure ? [] : [{ id: 'threshold', value: threshold === 0 ? '0.5' : '0' }],
  };
}

function fitSingle(
  label: LabelColumn,
  values: Float64Array,
  facts: Facts,
  need: OutputNeed,
  output: number,
  choices: Choices,
): Fit {
  const numbers: Target = {
    kind: { kind: 'numbers', output, size: 1 },
    value: (index) =>
      Promise.resolve(Number.isNaN(values[index]!) ? undefined : Float32Array.of(values[index]!)),
    checks: [],
    alternatives: [],
  };
  const two = (map: (value: number) => number, checks: readonly Check[] = [], signed = false) =>
    binary(label, constant(values, map), need, output, choices, checks, signed);
  if (label.names) {
    if (label.names.length <= 2) return two((value) => value);
    return {
      problem: `The label "${label.name}" has ${label.names.length} different texts (${listed(label.names, 4)}) and the model gives one number: they are left out.`,
    };
  }
  if (facts.distinct.length === 0) return { problem: `The labels "${label.name}" hold no value.` };
  if (only(facts, 0, 1)) return two((value) => value);
  if (only(facts, -1, 1))
    return two(
      (value) => (value > 0 ? 1 : 0),
      [check('label-form', 'Labels', 'told', '-1/1', 'The labels are −1 and 1; −1 is class 0.')],
      true,
    );
  if (need.ends === 'sigmoid' && facts.whole && facts.distinct.length === 2) {
    const [low, high] = facts.distinct;
    return two(
      (value) => (value === high ? 1 : 0),
      [
        check(
          'label-form',
          'Labels',
          facts.min === 1 ? 'told' : 'assumed',
          `${low}/${high}`,
          `The labels are ${low} and ${high}; ${high} is taken as 1.`,
        ),
      ],
    );
  }
  return numbers;
}

function oneHot(values: Float64Array, width: number): Target['value'] | undefined {
  const rows = values.length / width;
  const codes = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let hot = -1;
    let missing = 0;
    for (let at = 0; at < width; at++) {
      const value = values[row * width + at]!;
      if (Number.isNaN(value)) missing++;
      else if (value === 1 && hot < 0) hot = at;
      else if (value !== 0) return undefined;
    }
    if (missing === width) codes[row] = NaN;
    else if (hot < 0 || missing > 0) return undefined;
    else codes[row] = hot;
  }
  return constant(codes, (value) => value);
}

/** As many numbers a sample as the output gives. */
function fitRows(
  label: LabelColumn,
  values: Float64Array,
  need: OutputNeed,
  size: number,
  output: number,
): Fit {
  const facts = factsOf(values);
  const row = (
    index: number,
    map: (value: number) => number = (value) => value,
  ): Promise<TargetValue | undefined> => {
    const numbers = values.subarray(index * size, (index + 1) * size);
    return Promise.resolve(
      numbers.some(Number.isNaN) ? undefined : Float32Array.from(numbers, map),
    );
  };
  if (only(facts, 0, 1)) {
    const hot = oneHot(values, size);
    if (hot && need.ends !== 'sigmoid')
      return {
        kind: { kind: 'classes', output, count: size },
        value: hot,
        checks: [
          check('label-form', 'Labels', 'told', 'one-hot', `Labels are one-hot rows of ${size}.`),
        ],
        alternatives: [],
      };
    if (hot)
      return {
        kind: { kind: 'classes', output, count: size },
        value: hot,
        checks: [
          check(
            'label-form',
            'Labels',
            'assumed',
            'one-hot',
            `Every row of labels has exactly one 1, so they are taken as one of ${size} classes, though each output is a sigmoid of its own.`,
          ),
        ],
        alternatives: [],
      };
    return {
      kind: { kind: 'multi-label', output, size, threshold: thresholdOf(need.ends) },
      value: (index) => row(index),
      checks: [
        check(
          'label-form',
          'Labels',
          'told',
          'multi-label',
          `Labels are ${size} zeros and ones a sample: several at once.`,
        ),
      ],
      alternatives: [],
    };
  }
  if (only(facts, -1, 1) && size > 1)
    return {
      kind: { kind: 'multi-label', output, size, threshold: thresholdOf(need.ends) },
      value: (index) => row(index, (value) => (value > 0 ? 1 : 0)),
      checks: [
        check(
          'label-form',
          'Labels',
          'told',
          '-1/1',
          'Labels are −1 and 1, several at once; −1 is 0.',
        ),
      ],
      alternatives: [],
    };
  if (need.ends === 'softmax' && facts.min >= 0 && facts.max <= 1) {
    const codes = Float64Array.from({ length: values.length / size }, (_, at) =>
      argmax(values.subarray(at * size, (at + 1) * size)),
    );
    return {
      kind: { kind: 'classes', output, count: size },
      value: constant(codes, (value) => value),
      checks: [
        check(
          'label-form',
          'Labels',
          'assumed',
          'soft',
          'Labels are shares of classes; the largest is taken as the class.',
        ),
      ],
      alternatives: [],
    };
  }
  return {
    kind: { kind: 'numbers', output, size },
    value: (index) => row(index),
    checks: [],
    alternatives: [],
  };
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Outputs with a value for each of several places: masks, sequences of classes, maps of numbers. */
function fitMap(
  label: LabelColumn,
  need: OutputNeed,
  output: number,
  length: number,
  size: number,
  positions: number,
  width: number,
): Fit {
  const facts = label.values ? factsOf(label.values) : undefined;
  const numbers: Target = {
    kind: { kind: 'numbers', output, size },
    value: (index) => label.row(index),
    checks: [],
    alternatives: [],
  };
  if (length === positions) {
    const classes = Math.max(2, width);
    const map = maskMap(facts, classes, label.storage);
    if (map)
      return {
        kind: { kind: 'mask', output, classes },
        value: async (index) => Int32Array.from(await label.row(index), map),
        checks:
          facts?.max === 255 && classes === 2
            ? [
                check(
                  'label-form',
                  'Masks',
                  'told',
                  '0/255',
                  'Masks hold 0 and 255; 255 is class 1.',
                ),
              ]
            : [],
        alternatives: [],
      };
    return width === 1
      ? numbers
      : {
          problem: `The masks "${label.name}" hold ${facts ? `${facts.min} … ${facts.max}` : 'numbers'}, and the model gives ${classes} classes: they are left out.`,
        };
  }
  if (length === size && facts && width > 1 && only(facts, 0, 1))
    return {
      kind: { kind: 'mask', output, classes: width },
      value: async (index) => {
        const row = await label.row(index);
        return Int32Array.from({ length: positions }, (_, at) =>
          argmax(row.subarray(at * width, (at + 1) * width)),
        );
      },
      checks: [
        check('label-form', 'Masks', 'told', 'one-hot', `Masks are one-hot over ${width} classes.`),
      ],
      alternatives: [],
    };
  if (length === size) return numbers;
  return {
    problem: `The labels "${label.name}" are ${shapeText(label.shape)} for each sample, and the output "${need.name}" is ${shapeText(need.shape.slice(1))}: they don't fit each other and are left out.`,
  };
}

function maskMap(
  facts: Facts | undefined,
  classes: number,
  storage: LabelColumn['storage'],
): ((value: number) => number) | undefined {
  if (!facts)
    return storage === 'floats'
      ? undefined
      : (value) => (value >= classes && classes === 2 ? 1 : value);
  if (!facts.whole || facts.min < 0) return undefined;
  if (facts.max < classes) return (value) => value;
  if (classes === 2 && facts.distinct.length <= 2) return (value) => (value > 0 ? 1 : 0);
  return undefined;
}

/** Mask pictures at the output's size, nearest; grey values are classes, or black and white. */
function pictureMask(label: LabelColumn, need: OutputNeed, output: number): Fit {
  const [height, width, channels = 1] = need.shape.slice(1) as [number, number, number?];
  const classes = Math.max(2, channels);
  return {
    kind: { kind: 'mask', output, classes },
    value: async (index) => {
      const mask = withChannels(await label.picture!(index), 1);
      const out = new Int32Array(height * width);
      const blackAndWhite = classes === 2;
      for (let y = 0; y < height; y++) {
        const sy = Math.min(mask.height - 1, Math.floor(((y + 0.5) * mask.height) / height));
        for (let x = 0; x < width; x++) {
          const sx = Math.min(mask.width - 1, Math.floor(((x + 0.5) * mask.width) / width));
          const value = mask.data[sy * mask.width + sx]!;
          out[y * width + x] = blackAndWhite ? (value > 0 ? 1 : 0) : value;
        }
      }
      return out;
    },
    checks: [
      check(
        'label-form',
        'Masks',
        'assumed',
        'grey',
        classes === 2
          ? 'Mask pixels that are not black are class 1.'
          : `The grey values of masks are taken as classes 0 … ${classes - 1}.`,
      ),
    ],
    alternatives: [],
  };
}
