/** Outputs with a value for each of several places: masks, sequences of classes, maps of numbers. */
import { shapeText, type LabelColumn } from '../raw';
import type { OutputNeed } from '../samples';
import { argmax, check, factsOf, only, type Facts, type Fit, type Target } from './target';

/** Outputs with a value for each of several places: masks, sequences of classes, maps of numbers. */
export function fitMap(
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
        checks: facts ? maskChecks(facts, classes) : [],
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

function maskChecks({ max, distinct }: Facts, classes: number) {
  if (max !== 255 || classes > 255) return [];
  const said = (value: string, sentence: string) => [
    check('label-form', 'Masks', 'told', value, sentence),
  ];
  return classes === 2 && distinct.length <= 2
    ? said('0/255', 'Masks hold 0 and 255; 255 is class 1.')
    : said('void 255', 'Pixels of masks that hold 255 have no label and are not scored.');
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
  // Pixels without a label, in Pascal VOC's way; not scored.
  const labelled = facts.distinct.filter((value) => value !== 255);
  if (labelled.length < facts.distinct.length && labelled.length > 1 && labelled.at(-1)! < classes)
    return (value) => (value === 255 ? -1 : value);
  if (classes === 2 && facts.distinct.length <= 2) return (value) => (value > 0 ? 1 : 0);
  return undefined;
}
