/**
 * What a series of changes to one run starts from: samples, float answers and every number of the quantized
 * model. The last one stays for the next change, and is made anew from any job's arguments.
 */
import type { Constants } from '../../quant/convert';
import { scoringOf } from '../../analysis/score';
import type { Graph } from '../../model/graph';
import { canonical } from '../../run/keys';
import type { Outcome } from '../../run/outcome';
import { leftOut, withoutLeftOut } from '../data/leftOut';
import { samplesOfMade } from '../data/samplesOfMade';
import type { JobContext } from '../job';
import {
  answersThatFit,
  choosingSamples,
  keptAnswers,
  outcomes,
  type KeptAnswers,
} from '../measure/outcome';
import { replanned, type QuantizedMade } from '../measure/replanned';
import { keptWhole, wholeThatFits, type KeptWhole } from '../measure/whole';
import { affordable, workOf } from '../measure/work';
import { needsOf } from '../needs';
import { runnable } from '../prepared';
import { phases } from '../progress';
import type { WhatIfRequest } from '../types';

/** Multiply-accumulates of a change in the first layer: some 0.3 s; and samples, as far as it allows. */
const WORK = 4e8;
const SAMPLES = { least: 4, most: 128 } as const;

export interface Kept {
  readonly key: string;
  readonly made: QuantizedMade;
  readonly graph: Graph;
  readonly constants: Constants;
  readonly answers: KeptAnswers;
  readonly whole: KeptWhole;
  readonly now: Outcome;
  readonly float: Outcome['score'];
  /** Samples that could be looked at. */
  readonly of: number;
}

let last: Kept | undefined;

/** Is not stopped: a hand that moves on would begin it anew each time. */
export async function keptFor(
  { run, samples: request }: Pick<WhatIfRequest, 'run' | 'samples'>,
  made: QuantizedMade,
  given: JobContext,
): Promise<Kept> {
  const context = { ...given, stop: { stopped: false } };
  const backend = await context.backend();
  const key = canonical([run.id, run.made.samples.key, request.roles, backend.label]);
  if (last?.key === key) return last;
  // Two of them are never held at once.
  last = undefined;
  const opened = await samplesOfMade(run.made, request, context);
  const { samples } = opened;
  const roles = await withoutLeftOut(opened, made.recipe);
  const report = phases(context.events, { float: 1, whole: 1 });
  const constants: Constants = new Map();
  const graph = replanned(made.graph, made.recipe, made.stats, constants);
  const most = Math.min(
    answersThatFit(made.graph),
    wholeThatFits(graph),
    affordable(WORK, workOf(graph), SAMPLES),
  );
  // What is left out of calibration was not to be trusted.
  const out = await leftOut(opened, made.recipe);
  const all = choosingSamples(roles, Infinity, out).indices.length;
  const answers = await keptAnswers({
    ...{ float: runnable(made.graph), samples, backend, context },
    scorings: scoringOf(samples.targets, needsOf(made.graph), samples.synthetic),
    choosing: choosingSamples(roles, most, out),
    report: (done, total) => {
      report.float(`Float answers: sample ${done} of ${total}`, done, total);
    },
  });
  const whole = await keptWhole(graph, answers.samples, backend, context, (done, total) => {
    report.whole(`Keeping the model’s numbers: sample ${done} of ${total}`, done, total);
  });
  const [now, float] = [outcomes(answers), outcomes(answers)];
  answers.samples.forEach((_, at) => {
    now.add(at, whole.outputs[at]!);
    float.add(at, answers.float[at]!);
  });
  last = {
    ...{ key, made, graph, constants, answers, whole },
    now: now.outcome(),
    float: float.outcome().score,
    of: Math.max(all, answers.count),
  };
  return last;
}
