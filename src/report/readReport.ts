/**
 * A report (version 2) back as a run that can be compared. What it was made of as graphs is not in a
 * report, and not needed. Numbers that JSON can't hold stand in it as words.
 */
import * as v from 'valibot';
import type { Comparable } from '../analysis/compareRuns';
import { IntactError } from '../model/error';
import { recipe } from '../run/checked';
import type { Verification } from '../run/verification';
import { REPORT_VERSION } from './json';

export interface ReadReport {
  readonly run: Comparable;
  readonly verification?: Verification;
}

const number = v.pipe(
  v.union([v.number(), v.picklist(['Infinity', '-Infinity', 'NaN'])]),
  v.transform(Number),
);
const score = v.looseObject({
  kind: v.string(),
  output: v.string(),
  label: v.string(),
  value: number,
  unit: v.picklist(['%', 'dB', '']),
  better: v.picklist(['higher', 'lower']),
  samples: v.number(),
});
const tensorError = v.object({
  sqnr: number,
  cosine: number,
  mse: number,
  maxAbs: number,
  rmseOverScale: v.optional(number),
});
const energy = v.object({ compute: v.number(), memory: v.number() });
const layer = v.looseObject({
  id: v.string(),
  layer: v.string(),
  type: v.string(),
  op: v.string(),
  output: v.string(),
  outputShape: v.array(v.number()),
  params: v.number(),
  macs: v.number(),
  scheme: v.string(),
  bytesFloat: v.number(),
  bytesQuantized: v.number(),
  energyFloat: energy,
  energyQuantized: energy,
  isolated: v.optional(tensorError),
  accumulated: v.optional(tensorError),
  sensitivity: v.optional(number),
  msFloat: v.optional(number),
  msQuantized: v.optional(number),
  msWebGpu: v.optional(number),
});
const answer = v.object({
  answer: v.optional(v.number()),
  correct: v.optional(v.boolean()),
  error: v.optional(number),
});
const answers = v.array(v.object({ key: v.string(), index: v.number(), outputs: v.array(answer) }));
const pair = v.object({ float: v.optional(v.number()), quantized: v.optional(v.number()) });
const form = v.looseObject({
  id: v.string(),
  createdAt: v.string(),
  subject: v.object({
    key: v.string(),
    name: v.string(),
    format: v.string(),
    fileBytes: v.number(),
    signature: v.optional(v.string()),
  }),
  recipe: v.optional(recipe),
  from: v.optional(v.string()),
  engine: v.string(),
  samples: v.looseObject({
    key: v.string(),
    name: v.string(),
    synthetic: v.boolean(),
    roles: v.array(v.object({ role: v.string(), count: v.number(), key: v.string() })),
    checks: v.array(v.looseObject({ id: v.string(), status: v.string() })),
  }),
  fileBytes: pair,
  latencyMs: pair,
  energyPicojoules: pair,
  scores: v.object({
    float: v.array(score),
    quantized: v.array(score),
    likeness: v.array(score),
  }),
  counts: v.looseObject({ evaluated: v.number() }),
  alarms: v.optional(v.array(v.unknown()), []),
  findings: v.optional(v.array(v.looseObject({ id: v.string(), title: v.string() }))),
  computed: v.optional(v.looseObject({ backend: v.string(), why: v.string() })),
  training: v.optional(v.unknown()),
  repaired: v.optional(v.array(v.object({ kind: v.string(), sentences: v.array(v.string()) }))),
  verification: v.optional(
    v.object({
      runtime: v.string(),
      samples: v.number(),
      identical: v.number(),
      largestDifference: v.number(),
      largestSteps: v.optional(v.number()),
    }),
  ),
  layers: v.array(layer),
  evaluation: v.object({ quantized: v.optional(answers, []), float: v.optional(answers) }),
  pending: v.optional(v.array(v.picklist(['score', 'latency', 'isolated', 'sensitivity'])), []),
});

/**
 * @param name of the file, for the sentence
 * @throws IntactError `malformed` where the text is no report of this version
 */
export function readReport(text: string, name: string): ReadReport {
  const json = parsed(text, name);
  const { format, version } = json as { format?: unknown; version?: unknown };
  if (format !== 'intact-report')
    throw refused(name, 'is not a report of Intact: quantize writes one with --report FILE.json');
  if (version !== REPORT_VERSION)
    throw refused(
      name,
      `is a report of version ${String(version)}; this Intact compares version ${REPORT_VERSION}. Make it anew with quantize --report`,
    );
  const result = v.safeParse(form, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw refused(name, `is damaged: ${v.getDotPath(issue) ?? 'it'} is not what it should be`);
  }
  return joinedReport(result.output);
}

function joinedReport(report: v.InferOutput<typeof form>): ReadReport {
  const { subject, samples, scores, counts, evaluation, layers } = report;
  const whole = (side: 'float' | 'quantized') => ({
    scores: scores[side],
    fileBytes: report.fileBytes[side] ?? NaN,
    energy: report.energyPicojoules[side] ?? NaN,
    ...(report.latencyMs[side] === undefined ? {} : { ms: report.latencyMs[side] }),
  });
  // The form above has checked what a comparison reads; the rest is carried along as it stands.
  const run = {
    id: report.id,
    made: {
      createdAt: Date.parse(report.createdAt),
      subject,
      ...(report.recipe ? { recipe: report.recipe } : {}),
      ...(report.from === undefined ? {} : { from: report.from }),
      ...(report.training === undefined ? {} : { log: report.training }),
      ...(report.repaired ? { repaired: report.repaired } : {}),
      layers,
      samples,
      engine: report.engine,
    },
    figures: {
      whole: whole('quantized'),
      float: whole('float'),
      likeness: scores.likeness,
      layers: Object.fromEntries(layers.map((row) => [row.id, measuredOf(row)])),
      samples: evaluation.quantized,
      ...(evaluation.float ? { floatSamples: evaluation.float } : {}),
      counts,
      alarms: report.alarms,
      ...(report.findings ? { findings: report.findings } : {}),
      ...(report.computed ? { computed: report.computed } : {}),
    },
    pending: report.pending,
  } as unknown as Comparable;
  return {
    run,
    ...(report.verification ? { verification: report.verification as Verification } : {}),
  };
}

function measuredOf(row: v.InferOutput<typeof layer>) {
  const { isolated, accumulated, sensitivity, msFloat, msQuantized, msWebGpu } = row;
  return Object.fromEntries(
    Object.entries({ isolated, accumulated, sensitivity, msFloat, msQuantized, msWebGpu }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

function parsed(text: string, name: string): object {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refused(name, 'is no JSON');
  }
  if (typeof json !== 'object' || json === null) throw refused(name, 'is no report');
  return json;
}

const refused = (name: string, why: string) => new IntactError('malformed', `${name} ${why}.`);
