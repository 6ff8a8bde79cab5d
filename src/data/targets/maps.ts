/** Outputs with a value for each of several places: masks, sequences of classes, maps of numbers. */
import { withChannels } from '../images/picture';
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
export function pictureMask(label: LabelColumn, need: OutputNeed, output: number): Fit {
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
