/**
 * What labels are for an output: classes counted from 0 or 1, −1/1, one-hot or stored as floats; one
 * sigmoid or logit; several labels at once; numbers; masks. A label that fits no way says why.
 */
import { product, shapeText, type LabelColumn } from '../raw';
import type { Choices, OutputNeed } from '../samples';
import { fitClasses } from './classes';
import { fitMap } from './maps';
import { pictureMask } from './masks';
import { fitRows } from './rows';
import { binary, fitSingle } from './single';
import { check, factsOf, oneHot, type Fit } from './target';

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
