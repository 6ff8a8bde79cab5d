/** What a repair came to, beside what was predicted of it: in the same unit, on the same samples. */
import type { Cost, Gain, Repair } from '../run/findings';
import { samplesKey } from '../run/keys';
import type { Figures, Run } from '../run/types';
import { number } from './format';
import { primaryIndex } from './score';

/** "+36.2 points", "−0.4 dB"; "no change" of nothing. */
export function gainText({ value, unit }: Gain): string {
  const size = Math.abs(value);
  // Points and decibels are told apart by tenths; smaller ones by what they have.
  const text = unit !== '' && size >= 1 ? size.toFixed(1) : number(size, unit === '' ? 3 : 2);
  if (Number(text) === 0) return 'no change';
  return `${value > 0 ? '+' : '−'}${text}${unitText(unit)}`;
}

const unitText = (unit: Gain['unit']) => (unit === '%' ? ' points' : unit && ` ${unit}`);

/** "Accuracy, only “dw_3” quantized: −31.2 points"; what is left of a signal has no sign: "output SQNR, …: 6.1 dB". */
export function costText({ label, value, unit }: Cost): string {
  const said = unit === 'dB' && value >= 0 ? `${number(value)} dB` : gainText({ value, unit });
  return `${label}: ${said}`;
}

/** SQNR after the whole model, of each output, dB. */
function outputsOf({ evidence, likeness }: Figures): ReadonlyMap<string, number> {
  const measured = Object.entries(evidence?.outputs ?? {});
  if (measured.length > 0) return new Map(measured.map(([name, { sqnr }]) => [name, sqnr]));
  return new Map(
    likeness.flatMap(({ output, kind, value, more }) => {
      const sqnr = kind === 'likeness' ? value : more.find(({ label }) => label === 'SQNR')?.value;
      return sqnr === undefined ? [] : [[output, sqnr] as const];
    }),
  );
}

/** Of the output that was worst before; outputs that were split off count where they keep their names. */
function decibels(run: Run, from: Run): Gain | undefined {
  const before = [...outputsOf(from.figures)].sort(([, a], [, b]) => a - b)[0];
  const now = [...outputsOf(run.figures)];
  if (!before || now.length === 0) return undefined;
  const own = now.find(([name]) => name === before[0]) ?? now.sort(([, a], [, b]) => a - b)[0]!;
  const value = own[1] - before[1];
  return Number.isFinite(value) ? { unit: 'dB', value } : undefined;
}

/** Of the score that stands for the model; nothing where that is likeness to float. */
function points(run: Run, from: Run): Gain | undefined {
  const score = run.figures.whole.scores[primaryIndex(run.figures.whole.scores)];
  const before = from.figures.whole.scores[primaryIndex(from.figures.whole.scores)];
  if (!score || before?.kind !== score.kind || score.kind === 'likeness') return undefined;
  const change = score.value - before.value;
  return { unit: score.unit, value: score.better === 'higher' ? change : -change };
}

/**
 * What the run has won over the one that had the finding.
 * @returns undefined where they were measured on other samples, or nothing is measured (yet)
 */
export function measuredGain(run: Run, from: Run): Gain | undefined {
  if (samplesKey(run.made.samples) !== samplesKey(from.made.samples)) return undefined;
  const predicted = run.made.repair?.predicted;
  return predicted?.unit === 'dB'
    ? decibels(run, from)
    : (points(run, from) ?? decibels(run, from));
}

/** "Measured +35.8 points (predicted +36.2 points)". */
export function outcomeText({ predicted }: Repair, measured: Gain | undefined): string {
  const before = predicted ? `predicted ${gainText(predicted)}` : 'nothing was predicted';
  return measured
    ? `Measured ${gainText(measured)} (${before})`
    : `Not measured against the run before (${before})`;
}
