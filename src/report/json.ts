import { inWords } from '../quant/words';
import type { LayerResult, Score } from '../analysis/types';
import type { Preprocessing } from '../data/types';
import type { Plan, Recipe, Stats } from '../quant/types';

/** What the JSON report is made from; a finished run of the jobs room has all of it. */
export interface ReportSource {
  readonly modelName: string;
  readonly createdAt: number;
  readonly recipe: Recipe;
  readonly stats?: Stats;
  readonly plan: Plan;
  readonly floatScore: Score;
  readonly score: Score;
  readonly agreement: Score;
  readonly fileBytes: number;
  readonly floatFileBytes: number;
  readonly msFloat?: number;
  readonly msQuantized?: number;
  readonly energyFloat: number;
  readonly energyQuantized: number;
  readonly engine: string;
  readonly layers: readonly LayerResult[];
  readonly samples: {
    readonly calibration: number;
    readonly evaluation: number;
    readonly synthetic: boolean;
  };
}

/**
 * A run as JSON: everything that the screen shows, with the recipe that made it. Infinity (an equal
 * tensor has infinite SQNR) is written as the string "Infinity", since JSON has no such number.
 */
export function runReport(run: ReportSource, preprocessing: Preprocessing): string {
  const { stats, plan, layers, createdAt, ...rest } = run;
  const report = {
    format: 'intact-report',
    version: 1,
    createdAt: new Date(createdAt).toISOString(),
    ...pick(rest),
    preprocessing,
    layers: layers.map((layer) => ({ ...layer, activation: activation(layer, plan, stats) })),
  };
  return JSON.stringify(report, finite, 2) + '\n';
}

function pick(run: Omit<ReportSource, 'stats' | 'plan' | 'layers' | 'createdAt'>) {
  const { modelName, recipe, samples, engine, floatScore, score, agreement } = run;
  const { fileBytes, floatFileBytes, msFloat, msQuantized, energyFloat, energyQuantized } = run;
  return {
    model: modelName,
    recipe,
    samples,
    engine,
    score: { float: floatScore, quantized: score, agreement },
    fileBytes: { float: floatFileBytes, quantized: fileBytes },
    latencyMs: { float: msFloat, quantized: msQuantized },
    energyPicojoules: {
      model: 'Horowitz, ISSCC 2014, 45 nm',
      float: energyFloat,
      quantized: energyQuantized,
    },
  };
}

/** Range and grid of a layer's output, by the value that its node makes (named like the layer's output). */
function activation(layer: LayerResult, plan: Plan, stats: Stats | undefined) {
  const name = layer.output;
  const chosen = plan.values[name];
  const seen = stats?.values[name];
  if (!chosen && !seen) return undefined;
  return {
    ...(chosen
      ? { scale: chosen.scale[0], zeroPoint: chosen.zeroPoint[0], why: inWords(chosen.why) }
      : {}),
    ...(seen ? { min: seen.seenMin, max: seen.seenMax, mean: seen.mean, std: seen.std } : {}),
  };
}

function finite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
