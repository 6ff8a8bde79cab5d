/**
 * Recipes, findings and repairs that come from a file or the storage, as far as the page draws them and a job
 * carries them out: what is not checked here would be met where nothing can be said of it any more.
 */
import * as v from 'valibot';
import { readCalibration } from '../quant/observers';
import { overrideChoices, type Override } from '../quant/recipe';
import { schemes } from '../quant/stockSchemes';
import { targets } from '../quant/targets';
import type { Recipe, RepairStep, SchemeId, Step } from '../quant/types';

/** In memory and in packs also NaN and infinite ones. */
const number = v.union([v.number(), v.nan()]);
const texts = v.array(v.string());
const nodes = v.optional(texts);
const seed = v.number();
const options = v.looseObject({});

const calibration = v.custom<object>((value) => {
  try {
    return readCalibration(value) !== undefined;
  } catch {
    return false;
  }
});
const range = v.union([
  calibration,
  v.looseObject({ method: v.literal('given'), min: v.number(), max: v.number() }),
]);
const step = v.variant('kind', [
  v.looseObject({ kind: v.literal('train'), seed, options }),
  v.looseObject({
    kind: v.literal('equalize'),
    relu6: v.picklist(['keep', 'replace']),
    absorb: v.boolean(),
  }),
  v.looseObject({ kind: v.literal('tie-ranges'), nodes }),
  v.looseObject({ kind: v.literal('split-head'), node: v.string() }),
  v.looseObject({
    kind: v.literal('round'),
    method: v.picklist(['adaround', 'squant']),
    seed,
    options,
  }),
  v.looseObject({ kind: v.literal('correct-bias'), samples: v.optional(v.number()) }),
]);
/** A kind of step that isn't in the list above doesn't compile. */
export type UncheckedStep = Exclude<
  (Step | RepairStep)['kind'],
  v.InferOutput<typeof step>['kind']
>;
undefined as UncheckedStep | undefined satisfies undefined;

const scheme = v.picklist(schemes.map(({ id }) => id));
const override = v.picklist(overrideChoices.map(({ id }) => id));
const target = v.picklist(targets.map(({ id }) => id));
const io = v.picklist(['int8', 'int16', 'float32']);
const ranges = v.optional(v.record(v.string(), range));
const leaveOut = v.optional(texts);
const overrides = v.record(v.string(), override);
const tensor = v.looseObject({ num_bits: v.number() });

type Settings = Omit<Recipe, 'name' | 'scheme' | 'rules' | 'leaveOut'> & {
  readonly scheme: SchemeId;
  readonly overrides: Readonly<Record<string, Override>>;
};
/** What passes is what the type says, as far as anything reads it. */
function checkedAs<T>() {
  return (schema: v.GenericSchema) => schema as v.GenericSchema<unknown, T>;
}

/** A recipe as a run has it. Patterns are compiled where they are used, in linear time or refused. */
export const recipe = checkedAs<Recipe>()(
  v.looseObject({
    name: v.string(),
    scheme: v.union([scheme, v.literal('custom')]),
    target,
    rules: v.array(
      v.looseObject({
        regex: v.string(),
        operation: v.string(),
        algorithm_key: v.string(),
        op_config: v.looseObject({
          activation_tensor_config: v.optional(tensor),
          weight_tensor_config: v.optional(tensor),
        }),
      }),
    ),
    calibration,
    ranges,
    leaveOut,
    io,
    steps: v.array(step),
  }),
);

/** What the recipe panel says. */
export const recipeSettings = checkedAs<Settings>()(
  v.looseObject({
    ...{ scheme, target, calibration, io, overrides, ranges },
    steps: v.array(step),
  }),
);

const gain = { unit: v.picklist(['%', 'dB', '']), value: number };
const fix = v.looseObject({
  id: v.string(),
  label: v.string(),
  change: v.looseObject({
    scheme: v.optional(scheme),
    overrides: v.optional(overrides),
    ranges,
    calibration: v.optional(calibration),
    steps: v.optional(v.array(step)),
    leaveOut,
  }),
  predicted: v.optional(v.looseObject({ ...gain, how: v.string() })),
  bytes: v.optional(number),
  ms: v.optional(number),
  note: v.optional(v.string()),
});

export const finding = v.looseObject({
  id: v.string(),
  rule: v.string(),
  layers: texts,
  title: v.string(),
  reason: v.string(),
  cost: v.optional(v.looseObject({ ...gain, samples: number, label: v.string() })),
  couldBeChance: v.boolean(),
  weight: number,
  fixes: v.array(fix),
});

export const repair = v.looseObject({
  from: v.string(),
  finding: v.string(),
  fix: v.string(),
  label: v.string(),
  predicted: v.optional(v.looseObject(gain)),
});

export const evidence = v.looseObject({
  layers: v.record(v.string(), v.looseObject({})),
  outputs: v.optional(v.record(v.string(), v.looseObject({ sqnr: number }))),
  halves: v.optional(v.record(v.string(), number)),
});

const score = v.looseObject({
  kind: v.string(),
  label: v.string(),
  unit: v.picklist(['%', 'dB', '']),
  better: v.picklist(['higher', 'lower']),
  value: number,
  samples: v.number(),
});
const answers = v.union([
  v.looseObject({ right: v.string() }),
  v.looseObject({ errors: v.array(number) }),
]);
const preference = v.picklist(['smallest', 'fastest']);
const budget = v.variant('kind', [
  v.looseObject({ kind: v.literal('accuracy'), points: v.number(), prefer: preference }),
  v.looseObject({ kind: v.literal('sqnr'), dB: v.number(), prefer: preference }),
  v.looseObject({ kind: v.literal('size'), bytes: v.number() }),
  v.looseObject({ kind: v.literal('high'), share: v.number() }),
]);
const mixture = v.looseObject({
  ...{ high: texts, low: texts, overrides, score, answers },
  found: v.picklist(['end', 'curve', 'search', 'refined']),
  sqnr: number,
  beyondChance: v.boolean(),
  bytes: v.number(),
  highShare: v.number(),
  ms: v.optional(number),
  border: v.optional(io),
});
const alone = v.optional(
  v.looseObject({ sqnr: number, change: number, beyondChance: v.boolean() }),
);

/** Mixtures of precisions (dial.ts); the one that was chosen is among them. */
export const dial = v.pipe(
  v.looseObject({
    on: v.picklist(['selection', 'calibration', 'both']),
    samples: v.number(),
    synthetic: v.boolean(),
    float: v.looseObject({ score, answers, bytes: v.number(), ms: v.optional(number) }),
    layers: v.array(
      v.looseObject({
        ...{ id: v.string(), at8: alone, at4: alone },
        high: v.picklist(['int16', 'float']),
        follows: v.boolean(),
        low: v.boolean(),
        macs: v.number(),
        saves: v.number(),
      }),
    ),
    worstFirst: texts,
    cheapestFirst: texts,
    points: v.array(mixture),
    latency: v.optional(v.string()),
    chosen: v.optional(
      v.looseObject({
        ...{ budget, met: v.boolean(), sentence: v.string() },
        point: v.pipe(v.number(), v.integer(), v.minValue(0)),
      }),
    ),
  }),
  v.check(({ points, chosen }) => chosen === undefined || chosen.point < points.length),
);

/** What the repairing steps said, and where they split outputs. */
export const repaired = v.array(v.looseObject({ kind: v.string(), sentences: texts }));
const shape = v.array(v.number());
export const splits = v.array(
  v.looseObject({
    ...{ output: v.number(), node: v.string(), layer: v.number(), shape, axis: v.number() },
    joint: v.looseObject({ name: v.string(), shape }),
    parts: v.array(v.looseObject({ name: v.string(), shape })),
  }),
);

const outcome = v.looseObject({
  score: v.looseObject({ label: v.string(), value: number, unit: gain.unit }),
  outputs: v.array(v.looseObject({ name: v.string(), sqnr: number })),
});
/** The model with one half of the quantization. */
export const halves = v.looseObject({
  ...{ weightsOnly: v.optional(outcome), activationsOnly: v.optional(outcome) },
  ...{ whole: outcome, samples: v.number() },
});
