/** What `diagnose` prints for people: findings, the calibration doctor, the worst layers. */
import { figuresOf, judgedOf, rowsOf, wholeFiguresOf, type FigureRow } from '../analysis/figures';
import { figureText } from '../analysis/figures/text';
import {
  enoughText,
  halvesText,
  measuredText,
  suspectText,
  togetherText,
  verdictText,
} from '../analysis/doctor/words';
import { bytes, milliseconds, number } from '../analysis/format';
import { marksOf } from '../analysis/marks';
import type { Doctor } from '../run/doctor';
import type { Finding, Fix, Gain } from '../run/findings';
import type { Run } from '../run/types';

/** Layers that are named as the worst. */
const WORST = 5;

const gainText = ({ value, unit }: Gain): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${number(Math.abs(value))}${unit === '%' ? ' points' : unit && ` ${unit}`}`;

function fixText({ label, predicted, bytes: size, ms, note }: Fix): string {
  const said = [
    predicted
      ? `predicted ${gainText(predicted)}: ${predicted.how}`
      : 'nothing measured predicts its gain',
    ...(size ? [`file ${size > 0 ? '+' : '−'}${bytes(Math.abs(size))}`] : []),
    ...(ms ? [`${ms > 0 ? '+' : '−'}${milliseconds(Math.abs(ms))} an inference`] : []),
    ...(note ? [note] : []),
  ];
  return `   fix: ${label} (${said.join('; ')})`;
}

function findingText(finding: Finding, at: number): string {
  const { title, layers, reason, cost, couldBeChance, fixes } = finding;
  const where = layers.length > 0 ? `: ${layers.join(', ')}` : '';
  const chance = couldBeChance ? ' [could be chance]' : '';
  return [
    `${at + 1}. ${title}${where}${chance}`,
    `   ${reason}`,
    ...(cost
      ? [
          `   cost: ${cost.label} ${gainText(cost)} on ${cost.samples.toLocaleString('en-US')} samples`,
        ]
      : []),
    ...fixes.map(fixText),
  ].join('\n');
}

function findingsText({ figures }: Run): string {
  const { findings } = figures;
  if (!findings) return 'Findings: not looked for.';
  if (findings.length === 0) return 'Findings: nothing to repair.';
  return [`Findings, worst first:`, ...findings.map(findingText)].join('\n');
}

function doctorText(found: Doctor): string {
  return [
    `Calibration: ${verdictText(found)}`,
    ...found.suspects.map(
      (one) =>
        `  ${one.suspicious ? '! ' : '  '}${one.name}${one.label === undefined ? '' : ` (${one.label})`}, key ${one.key}: ${suspectText(found, one)}`,
    ),
    ...[togetherText(found), found.halves && halvesText(found.halves), enoughText(found)].flatMap(
      (line) => (line ? [`  ${line}`] : []),
    ),
    `  ${measuredText(found)} ${found.method}`,
    ...found.notes.map((note) => `  ${note}`),
  ].join('\n');
}

/** By the effect of each alone on the score, then by their own error. */
function worstText(run: Run): string {
  const figures = figuresOf(run).filter(({ id }) =>
    ['sensitivity', 'spared', 'isolated', 'accumulated'].includes(id),
  );
  const rows = rowsOf(run).filter(({ scheme }) => scheme !== 'float32');
  const sensitivity = figures.find(({ id }) => id === 'sensitivity');
  const own = (row: FigureRow) => row.isolated?.sqnr ?? Infinity;
  const sign = sensitivity?.better === 'lower' && !sensitivity.judged ? -1 : 1;
  const effect = (row: FigureRow) => sign * ((sensitivity && judgedOf(sensitivity, row)) ?? 0);
  const worst = [...rows].sort((a, b) => effect(a) - effect(b) || own(a) - own(b)).slice(0, WORST);
  if (worst.length === 0) return 'No layer is quantized.';
  const lines = worst.map((row) => {
    const said = figures.flatMap((figure) => {
      const value = figure.value(row);
      return value === undefined ? [] : [`${figure.label} ${figureText(figure, value)}`];
    });
    return `  ${row.id} (${row.scheme}): ${said.join(', ')}`;
  });
  return ['Worst layers, each quantized alone:', ...lines].join('\n');
}

export function diagnosisText(run: Run, doctor: Doctor | undefined, why?: string): string {
  const { made, figures } = run;
  const whole = wholeFiguresOf(run)
    .filter(({ fromSamples }) => fromSamples)
    .flatMap((figure) => {
      const [before, value] = [figure.float?.(run), figure.value(run)];
      if (value === undefined) return [];
      // A score in units of the target is no change of one: without a sign.
      const text = (x: number) => (figure.unit === 'target' ? number(x) : figureText(figure, x));
      const from = before === undefined ? '' : `${text(before)} → `;
      return [`  ${figure.label}: ${from}${text(value)}`];
    });
  const { evaluated } = figures.counts;
  return [
    `${made.subject.name}, ${made.recipe?.name ?? 'as it is'}, on ${evaluated.toLocaleString('en-US')} evaluation samples:`,
    ...whole,
    ...marksOf(made.samples).map(({ sentence }) => sentence),
    ...figures.alarms.map(({ sentence }) => `Alarm: ${sentence}`),
    '',
    findingsText(run),
    '',
    ...(doctor ? [doctorText(doctor), ''] : why === undefined ? [] : [`Calibration: ${why}`, '']),
    worstText(run),
    '',
  ].join('\n');
}
