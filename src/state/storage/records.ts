/**
 * What stands in the object stores: small records that refer to packs and blobs by address. Each carries
 * the version of its form, and is checked when it is read; a record's migrations lead up to that version.
 */
import * as v from 'valibot';
import { IntactError } from '../../model/error';
import {
  dial,
  evidence,
  finding,
  halves,
  recipe,
  recipeSettings,
  repair,
  repaired,
  splits,
} from '../../run/checked';

/** Version of every record that this page writes. A new form: add a migration, then count up. */
export const recordVersion = 2;

const address = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const stamp = { version: v.literal(recordVersion), at: v.number() };
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const choices = v.record(v.string(), v.string());

const roles = v.object({
  calibration: count,
  evaluation: v.optional(count),
  seed: v.number(),
});

/** A data source without its files, which stand in a record of their own. */
const source = v.variant('kind', [
  v.object({ kind: v.literal('files'), name: v.string(), key: v.string(), choices }),
  v.object({
    kind: v.literal('synthetic'),
    name: v.string(),
    key: v.string(),
    count,
    seed: v.number(),
    choices,
  }),
]);

const verification = v.object({
  runtime: v.string(),
  samples: v.number(),
  identical: v.number(),
  largestDifference: v.number(),
  largestSteps: v.optional(v.number()),
});

const run = v.object({
  ...stamp,
  id: v.string(),
  /** Keys of the model and the samples: what must stay while this run does. */
  model: v.string(),
  samples: v.string(),
  pinned: v.boolean(),
  state: v.picklist(['finished', 'stopped']),
  verification: v.optional(verification),
  pending: v.array(v.picklist(['score', 'latency', 'isolated', 'sensitivity'])),
  /** Packs: `made` without its graphs, the two graphs, the figures. */
  made: address,
  graph: address,
  converted: address,
  figures: address,
  blobs: v.array(address),
});

const model = v.object({
  ...stamp,
  key: v.string(),
  name: v.string(),
  /** Packs: the opened model without its graphs, and the two graphs. */
  opened: address,
  graph: address,
  optimized: address,
  blobs: v.array(address),
});

const sourceRecord = v.object({ ...stamp, source, roles });

const file = v.object({ path: v.string(), bytes: v.instance(Blob) });
const files = v.object({
  ...stamp,
  files: v.array(file),
  evaluation: v.optional(v.array(file)),
});

const session = v.object({
  ...stamp,
  model: v.optional(v.string()),
  source: v.optional(source),
  /** As the worker reported it; read again when the samples are. */
  report: v.optional(v.looseObject({ key: v.string(), roles: v.array(v.unknown()) })),
  roles,
  formerKey: v.optional(v.string()),
  recipe: recipeSettings,
  selected: v.optional(v.string()),
  /** Runs that the page doesn't show. */
  leftOut: v.optional(v.array(v.string())),
  view: v.object({
    layer: v.optional(v.string()),
    layersView: v.picklist(['table', 'graph']),
    overlay: v.string(),
    chart: v.string(),
    compared: v.optional(v.array(v.string()), []),
    baseline: v.optional(v.string()),
  }),
  work: v.optional(
    v.object({
      modelKey: v.string(),
      recipes: v.array(recipe),
      others: v.optional(v.array(v.object({ job: v.string(), run: v.optional(v.string()) }))),
    }),
  ),
});

export type RunRecord = v.InferOutput<typeof run>;
export type ModelRecord = v.InferOutput<typeof model>;
export type SourceRecord = v.InferOutput<typeof sourceRecord>;
export type FileRecord = v.InferOutput<typeof files>;
export type SessionRecord = v.InferOutput<typeof session>;

const schemas = { runs: run, models: model, sources: sourceRecord, files, sessions: session };
type Records = {
  runs: RunRecord;
  models: ModelRecord;
  sources: SourceRecord;
  files: FileRecord;
  sessions: SessionRecord;
};
export type RecordStore = keyof Records;

/** Throws `malformed` with a sentence where a record is damaged or of a version that this page doesn't know. */
export function checkedRecord<S extends RecordStore>(store: S, value: unknown): Records[S] {
  const version = (value as { version?: unknown } | undefined)?.version;
  if (typeof version === 'number' && version > recordVersion) {
    throw new IntactError(
      'malformed',
      `It was written by a newer version of this page (form ${version}, this one reads ${recordVersion}).`,
    );
  }
  return checked(schemas[store], value) as Records[S];
}

function checked<T extends v.GenericSchema>(schema: T, value: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the record';
  throw new IntactError('malformed', `It is damaged: ${where} is not what it should be.`);
}

// ── What the packs hold, as far as the page would fall over it ────────────────────────────────

const graph = v.looseObject({
  name: v.string(),
  values: v.array(
    v.looseObject({ name: v.string(), shape: v.array(v.number()), dtype: v.string() }),
  ),
  nodes: v.array(
    v.looseObject({
      name: v.string(),
      op: v.string(),
      inputs: v.array(v.number()),
      outputs: v.array(v.number()),
    }),
  ),
  inputs: v.array(v.number()),
  outputs: v.array(v.number()),
  layers: v.array(v.looseObject({ name: v.string(), type: v.string() })),
});
const made = v.looseObject({
  createdAt: v.number(),
  subject: v.looseObject({ key: v.string(), name: v.string(), fileBytes: v.number() }),
  recipe: v.optional(recipe),
  ...{ repair: v.optional(repair), repaired: v.optional(repaired), splits: v.optional(splits) },
  layers: v.array(v.looseObject({ id: v.string(), layer: v.string(), op: v.string() })),
  details: v.record(v.string(), v.looseObject({ id: v.string() })),
  issues: v.array(v.looseObject({ message: v.string() })),
  samples: v.looseObject({ key: v.string(), roles: v.array(v.looseObject({ role: v.string() })) }),
  engine: v.string(),
});
/** Of a model as it is there is no float one: its bytes are NaN. */
const fileBytes = v.union([v.number(), v.nan()]);
const whole = v.looseObject({ scores: v.array(v.unknown()), fileBytes });
const figures = v.looseObject({
  whole,
  float: whole,
  likeness: v.array(v.unknown()),
  layers: v.record(v.string(), v.looseObject({})),
  samples: v.array(v.unknown()),
  counts: v.looseObject({ evaluated: v.number() }),
  alarms: v.array(v.unknown()),
  evidence: v.optional(evidence),
  findings: v.optional(v.array(finding)),
  dial: v.optional(dial),
  parts: v.optional(halves),
});
const opened = v.looseObject({
  key: v.string(),
  name: v.string(),
  issues: v.array(v.unknown()),
  summary: v.looseObject({ layers: v.number(), unsupported: v.array(v.string()) }),
});

const parts = { graph, made, figures, opened };

/** Throws `malformed` where an unpacked part lacks what the page draws. */
export function checkPart(part: keyof typeof parts, value: unknown): void {
  checked(parts[part], value);
}
