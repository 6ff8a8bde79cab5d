/**
 * Version 1 kept whole objects: opened models without their key, decoded samples, runs with the panel's
 * settings and their reasons in English. A run becomes one of today with the float graph of its model,
 * its samples become an .npz file with the choices that were in force.
 */
import * as v from 'valibot';
import { IntactError } from '../../../model/error';
import type { Graph } from '../../../model/graph';
import { targetOf } from '../../../quant/targets';
import type { OpenedModel } from '../../../jobs/types';
import { calibrationOf } from '../../../quant/observers';
import type { Plan, Recipe, Stats, Why } from '../../../quant/types';
import type { LayerDetail } from '../../../run/details';
import type { Score, ScoreKind } from '../../../run/figures';
import type { LayerFacts, LayerFigures, PendingFigure, Run, SamplesRef } from '../../../run/types';
import type { RecipeSettings } from '../../stores/recipe';
import type { RunEntry } from '../../stores/runs';
import { without } from '../../without';
import type { FormerSamples } from './v1samples';

/** The only runtime that version 1 made models for. */
const target = 'tflite-2021';

const text = v.string();
const graph = v.looseObject({
  values: v.array(v.looseObject({ name: text })),
  nodes: v.array(v.looseObject({ name: text })),
  outputs: v.array(v.number()),
});
const score = v.object({
  kind: v.picklist(['accuracy', 'agreement', 'mean absolute error', 'SQNR to float']),
  value: v.number(),
  unit: v.picklist(['%', 'dB', '']),
  samples: v.number(),
  synthetic: v.boolean(),
});
const calibration = v.looseObject({
  method: v.picklist(['minmax', 'moving-average', 'percentile']),
  decay: v.optional(v.number()),
  percentile: v.optional(v.number()),
});
const settings = v.object({
  scheme: v.picklist(['float16', 'dynamic', 'int8', 'int8-per-tensor']),
  calibration,
  io: v.picklist(['int8', 'float32']),
  overrides: v.record(text, v.picklist(['int8', 'float'])),
});
const layer = v.looseObject({ id: text, layer: text, op: text, why: text, scheme: text });
const planned = v.record(text, v.looseObject({ why: text }));
const entry = v.object({
  run: v.looseObject({
    id: text,
    createdAt: v.number(),
    modelName: text,
    recipe: v.looseObject({
      name: text,
      scheme: text,
      rules: v.array(v.unknown()),
      calibration,
      io: text,
    }),
    stats: v.optional(v.looseObject({ samples: v.number() })),
    plan: v.looseObject({ nodes: planned, values: planned }),
    graph,
    floatScore: score,
    score,
    agreement: score,
    fileBytes: v.number(),
    floatFileBytes: v.number(),
    msFloat: v.optional(v.number()),
    msQuantized: v.optional(v.number()),
    energyFloat: v.number(),
    energyQuantized: v.number(),
    layers: v.array(layer),
    details: v.record(
      text,
      v.looseObject({ id: text, activation: v.optional(v.looseObject({ why: text })) }),
    ),
    issues: v.array(v.looseObject({ message: text })),
    engine: text,
    samples: v.object({
      calibration: v.number(),
      evaluation: v.number(),
      synthetic: v.boolean(),
      alone: v.optional(v.number()),
    }),
    pending: v.array(text),
  }),
  modelKey: text,
  samplesKey: text,
  pinned: v.boolean(),
  state: v.picklist(['growing', 'finished', 'stopped']),
  verification: v.optional(
    v.looseObject({
      runtime: text,
      samples: v.number(),
      identical: v.number(),
      largestDifference: v.number(),
    }),
  ),
});
type FormerEntry = v.InferOutput<typeof entry>;
type FormerScore = v.InferOutput<typeof score>;

const model = v.looseObject({
  name: text,
  format: text,
  fileBytes: v.number(),
  graph,
  optimized: graph,
  issues: v.array(v.unknown()),
  summary: v.looseObject({ unsupported: v.array(text) }),
});

function checked<T extends v.GenericSchema>(schema: T, value: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const where = v.getDotPath(result.issues[0]) ?? 'the record';
  throw new IntactError('malformed', `It is damaged: ${where} is not what it should be.`);
}

/** Throws `malformed`. */
export function modelOf(key: string, value: unknown): OpenedModel {
  return { ...checked(model, value), key } as unknown as OpenedModel;
}

/** The panel's settings; the seed among them decided nothing. */
export function settingsFrom(value: unknown): RecipeSettings {
  const { calibration: former, ...rest } = checked(settings, value);
  return { ...rest, target, calibration: calibrationFrom(former), steps: [] };
}

const calibrationFrom = ({ method, decay, percentile }: v.InferOutput<typeof calibration>) =>
  calibrationOf(method, method === 'moving-average' ? decay : percentile);

const recorded = (words: string): Why => ({ code: 'recorded', params: { text: words } });

function planOf(former: FormerEntry['run']['plan'], io: Recipe['io']): Plan {
  const coded = (of: typeof former.nodes) =>
    Object.fromEntries(
      Object.entries(of).map(([name, one]) => [name, { ...one, why: recorded(one.why) }]),
    );
  const given = former as unknown as { io?: Recipe['io'] };
  return {
    target,
    nodes: coded(former.nodes),
    values: coded(former.values),
    io: given.io ?? io,
  } as unknown as Plan;
}

const scoreKinds: Readonly<
  Record<FormerScore['kind'], [ScoreKind, label: string, better: Score['better']]>
> = {
  accuracy: ['classes', 'accuracy', 'higher'],
  agreement: ['agreement', 'agreement', 'higher'],
  'mean absolute error': ['numbers', 'mean absolute error', 'lower'],
  'SQNR to float': ['likeness', 'SQNR to float', 'higher'],
};

function scoreOf(former: FormerScore, output: string): Score {
  const [kind, label, better] = scoreKinds[former.kind];
  const { value, unit, samples, synthetic } = former;
  return { kind, output, label, value, unit, better, samples, synthetic, more: [] };
}

/** Version 1's samples keys end with the split. */
const splitOf = / (\d+)\+(\d+) seed -?\d+$/;

/**
 * The samples that a run of version 1 was made on, by the key that it had then. The same for each of its
 * runs, those too that needed no calibration.
 */
export function samplesRefOf(
  key: string,
  synthetic: boolean,
  known: FormerSamples | undefined,
): SamplesRef {
  const [, calibration = 0, evaluation = 0] = (splitOf.exec(key) ?? []).map(Number);
  const role = (name: SamplesRef['roles'][number]['role'], count: number) =>
    ({ role: name, count, key: `${key} ${name}` }) as const;
  return {
    key,
    name: known?.name ?? (synthetic ? 'Synthetic samples' : 'Samples of an earlier version'),
    synthetic,
    roles: [
      role('training', calibration),
      role('calibration', calibration),
      role('evaluation', evaluation),
    ],
    checks: known?.checks ?? [],
  };
}

/** What version 1 kept beside a layer's facts. */
const measured = [
  'isolated',
  'accumulated',
  'sensitivity',
  'msFloat',
  'msQuantized',
] as const satisfies readonly (keyof LayerFigures)[];

const figureNames: readonly PendingFigure[] = ['score', 'latency', 'isolated', 'sensitivity'];

/** @param samples of the session, where the run was made on them. Throws `malformed`. */
export function entryOf(
  value: unknown,
  models: ReadonlyMap<string, OpenedModel>,
  samples: (samplesKey: string) => FormerSamples | undefined,
): RunEntry {
  const former = checked(entry, value);
  const { run, modelKey, samplesKey: key, pinned, state, verification } = former;
  const opened = models.get(modelKey);
  if (!opened)
    throw new IntactError('malformed', `Its model (${run.modelName}) is not in the storage.`);
  const recipe = without(run.recipe as typeof run.recipe & { seed?: unknown }, 'seed');
  const io = run.recipe.io as Recipe['io'];
  const outputs = opened.optimized.outputs.map(
    (at) => opened.optimized.values[at]?.name ?? 'output',
  );
  const output = outputs[0] ?? 'output';
  const facts = run.layers.map((one) => ({
    ...without(one as typeof one & LayerFigures, ...measured),
    why: recorded(one.why),
  }));
  const layers = Object.fromEntries(
    run.layers.map((one) => {
      const figures = Object.entries(one).filter(([name]) => measured.includes(name as never));
      return [one.id, Object.fromEntries(figures.filter(([, figure]) => figure !== undefined))];
    }),
  );
  const details = Object.fromEntries(
    Object.entries(run.details).map(([id, one]) => [
      id,
      one.activation
        ? { ...one, activation: { ...one.activation, why: recorded(one.activation.why) } }
        : one,
    ]),
  ) as unknown as Readonly<Record<string, LayerDetail>>;
  const { evaluation, alone } = run.samples;
  const stats = run.stats as Stats | undefined;
  const result: Run = {
    id: run.id,
    made: {
      createdAt: run.createdAt,
      subject: {
        key: modelKey,
        name: run.modelName,
        format: opened.format,
        fileBytes: opened.fileBytes,
      },
      recipe: {
        ...recipe,
        calibration: calibrationFrom(run.recipe.calibration),
        io,
        target,
        steps: [],
      } as unknown as Recipe,
      graph: opened.optimized,
      ...(stats && { stats }),
      plan: planOf(run.plan, io),
      converted: {
        ...(run.graph as unknown as Graph),
        rounding: targetOf('tflite-2021').rounding.perChannel,
      },
      layers: facts as unknown as readonly LayerFacts[],
      details,
      issues: run.issues as unknown as Run['made']['issues'],
      samples: samplesRefOf(key, run.samples.synthetic, samples(key)),
      engine: run.engine,
    },
    figures: {
      whole: {
        scores: [scoreOf(run.score, output)],
        fileBytes: run.fileBytes,
        ...(run.msQuantized !== undefined && { ms: run.msQuantized }),
        energy: run.energyQuantized,
      },
      float: {
        scores: [scoreOf(run.floatScore, output)],
        fileBytes: run.floatFileBytes,
        ...(run.msFloat !== undefined && { ms: run.msFloat }),
        energy: run.energyFloat,
      },
      likeness: [scoreOf(run.agreement, output)],
      layers,
      samples: [],
      counts: {
        evaluated: evaluation,
        accumulated: evaluation,
        ...(alone !== undefined && { isolated: alone }),
      },
      alarms: [],
    },
    pending: figureNames.filter((figure) => run.pending.includes(figure)),
  };
  return {
    run: result,
    pinned,
    state: state === 'growing' ? 'stopped' : state,
    stored: true,
    ...(verification && {
      verification: verification as unknown as NonNullable<RunEntry['verification']>,
    }),
  };
}
