/** Mask pictures → a class a pixel, by what they hold: numbers of classes, of a palette, 0 and 255, colours. */
import { vocColour } from '../images/voc';
import { listed, type LabelColumn, type MasksSeen } from '../raw';
import type { Check, OutputNeed } from '../samples';
import { check, type Fit } from './target';

/** Pixels without a label: no class, so that they are not scored. */
const VOID = -1;

interface Reading {
  readonly map: (value: number) => number;
  readonly status: Check['status'];
  readonly value: string;
  readonly sentence: string;
}

/** Mask pictures at the output's size, nearest. */
export function pictureMask(label: LabelColumn, need: OutputNeed, output: number): Fit {
  const [height, width, channels = 1] = need.shape.slice(1) as [number, number, number?];
  const classes = Math.max(2, channels);
  const seen = label.masks;
  const reading = seen ? readingOf(seen, classes) : plain(classes);
  if ('problem' in reading) return reading;
  return {
    kind: { kind: 'mask', output, classes },
    value: async (index) => {
      const mask = await label.picture!(index);
      const out = new Int32Array(height * width);
      for (let y = 0; y < height; y++) {
        const sy = Math.min(mask.height - 1, Math.floor(((y + 0.5) * mask.height) / height));
        for (let x = 0; x < width; x++) {
          const sx = Math.min(mask.width - 1, Math.floor(((x + 0.5) * mask.width) / width));
          out[y * width + x] = reading.map(mask.data[sy * mask.width + sx]!);
        }
      }
      return out;
    },
    checks: [check('label-form', 'Masks', reading.status, reading.value, reading.sentence)],
    alternatives: [],
  };
}

const within = (classes: number) => (value: number) => (value < classes ? value : VOID);

const plain = (classes: number): Reading => ({
  map: within(classes),
  status: 'assumed',
  value: 'numbers',
  sentence: `The values of masks are taken as classes 0 … ${classes - 1}.`,
});

function readingOf(seen: MasksSeen, classes: number): Reading | { readonly problem: string } {
  if (seen.colours.length > 0) return coloured(seen, classes);
  const { values } = seen;
  const own = seen.palettes > 0 ? "numbers in the palette, not its colours' brightness" : 'values';
  const found = `The masks hold ${listed(values, 6)}`;
  const said = (
    status: Check['status'],
    value: string,
    sentence: string,
    map: Reading['map'],
  ): Reading => ({ map, status, value, sentence });
  const most = Math.max(...values.filter((value) => value !== 255), 0);
  const border = values.includes(255);
  if (border && classes <= 255 && most > 0 && most < classes)
    return said(
      'told',
      'void 255',
      `${found}: their ${own} are classes 0 … ${classes - 1}; pixels of 255 have no label and are not scored.`,
      within(classes),
    );
  if (!border && most < classes)
    return said(
      'told',
      'numbers',
      `${found}: their ${own} are classes 0 … ${classes - 1}.`,
      within(classes),
    );
  if (classes === 2) {
    const two = values.length <= 2;
    const first = values.length === 2 ? values[0]! : 0;
    return said(
      two ? 'told' : 'assumed',
      two ? 'black and white' : 'at half',
      two
        ? `${found}: what is not ${first} is class 1.`
        : `${found}: from 128 on a pixel is taken as class 1.`,
      two ? (value) => (value === first ? 0 : 1) : (value) => (value >= 128 ? 1 : 0),
    );
  }
  if (values[0] === 1 && most === classes)
    return said(
      'told',
      'from 1',
      `${found}, and the model gives ${classes} classes: they count from 1, so 1 is subtracted${border ? '; 255 is no label' : ''}.`,
      (value) => (value >= 1 && value <= classes ? value - 1 : VOID),
    );
  if (values.length === classes) {
    const codes = new Map(values.map((value, code) => [value, code]));
    return said(
      'asked',
      'sorted',
      `${found}, as many as the model has classes: they are taken as its classes in their order.`,
      (value) => codes.get(value) ?? VOID,
    );
  }
  return {
    problem: `${found}, and the model gives ${classes} classes, 0 … ${classes - 1}: the masks are left out.`,
  };
}

function coloured(seen: MasksSeen, classes: number): Reading | { readonly problem: string } {
  const codes = seen.colours.map(vocColour);
  const known = codes.every((code) => code !== undefined && (code < classes || code === 255));
  if (known)
    return {
      map: within(classes),
      status: 'told',
      value: 'VOC colours',
      sentence: `The masks are in the colours of Pascal VOC (${listed(seen.colours, 4)}), each of which stands for a class; other colours than those of the ${classes} classes are not scored.`,
    };
  return {
    problem: `The masks are pictures in ${seen.colours.length} colours (${listed(seen.colours, 4)}), and which colour is which class is not known: they are left out. Save them as numbers of classes (grey or palette PNG).`,
  };
}
