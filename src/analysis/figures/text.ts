/** How figures are written, by their unit alone: a new figure of a known unit needs nothing here. */
import { unitNames, type Unit } from './figure';
import type { Score } from '../../run/figures';
import {
  bytes,
  count,
  energy,
  grouped,
  milliseconds,
  none,
  number,
  ratioText,
  signed,
} from '../format';

interface Written {
  readonly unit: Unit;
  /** Where the samples carry fewer than the usual two. */
  readonly decimals?: number;
}
const usualDecimals = 2;

/** A value with its unit: "41.2 dB", "1.9 ms", "118 kB". */
export function figureText({ unit, decimals = usualDecimals }: Written, value: number): string {
  if (Number.isNaN(value)) return none;
  switch (unit) {
    case 'dB':
      return decibels(value, ' dB');
    case 'points':
      return signed(value, decimals);
    case '%':
      return `${percent(value)} %`;
    case 'bytes':
      return bytes(value);
    case 'ms':
      return milliseconds(value);
    case 'pJ':
      return energy(value);
    case 'count':
      return value === 0 ? none : count(value);
    case 'times':
      return ratioText(value);
    case 'steps':
      return number(value, 2);
    case 'target':
      return `${value > 0 ? '+' : ''}${number(value, 2)}`;
    case 'number':
      return number(value);
    default:
      return unit satisfies never;
  }
}

/** A value under a head that says its unit: dB without it, thousands of bytes and of picojoules. */
export function cellText(figure: Written, value: number): string {
  switch (figure.unit) {
    case 'dB':
      return decibels(value, '');
    case 'bytes':
    case 'pJ':
      return kilo(value);
    default:
      return figureText(figure, value);
  }
}

/** "SQNR accumulated of 12 layers, in dB"; nothing where the unit has no name. */
export const inUnit = ({ unit }: Written): string =>
  unitNames[unit] === '' ? '' : `, in ${unitNames[unit]}`;

function decibels(value: number, unit: string): string {
  if (value === Infinity) return 'exact';
  return Number.isFinite(value) ? `${value.toFixed(1).replace('-', '−')}${unit}` : number(value);
}

function kilo(value: number): string {
  if (value === 0) return '0';
  if (value >= 1e6) return grouped(Math.round(value / 1000));
  return value < 1000 ? (value / 1000).toFixed(3) : number(value / 1000);
}

/** One decimal, without the sign of per cent. */
export const percent = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(1) : number(value);

/** "−0.2": from the first to the second, in points; undefined where one is unknown. */
export function pointsBetween(
  from: number | undefined,
  to: number | undefined,
): string | undefined {
  return from === undefined || to === undefined ? undefined : signed(to - from, 1);
}

/** "98.7 %", "41.2 dB", "0.113". */
export function scoreText({ value, unit }: Pick<Score, 'value' | 'unit'>): string {
  if (unit === '%') return Number.isNaN(value) ? none : `${percent(value)} %`;
  if (unit === 'dB') return decibels(value, ' dB');
  return number(value);
}
