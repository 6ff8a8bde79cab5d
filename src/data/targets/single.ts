/** One number a sample for an output of one: two classes with a threshold, or numbers. */
import { listed, type LabelColumn } from '../raw';
import type { Check, Choices, OutputNeed } from '../samples';
import {
  check,
  constant,
  named,
  only,
  thresholdOf,
  type Facts,
  type Fit,
  type Target,
} from './target';

export function binary(
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

export function fitSingle(
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
