/**
 * A value range of one's own: `custom:scale,mean…,std…` makes (x · scale − mean) / std of each number
 * as it is stored (pictures 0 … 255), with one mean and deviation for all channels or one for each;
 * `custom-bgr:` turns the order of the colours first. Numbers may be fractions ("1/255").
 */
import { IntactError } from '../model/error';

export type CustomRange = `custom:${string}` | `custom-bgr:${string}`;

export interface Affine {
  readonly reversed: boolean;
  readonly scale: number;
  /** One for all channels, or one a channel; as many deviations. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export const isCustom = (value: string): value is CustomRange => /^custom(-bgr)?:/.test(value);

const FORM =
  'Write custom:scale,mean,std, with one mean and deviation for all channels or one for each, as in custom:1/255,0.485,0.456,0.406,0.229,0.224,0.225';

const numberOf = (text: string): number => {
  const [above, below] = text.split('/') as [string, string | undefined];
  const number = above === '' ? NaN : Number(above);
  return below === undefined ? number : below === '' ? NaN : number / Number(below);
};

/** @throws IntactError `usage` saying what is wrong and how it is written */
export function readCustom(value: CustomRange): Affine {
  const wrong = (what: string) =>
    new IntactError('usage', `"${value}" is no value range: ${what}. ${FORM}.`);
  const words = value
    .slice(value.indexOf(':') + 1)
    .split(/[,; ]+/)
    .filter((word) => word !== '');
  const numbers = words.map(numberOf);
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) throw wrong(`"${words[bad]}" is no number`);
  if (numbers.length < 3 || numbers.length % 2 === 0)
    throw wrong(
      `a scale and as many means as deviations are wanted, and it holds ${numbers.length} numbers`,
    );
  const [scale, ...rest] = numbers as [number, ...number[]];
  const mean = rest.slice(0, rest.length / 2);
  const std = rest.slice(rest.length / 2);
  if (scale === 0) throw wrong('a scale of 0 leaves nothing of the samples');
  if (std.some((number) => number === 0)) throw wrong('a deviation is 0');
  return { reversed: value.startsWith('custom-bgr:'), scale, mean, std };
}

/** @throws IntactError `usage` where the means are neither one nor one a channel */
export function checkCustom({ mean }: Affine, channels: number): void {
  if (mean.length !== 1 && mean.length !== channels)
    throw new IntactError(
      'usage',
      `The value range gives ${mean.length} means and deviations, but the input has ${channels} ${channels === 1 ? 'channel' : 'channels'}. Give one for all, or ${channels}.`,
    );
}

const short = (value: number) => String(Number(value.toPrecision(6))).replace('-', '−');

/** "x · 0.00392157, minus 0.5, divided by 0.25" */
export function customLabel({ reversed, scale, mean, std }: Affine): string {
  if (!reversed && mean.every((value) => value === 0) && std.every((value) => value === 1))
    return scale < 1 && scale > 0 ? `x / ${short(1 / scale)}` : `x · ${short(scale)}`;
  const list = (numbers: readonly number[]) => numbers.map(short).join(' ');
  return `${reversed ? 'BGR, ' : ''}x · ${short(scale)}, minus ${list(mean)}, divided by ${list(std)}`;
}
