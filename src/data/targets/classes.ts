/** One number a sample for an output of several: a class, counted from 0 or 1, or as codes. */
import { listed, type LabelColumn } from '../raw';
import type { Check, Choices, TargetKind } from '../samples';
import { check, constant, named, only, type Facts, type Fit, type Target } from './target';

export function fitClasses(
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
