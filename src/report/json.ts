/**
 * A run as JSON, version 2: what it was made from, every figure by the list of figures with its
 * definition, and the answer to every evaluation sample, so that two runs can be compared by files.
 */
import {
  definitionsOf,
  figuresOf,
  rowsOf,
  valuesOf,
  wholeFiguresOf,
  type FigureRow,
} from '../analysis/figures';
import { marksOf } from '../analysis/marks';
import { primaryOf } from '../analysis/score';
import { needsCalibration } from '../quant/recipe';
import { VERSION } from '../model/version';
import { inWords } from '../quant/words';
import type { Dial } from '../run/dial';
import type { Doctor } from '../run/doctor';
import type { Score } from '../run/figures';
import type { LayerRow, Made, Run, SamplesRef } from '../run/types';
import type { Verification } from '../run/verification';

export const REPORT_VERSION = 2;

export interface ReportExtras {
  readonly verification?: Verification;
  /** What the calibration doctor found of this run. */
  readonly doctor?: Doctor;
  /** Milliseconds per evaluated sample, reading and scoring included. */
  readonly msPerSample?: number;
  /** What the mixture of precisions was chosen from. */
  readonly mixedPrecision?: Dial;
}

/**
 * JSON has no infinite numbers (the SQNR of an equal tensor is one) and no typed arrays: the first are
 * written as "Infinity", "-Infinity" and "NaN", the second as arrays. Indented, with a line's end.
 */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, plain, 2)}\n`;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>);
  return value;
}

export function runReport(run: Run, extras: ReportExtras = {}): string {
  const { made, figures } = run;
  const { recipe } = made;
  const whole = wholeFiguresOf(run);
  const layers = figuresOf(run);
  return toJson({
    format: 'intact-report',
    version: REPORT_VERSION,
    intact: VERSION,
    id: run.id,
    createdAt: new Date(made.createdAt).toISOString(),
    model: made.subject.name,
    subject: made.subject,
    ...(recipe ? { recipe } : {}),
    ...(made.from === undefined ? {} : { from: made.from }),
    engine: made.engine,
    ...(figures.computed ? { computed: figures.computed } : {}),
    samples: samplesOf(made),
    marks: marksOf(made.samples),
    score: scoreOf(run),
    fileBytes: { float: figures.float.fileBytes, quantized: figures.whole.fileBytes },
    latencyMs: { float: figures.float.ms, quantized: figures.whole.ms },
    energyPicojoules: {
      model: 'Horowitz, ISSCC 2014, 45 nm',
      float: figures.float.energy,
      quantized: figures.whole.energy,
    },
    scores: {
      float: marked(figures.float.scores, made),
      quantized: marked(figures.whole.scores, made),
      likeness: marked(figures.likeness, made),
    },
    figures: valuesOf(whole, run),
    counts: figures.counts,
    alarms: figures.alarms,
    ...(figures.findings ? { findings: figures.findings } : {}),
    ...(figures.evidence ? { evidence: figures.evidence } : {}),
    ...(figures.parts ? { parts: figures.parts } : {}),
    ...(figures.fakeQuant ? { fakeQuant: figures.fakeQuant } : {}),
    ...(figures.dial ? { mixedPrecision: figures.dial } : {}),
    ...(made.log ? { training: made.log } : {}),
    ...(made.repaired ? { repaired: made.repaired } : {}),
    ...(made.splits ? { splits: made.splits } : {}),
    ...extras,
    layers: rowsOf(run).map((row) => layerOf(row, made, valuesOf(layers, row))),
    evaluation: { quantized: figures.samples, float: figures.floatSamples },
    issues: made.issues,
    definitions: { whole: definitionsOf(whole), layers: definitionsOf(layers) },
    ...(run.pending.length > 0 ? { pending: run.pending } : {}),
  });
}

/** Of the output that stands for the model. Of a model as it is there is one score only. */
function scoreOf({ made, figures }: Run) {
  const [own] = marked([primaryOf(figures.whole.scores)], made);
  if (!made.recipe) return own;
  const of = (scores: readonly Score[]) =>
    marked([scores.find(({ output }) => output === own?.output)], made)[0];
  return { float: of(figures.float.scores), quantized: own, agreement: of(figures.likeness) };
}

/** Beside each score what it stands on: "synthetic", "assumed: Value range". */
function marked(scores: readonly (Score | undefined)[], { samples }: Made) {
  const marks = marksOf(samples).map(({ short }) => short);
  return scores.map((score) => score && { ...score, ...(marks.length > 0 ? { marks } : {}) });
}

/** Counts of what was used: nothing is calibrated where no rule asks for ranges. */
function samplesOf({ samples, recipe }: Made) {
  const { roles, ...rest } = samples;
  const used = recipe && needsCalibration(recipe);
  const count = (role: SamplesRef['roles'][number]['role']) =>
    roles.find((one) => one.role === role)?.count ?? 0;
  return {
    ...rest,
    calibration: used ? count('calibration') : 0,
    evaluation: count('evaluation'),
    roles: used ? roles : roles.filter(({ role }) => role !== 'calibration'),
  };
}

function layerOf(row: LayerRow & FigureRow, made: Made, values: ReturnType<typeof valuesOf>) {
  const { why, part, ...rest } = row;
  void part;
  return {
    ...rest,
    why: { ...why, text: inWords(why) },
    activation: activationOf(row.output, made),
    figures: values,
  };
}

/** Range and grid of a layer's output, by the value that its node makes. */
function activationOf(name: string, { plan, stats }: Made) {
  const chosen = plan?.values[name];
  const seen = stats?.values[name];
  if (!chosen && !seen) return undefined;
  return {
    ...(chosen
      ? { scale: chosen.scale[0], zeroPoint: chosen.zeroPoint[0], why: inWords(chosen.why) }
      : {}),
    ...(seen ? { min: seen.seenMin, max: seen.seenMax, mean: seen.mean, std: seen.std } : {}),
  };
}
