import { Scorer, type Task } from '../analysis/score';
import type { TensorError } from '../analysis/types';
import { accumulatedError } from './accumulated';
import { PARTIAL_EVERY_MS, phases, reporter, withLayers, without, type Job } from './measuring';

/** Samples whose every layer is compared before the first charts are drawn, and in all. */
const FIRST_LOOK = 8;
const COMPARED = 64;
/** No more are compared after this long: comparing every activation of a large model costs more than running it. */
const COMPARING_MS = 3_000;

/** Scores on all evaluation samples; accumulated error per layer on the first of them. */
export async function evaluate(job: Job): Promise<void> {
  const { request, events, float, quantized, task } = job;
  const { dataset, split } = request.samples;
  const report = reporter(events, phases.evaluate);
  const floatScorer = new Scorer(task, dataset);
  const scorer = new Scorer(task, dataset);
  const likeness: Task =
    task === 'classes' || task === 'agreement' ? 'agreement' : 'reconstruction';
  const agreement = new Scorer(likeness, dataset);
  const errors = accumulatedError(float, quantized);
  const chosen = split.evaluation;
  const started = performance.now();
  const comparing = (position: number) =>
    position < FIRST_LOOK || (position < COMPARED && performance.now() - started < COMPARING_MS);
  const publish = () => {
    const accumulated = errors.results();
    job.run = {
      ...withLayers(job.run, ({ id }) => {
        const error: TensorError | undefined = accumulated.get(id);
        return error ? { accumulated: error } : {};
      }),
      floatScore: floatScorer.score(),
      score: scorer.score(),
      agreement: agreement.score(),
    };
    events.partial?.(job.run);
  };
  let last = performance.now();
  for (const [position, sample] of chosen.entries()) {
    const outputs = comparing(position)
      ? await errors.add(sample)
      : { float: await float.run(sample), quantized: await quantized.run(sample) };
    floatScorer.add(sample, outputs.float, outputs.float);
    scorer.add(sample, outputs.quantized, outputs.float);
    agreement.add(sample, outputs.quantized, outputs.float);
    const first = position + 1 === Math.min(FIRST_LOOK, chosen.length);
    if (first || performance.now() - last > PARTIAL_EVERY_MS) {
      last = performance.now();
      report(`Evaluating: sample ${position + 1} of ${chosen.length}`, position + 1, chosen.length);
      publish();
    }
  }
  job.run = without(job.run, 'score');
  publish();
}
