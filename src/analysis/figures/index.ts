/**
 * The one list of figures: of a layer and of a whole run. Table, charts, inspector, graph colours, CSV,
 * JSON and shell read it. A new figure is one entry in one of the files below (README.md).
 */
import type { Run } from '../../run/types';
import { cost, webGpuFigure } from './cost';
import type { LayerFigure } from './figure';
import { model } from './model';
import { quality } from './quality';
import { sensitivityFigure } from './sensitivity';
import { outputsFigure } from './outputs';
import { sparedFigure } from './spared';
import { driftFigure } from './training';
import { primaryOf } from '../score';

export { definitionsOf, fileColumns, restOfFile, valuesOf } from './columns';
export type { FigureDefinition, FigureValue, FileColumn } from './columns';
export { layerFacts, type LayerFact, type LayerFactId } from './facts';
export { badness, isMarked, judgedOf, unitNames } from './figure';
export type { Figure, LayerFigure, Thresholds, Unit } from './figure';
export { wholeFigures, wholeFiguresOf } from './whole';
export type { Measured, WholeFigure } from './wholeFigure';
export { fakeQuantScores } from './training';
export { modelRows, rowsOf, type FigureRow } from './rows';

type Scored = {
  readonly figures: Pick<
    Run['figures'],
    'float' | 'counts' | 'fakeQuant' | 'computed' | 'evidence'
  >;
};

/** Where a latency of another backend stands: behind those of the engine. */
const TIMED = cost.findIndex(({ id }) => id === 'latencyRatio') + 1;

const listed = (
  sensitivity: LayerFigure,
  errors: readonly LayerFigure[] = quality,
  trained: readonly LayerFigure[] = [],
  timed: readonly LayerFigure[] = [],
  spared: readonly LayerFigure[] = [],
): readonly LayerFigure[] => [
  ...errors.slice(0, 2),
  ...trained,
  sensitivity,
  ...spared,
  ...errors.slice(2),
  ...cost.slice(0, TIMED),
  ...timed,
  ...cost.slice(TIMED),
  ...model,
];

/** Before any run: as if scored by accuracy. */
export const layerFigures: readonly LayerFigure[] = listed(
  sensitivityFigure({
    kind: 'classes',
    label: 'accuracy',
    unit: '%',
    better: 'higher',
    value: NaN,
  }),
);

/** What charts and colours show first. */
export const defaultFigure = 'accumulated';

const grouped = (value: number) => value.toLocaleString('en-US');
const byRun = new WeakMap<Scored['figures'], readonly LayerFigure[]>();

/** The figures in this run's terms: what it is scored by, and on how many samples. */
export function figuresOf(run?: Scored): readonly LayerFigure[] {
  const score = run && primaryOf(run.figures.float.scores);
  if (!run || !score) return layerFigures;
  const known = byRun.get(run.figures);
  if (known) return known;
  const { counts, fakeQuant, computed } = run.figures;
  const sensitivity = counts.sensitivity ?? counts.isolated;
  const made = listed(
    sensitivityFigure(
      score,
      onSamples(sensitivity, counts.evaluated) + ofLayers(counts.sensitivityLayers),
      sensitivity,
    ),
    quality.map((figure) => {
      const measured = figure.waitsFor === 'isolated' ? counts.isolated : counts.accumulated;
      const on = onSamples(measured, counts.evaluated);
      return on === ''
        ? figure
        : { ...figure, definition: `${figure.definition}${onSentence(on)}` };
    }),
    fakeQuant ? [driftFigure(fakeQuant)] : [],
    computed?.backend === 'webgpu' ? [webGpuFigure] : [],
    [
      ...(counts.spared === undefined
        ? []
        : [sparedFigure(score, onSamples(counts.spared, counts.evaluated), counts.spared)]),
      ...outputsOf(run).map((names) =>
        outputsFigure(names, onSamples(sensitivity, counts.evaluated)),
      ),
    ],
  );
  byRun.set(run.figures, made);
  return made;
}

/** Names of the model's outputs where it has several and each was looked at; else nothing. */
function outputsOf({ figures: { float, evidence } }: Scored): readonly (readonly string[])[] {
  const names = float.scores.map(({ output }) => output);
  const measured = Object.values(evidence?.layers ?? {}).some(
    ({ outputSqnr }) => outputSqnr?.length === names.length,
  );
  return names.length > 1 && measured ? [names] : [];
}

/** The end of a sentence; empty where it isn't known. */
function onSamples(measured: number | undefined, evaluated: number): string {
  if (measured === undefined) return '';
  return measured < evaluated
    ? `; on ${grouped(measured)} of the ${grouped(evaluated)} evaluation samples`
    : `; on all ${grouped(evaluated)} evaluation samples`;
}

const ofLayers = (count: number | undefined) =>
  count === undefined ? '' : `, of the ${grouped(count)} layers that lose most by themselves`;

/** The same as a sentence of its own. */
const onSentence = (on: string) => ` Measured ${on.slice(2)}.`;

/** An unknown id gives the default figure: links and stored views outlive lists. */
export function figureById(id: string, run?: Scored): LayerFigure {
  const all = figuresOf(run);
  return (
    all.find((figure) => figure.id === id) ?? all.find((figure) => figure.id === defaultFigure)!
  );
}
