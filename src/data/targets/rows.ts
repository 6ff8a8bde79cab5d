/** As many numbers a sample as the output gives: one-hot, several labels at once, shares, numbers. */
import type { LabelColumn } from '../raw';
import type { OutputNeed, TargetValue } from '../samples';
import { argmax, check, constant, factsOf, oneHot, only, thresholdOf, type Fit } from './target';

/** As many numbers a sample as the output gives. */
export function fitRows(
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
