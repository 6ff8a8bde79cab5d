/** Figures of a whole run: a score per output, likeness to float, size, time, energy; float beside quantized. */
import type { Score } from '../../run/figures';
import { kindsOfScore, primaryIndex } from '../score';
import { fakeQuantScores } from './training';
import { restOfFile } from './columns';
import { costThresholds, times } from './cost';
import { partFigures } from './parts';
import type { Figure, Thresholds, Unit } from './figure';
import type { Measured, WholeFigure } from './wholeFigure';
import { changeThresholds, decimalsOf, errorThresholds, pointsThresholds } from './sensitivity';

/** Of a model's output. That of a classifier may be lower: there the classes say more. */
const outputThresholds: Thresholds = {
  good: 40,
  mark: 10,
  bad: 0,
  source: '10 dB: a third of the output’s amplitude is error; 0 dB: as much error as signal.',
};

type Side = (run: Measured) => readonly Score[];
const quantized: Side = ({ figures }) => figures.whole.scores;
const float: Side = ({ figures }) => figures.float.scores;
const likeness: Side = ({ figures }) => figures.likeness;
/** By the output's name: positions may differ between growing and finished runs. */
const scoreOf = (side: Side, output: string) => (run: Measured) =>
  side(run).find((score) => score.output === output);

const units = { '%': '%', dB: 'dB', '': 'target' } as const satisfies Record<Score['unit'], Unit>;

/** What quantizing changed, held against thresholds of its unit. */
function judgement(
  { kind, unit, better }: Score,
  value: Figure<Measured>['value'],
  before: Figure<Measured>['value'],
): Pick<WholeFigure, 'judged' | 'thresholds'> {
  const change = (run: Measured, wanted: (after: number, before: number) => number) => {
    const [after, from] = [value(run), before(run)];
    return after === undefined || from === undefined ? undefined : wanted(after, from);
  };
  if (kind === 'likeness') return { thresholds: outputThresholds };
  if (kind === 'agreement')
    return {
      judged: (run) => change(run, (after) => after - 100),
      thresholds: pointsThresholds,
    };
  switch (unit) {
    case '%':
      return {
        judged: (run) => change(run, (after, from) => after - from),
        thresholds: pointsThresholds,
      };
    case 'dB':
      return {
        judged: (run) => change(run, (after, from) => after - from),
        thresholds: changeThresholds,
      };
    case '': {
      const sign = better === 'lower' ? 1 : -1;
      return {
        judged: (run) =>
          change(run, (after, from) => (sign * (after - from)) / Math.max(Math.abs(from), 1e-12)),
        thresholds: errorThresholds,
      };
    }
    default:
      return unit satisfies never;
  }
}

function scoreFigure(id: string, score: Score, side: Side, several: boolean, table: boolean) {
  const { title, definition, toFloat } = kindsOfScore[score.kind];
  const value = (run: Measured) => scoreOf(side, score.output)(run)?.value;
  const before = (run: Measured) => scoreOf(float, score.output)(run)?.value;
  const label = several ? `${title} of “${score.output}”` : title;
  return {
    id,
    label,
    head: title,
    unit: units[score.unit],
    definition,
    better: score.better,
    ...judgement(score, value, toFloat ? value : before),
    value,
    // Of a distance to float, float's own says nothing.
    ...(toFloat ? {} : { float: before }),
    ...(score.unit === '%' ? { decimals: Math.max(1, decimalsOf(score.samples)) } : {}),
    fromSamples: true,
    waitsFor: 'score',
    table,
  } as const satisfies WholeFigure;
}

/** Before any run, and the heads of a table over runs that are scored differently. */
const anyScore: WholeFigure = {
  id: 'score',
  label: 'Score',
  head: 'Score',
  unit: 'number',
  definition:
    'Accuracy where the samples have labels, likeness to the float model where they have none.',
  better: 'neither',
  value: ({ figures }) => figures.whole.scores[primaryIndex(figures.whole.scores)]?.value,
  float: ({ figures }) => figures.float.scores[primaryIndex(figures.float.scores)]?.value,
  fromSamples: true,
  waitsFor: 'score',
  table: true,
};

const cost: readonly WholeFigure[] = [
  {
    id: 'size',
    label: 'File size',
    head: 'File size',
    unit: 'bytes',
    definition:
      'Bytes of the .tflite that Export writes (1 kB = 1,000 bytes); ÷ is how many times smaller than the float .tflite.',
    better: 'lower',
    thresholds: costThresholds.size,
    judged: ({ figures }) => times(figures.whole.fileBytes, figures.float.fileBytes),
    value: ({ figures }) => figures.whole.fileBytes,
    float: ({ figures }) => figures.float.fileBytes,
    fromSamples: false,
    table: true,
  },
  {
    id: 'rest',
    label: 'Rest of the file',
    head: 'Rest of the file',
    unit: 'bytes',
    definition: 'Bytes of the .tflite that belong to no layer: tables, names and padding.',
    better: 'lower',
    value: (run) => restOfFile(run, run.figures.whole.fileBytes, 'bytesQuantized'),
    float: (run) => restOfFile(run, run.figures.float.fileBytes, 'bytesFloat'),
    fromSamples: false,
    table: false,
  },
  {
    id: 'latency',
    label: 'Latency',
    head: 'Latency',
    unit: 'ms',
    definition:
      'Median time of one inference in this browser, on this machine, float and quantized in turn in the same engine; ÷ is how many times faster.',
    better: 'lower',
    thresholds: costThresholds.latency,
    judged: ({ figures }) => times(figures.whole.ms, figures.float.ms),
    value: ({ figures }) => figures.whole.ms,
    float: ({ figures }) => figures.float.ms,
    fromSamples: false,
    waitsFor: 'latency',
    table: true,
  },
  {
    id: 'energy',
    label: 'Energy',
    head: 'Energy',
    unit: 'pJ',
    definition: 'Per inference, by a model of 45 nm silicon (Horowitz 2014): not a measurement.',
    better: 'lower',
    thresholds: costThresholds.energy,
    judged: ({ figures }) => times(figures.whole.energy, figures.float.energy),
    value: ({ figures }) => figures.whole.energy,
    float: ({ figures }) => figures.float.energy,
    fromSamples: false,
    table: true,
  },
];

/** Of a trained run: the score that training saw, beside the integer model's on the same samples. */
function fakeQuantFigure({ fakeQuant }: Measured['figures']): readonly WholeFigure[] {
  const both = fakeQuant && fakeQuantScores(fakeQuant);
  if (!both) return [];
  const { title } = kindsOfScore[both.integer.kind];
  const { unit, better, samples } = both.integer;
  const read =
    (which: 'fake' | 'integer'): WholeFigure['value'] =>
    ({ figures }) =>
      figures.fakeQuant && fakeQuantScores(figures.fakeQuant)?.[which].value;
  const common = {
    ...{ unit: units[unit], better, fromSamples: true, table: false },
    ...(unit === '%' ? { decimals: Math.max(1, decimalsOf(samples)) } : {}),
  } as const;
  const on = `on the first ${samples.toLocaleString('en-US')} evaluation samples`;
  return [
    {
      ...common,
      id: 'fakeQuant',
      label: `${title} with fake quantization`,
      head: `${title}, fake-quantized`,
      definition: `Of the fake-quantized model that training saw, ${on}. The integer model’s stands beside it: they differ only where float32 sums round to the other side of a step.`,
      value: read('fake'),
    },
    {
      ...common,
      id: 'fakeQuantInteger',
      label: `${title} of the integer model, same samples`,
      head: `${title}, integer`,
      definition: `Of the integer model, ${on}: what the one with fake quantization is to be held against.`,
      value: read('integer'),
    },
  ];
}

/** Before any run. */
export const wholeFigures: readonly WholeFigure[] = [anyScore, ...cost];

/**
 * The figures in this run's terms. `score` and `likeness` are of the output that stands for the model
 * (primaryIndex), `score:NAME` and `likeness:NAME` of the others; a likeness that is the score itself
 * is left out.
 */
export function wholeFiguresOf(run?: Measured): readonly WholeFigure[] {
  const scores = run?.figures.whole.scores ?? [];
  if (!run || scores.length === 0) return wholeFigures;
  const primary = primaryIndex(scores);
  const several = scores.length > 1;
  const made = scores.flatMap((score, at) => {
    const first = at === primary;
    const end = first ? '' : `:${score.output}`;
    const like = scoreOf(likeness, score.output)(run);
    return [
      scoreFigure(`score${end}`, score, quantized, several, first),
      ...(like && like.kind !== score.kind
        ? [scoreFigure(`likeness${end}`, like, likeness, several, false)]
        : []),
    ];
  });
  const ordered = [...made.filter(({ table }) => table), ...made.filter(({ table }) => !table)];
  return [...ordered, ...fakeQuantFigure(run.figures), ...partFigures(run.figures), ...cost];
}
