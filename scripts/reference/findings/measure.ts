/** A case quantized as the studio's own job does it, its findings, and what their fixes really win. */
import { primaryOf } from '../../../src/analysis/score';
import type { Roles, Sample, Samples } from '../../../src/data/samples';
import { runJob } from '../../../src/jobs';
import { createContext } from '../../../src/jobs/context';
import { createCores, localLock } from '../../../src/jobs/cores';
import { needsOf } from '../../../src/jobs/needs';
import type { OpenedModel } from '../../../src/jobs/types';
import { optimize } from '../../../src/model/passes/optimize';
import { changed } from '../../../src/quant/change';
import { stockRecipe, withOverrides } from '../../../src/quant/recipe';
import type { Recipe } from '../../../src/quant/types';
import type { Finding, Fix } from '../../../src/run/findings';
import type { Run } from '../../../src/run/types';
import type { Case, Made } from './cases';
import { graphOf } from './nets';

const context = createContext({ cores: createCores(localLock(), 1) });
const silent = { progress: () => undefined };

function opened({ net, calibration, evaluation, labelled }: Made) {
  const graph = optimize(graphOf(net)).graph;
  const all = [...calibration.inputs, ...evaluation.inputs];
  const labels = [...calibration.labels, ...evaluation.labels];
  const classes = net.values[net.outputs[0]!]!.shape.at(-1)!;
  const samples: Samples = {
    ...{ key: net.name, name: net.name, description: net.name, count: all.length },
    synthetic: false,
    targets: labelled ? [{ kind: 'classes', output: 0, count: classes }] : [],
    checks: [],
    inputShapes: [net.values[net.input]!.shape],
    read: (index) =>
      Promise.resolve<Sample>({ inputs: [all[index]!], targets: labelled ? [labels[index]!] : [] }),
    sampleKey: (index) => Promise.resolve(String(index)),
    preview: () => Promise.reject(new Error('no pictures')),
  };
  const indices = all.map((_, index) => index);
  const roles: Roles = {
    training: indices.slice(0, calibration.inputs.length),
    calibration: indices.slice(0, calibration.inputs.length),
    selection: [],
    evaluation: indices.slice(calibration.inputs.length),
    seed: 1,
  };
  const model: OpenedModel = {
    ...{ key: net.name, name: net.name, format: 'tflite', description: net.name, fileBytes: 1 },
    ...{ graph, optimized: graph, issues: [] },
    summary: {
      ...{ layers: graph.nodes.length, params: 0, macs: 0, inputs: [], outputs: [] },
      ...{ quantized: false, unsupported: [] },
    },
  };
  return { model, samples, roles, needs: needsOf(graph) };
}

type Opened = ReturnType<typeof opened>;

function runOf({ model, ...data }: Opened, recipe: Recipe, latency: boolean): Promise<Run> {
  return runJob(
    'quantize',
    {
      ...{ model, recipe, measure: { latency, isolated: true, sensitivity: true } },
      samples: {
        source: { kind: 'synthetic', name: '', key: '', count: 1, seed: 1, choices: {} },
        roles: { calibration: 1, seed: 1 },
      },
    },
    { ...context, openSamples: () => Promise.resolve(data) },
    silent,
  );
}

/** Points, or dB, that are no scatter of 300 samples. */
const LEAST_POINTS = 3;
/** dB that count as unharmed: what three layers in eight bits leave, and the nets that nearly have a fault have. */
const WELL = 30;

/** Points of the labelled score, or dB of the worst column of an output that has none, at most `WELL`. */
export function standing({ figures }: Run): { readonly value: number; readonly unit: '%' | 'dB' } {
  const primary = primaryOf(figures.whole.scores);
  if (primary?.unit === '%' && primary.kind !== 'agreement')
    return { value: primary.value, unit: '%' };
  const worst = figures.likeness.map(({ value, unit, more }) =>
    Math.min(
      ...more.flatMap(({ label, value: own }) => (label.startsWith('SQNR') ? [own] : [])),
      ...(unit === 'dB' ? [value] : []),
    ),
  );
  return { value: Math.min(WELL, ...worst), unit: 'dB' };
}

const whole = ({ figures }: Run) =>
  Math.min(...Object.values(figures.evidence?.outputs ?? {}).map(({ sqnr }) => sqnr));

export interface TriedFix {
  readonly finding: string;
  readonly fix: string;
  readonly first: boolean;
  readonly predicted?: number;
  readonly unit?: string;
  /** In the prediction's unit. */
  readonly measured: number;
  /** Of what the run had lost, in per cent; undefined where it had lost nothing. */
  readonly restored?: number;
  readonly failed?: string;
}

export interface Judged {
  readonly rule: string;
  readonly architecture: string;
  readonly kind: Case['kind'];
  readonly half: Case['half'];
  readonly float: number;
  readonly before: number;
  readonly unit: string;
  readonly sqnr: number;
  readonly found: readonly {
    readonly rule: string;
    readonly layers: readonly string[];
    readonly chance: boolean;
    readonly weight: number;
    readonly reason: string;
  }[];
  readonly right?: boolean;
  readonly hit: boolean;
  readonly alsoRight: readonly string[];
  readonly fixes: readonly TriedFix[];
}

export async function judge(one: Case, tryFixes = true): Promise<Judged> {
  const made = await one.make(await context.backend());
  const data = opened(made);
  const { method, overrides = {}, scheme = 'int8', latency = false } = made;
  const recipe = withOverrides(
    stockRecipe(scheme, { io: 'float32', ...(method ? { calibration: method } : {}) }),
    overrides,
  );
  const run = await runOf(data, recipe, latency);
  const float = primaryOf(run.figures.float.scores)?.value ?? NaN;
  const { value: before, unit } = standing(run);
  const findings = run.figures.findings ?? [];
  if (process.env['DETAILS'])
    for (const { id, op } of run.made.layers) {
      const own = run.figures.layers[id];
      const e = run.figures.evidence?.layers[id];
      console.log(
        id,
        op,
        'iso',
        own?.isolated?.sqnr.toFixed(1),
        'rmse',
        own?.isolated?.rmseOverScale?.toFixed(2),
        'acc',
        own?.accumulated?.sqnr.toFixed(1),
        'w',
        e?.weightsOnly?.sqnr.toFixed(1),
        'a',
        e?.activationsOnly?.sqnr.toFixed(1),
        'shift',
        e?.shift?.toFixed(2),
        'out',
        e?.outputSqnr?.map((x) => x.toFixed(1)).join(),
        'sens',
        own?.sensitivity,
        'beyond',
        e?.beyond,
        'scale',
        run.made.plan?.values[run.made.layers.find((l) => l.id === id)!.output]?.scale[0],
      );
    }
  const right = [one.rule, ...(one.alsoRight ?? [])];
  const [first] = findings.filter(({ rule }) => !costs.has(rule) || costs.has(one.rule));
  const fixes: TriedFix[] = [];
  if (tryFixes && one.kind === 'fault')
    for (const finding of findings.filter(({ rule }) => right.includes(rule)).slice(0, 1))
      for (const [at, fix] of finding.fixes.entries())
        fixes.push(await tried(data, run, finding, fix, at === 0, unit === '%' ? float : WELL));
  return {
    ...{ rule: one.rule, architecture: one.architecture, kind: one.kind, half: one.half },
    ...{ float, before, unit, sqnr: whole(run) },
    found: findings.map(({ rule, layers, couldBeChance, weight, reason }) => ({
      ...{ rule, layers, chance: couldBeChance, weight, reason },
    })),
    alsoRight: one.alsoRight ?? [],
    hit: findings.some(({ rule }) => rule === one.rule),
    ...(one.kind === 'fault' ? { right: first !== undefined && right.includes(first.rule) } : {}),
    fixes,
  };
}
const costs: ReadonlySet<string> = new Set(['float-islands', 'slower', 'more-than-needed']);

async function tried(
  data: Opened,
  run: Run,
  finding: Finding,
  fix: Fix,
  first: boolean,
  best: number,
): Promise<TriedFix> {
  const about = {
    ...{ finding: finding.rule, fix: fix.id, first },
    ...(fix.predicted ? { predicted: fix.predicted.value, unit: fix.predicted.unit } : {}),
  };
  try {
    const after = await runOf(data, changed(run.made.recipe!, fix.change), false);
    const [a, b] = [standing(run).value, standing(after).value];
    const dB = fix.predicted?.unit === 'dB' && standing(run).unit === '%';
    // Where the score has hardly moved, the outputs' noise tells.
    const bySqnr = standing(run).unit === '%' && best - a < LEAST_POINTS;
    const [lost, won] = bySqnr ? [WELL - whole(run), whole(after) - whole(run)] : [best - a, b - a];
    return {
      ...about,
      measured: dB ? whole(after) - whole(run) : b - a,
      ...(lost > LEAST_POINTS ? { restored: Math.min(100, (100 * won) / lost) } : {}),
    };
  } catch (error) {
    return { ...about, measured: NaN, failed: String(error) };
  }
}
