/** Differences in words: with their sign and unit, as page, report and shell say them. */
import { bytes, energy, milliseconds, number, signed, tick } from '../format';
import type { Unit } from '../figures/figure';
import { figureText } from '../figures/text';
import { wholeLines } from './whole';
import type { Comparison, Measure } from './types';

interface Written {
  readonly unit: Unit;
  readonly decimals?: number;
}

/** "+7.9 points", "−9.8 kB", "±0 B"; of per cent the difference is in points. */
export function differenceText({ unit, decimals }: Written, value: number): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  const size = Math.abs(value);
  switch (unit) {
    case '%':
    case 'points':
      return `${signed(value, decimals ?? 1)} ${Math.abs(value) === 1 ? 'point' : 'points'}`;
    case 'dB':
      return `${signed(value, 1)} dB`;
    case 'bytes':
      return sign + tick(bytes(size));
    case 'ms':
      return sign + (size === 0 ? '0 ms' : tick(milliseconds(size)));
    case 'pJ':
      return sign + tick(energy(size));
    case 'count':
    case 'times':
    case 'steps':
    case 'target':
    case 'number':
      return sign + number(size);
    default:
      return unit satisfies never;
  }
}

/** A value of its own, without a sign that is no change: "98.7 %", "118 kB", "0.113". */
export function valueText(figure: Written, value: number): string {
  if (figure.unit === 'target' || figure.unit === 'number') return number(value);
  return figureText(figure, value);
}

/** "98.7 %", or "98.7 % ± 0.3" over several seeds. */
export function measureText(figure: Written, { value, spread }: Measure): string {
  const text = valueText(figure, value);
  return spread === undefined
    ? text
    : `${text} ± ${differenceText(figure, spread).replace(/^[+±−]|\spoints?$/g, '')}`;
}

/** Figures that a setting's difference is told by. */
const told = ['score', 'size', 'latency', 'energy'] as const;

/** "+7.9 points, +9.8 kB": from one run of the set to another, as far as both are measured. */
export function totalText(
  comparison: Comparison,
  from: number,
  to: number,
  figures: readonly string[] = told.slice(0, 2),
): string {
  const lines = wholeLines({ ...comparison, baseline: from });
  return figures
    .flatMap((id) => {
      const line = lines.find(({ figure }) => figure.id === id);
      const difference = line?.cells[to]?.difference;
      return line && difference !== undefined ? [differenceText(line.figure, difference)] : [];
    })
    .join(', ');
}

/** Score, size, latency and energy. */
export const everyTotal: readonly string[] = told;
