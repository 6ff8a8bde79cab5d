/**
 * Float and quantized over the evaluation samples: scores, answers, and at every layer the accumulated
 * and the isolated error.
 */
import { flatnessWatch, flattened } from '../../analysis/alarms';
import { answersAhead } from './ahead';
import type { Sample } from '../../data/samples';
import type { SampleFigures } from '../../run/types';
import { prepare } from '../prepared';
import { inOrder } from '../shards/inOrder';
import { readOnce } from '../shards/readOnce';
import { ErrorAccumulator } from '../../analysis/compare';
import { errorsShard, type SampleErrors } from './errors';
import { layerEvidence } from './evidence';
import { halved, halvedSamples } from './halves';
import { joined } from './joined';
import type { AloneLayer } from './isolated';
import { layerErrors } from './layerErrors';
import type { Measured } from './measured';
import { scoresOf } from './scores';
import { activationBytes, affordable, constantBytes, workOf } from './work';

/** Samples whose every layer is compared before the first charts are drawn, and in all. */
const FIRST_LOOK = 8;
const COMPARED = 256;
/** Multiply-accumulates that comparing may take: 100 samples of MobileNetV2 and 20 of ResNet-50. */
const COMPARING_WORK = 3e11;

const REPORT_EVERY_MS = 700;

/** Samples on which every layer's error is measured. */
export function comparedSamples({ float, quantized }: Pick<Measured, 'float' | 'quantized'>) {
  // The quantized layers run twice: in the model, and alone.
  const each = workOf(float) + 2 * workOf(quantized);
  return affordable(COMPARING_WORK, each, { least: FIRST_LOOK, most: COMPARED });
}

/** @param alone the layers whose isolated error is measured */
export async function evaluateInTurn(
  measured: Measured,
  alone: readonly AloneLayer[],
): Promise<void> {
  const { samples, roles, scorings, growing, context, report, backend } = measured;
  const { float, quantized, original, answering } = measured;
  const floatScores = scoresOf(scorings, samples, 'target');
  const scores = scoresOf(scorings, samples, 'target');
  const likeness = scoresOf(scorings, samples, 'likeness');
  const together = joined(float, quantized, alone);
  const errors = layerErrors(together);
  const { plan } = growing.run.made;
  const names = new Set(alone.map(({ name }) => name));
  const close = plan && halved(float, plan, names);
  const evidence = layerEvidence(together, close);
  const closely = halvedSamples(float);
  const compared = comparedSamples(measured);
  const wholeErrors = original.outputs.map(() => new ErrorAccumulator());
  const chosen = roles.evaluation;
  const watch = flatnessWatch(original);
  const answers: SampleFigures[] = [];
  const floatAnswers: SampleFigures[] = [];
  const update = () => {
    const { whole, float: floatWhole, counts } = growing.run.figures;
    const looked = Math.min(answers.length, compared);
    growing.setLayers(errors.results());
    growing.set({
      whole: { ...whole, scores: scores.scores() },
      float: { ...floatWhole, scores: floatScores.scores() },
      likeness: likeness.scores(),
      samples: [...answers],
      floatSamples: [...floatAnswers],
      computed: answering.computed(Math.max(0, answers.length - compared)),
      counts: {
        ...counts,
        evaluated: answers.length,
        accumulated: looked,
        ...(alone.length > 0 ? { isolated: looked } : {}),
      },
    });
  };
  let last = performance.now();
  const add = async (
    position: number,
    sample: Sample,
    { expected, outputs, sums, evidence: seen }: SampleErrors,
  ) => {
    const index = chosen[position]!;
    const key = await samples.sampleKey(index);
    errors.add(sums);
    evidence.add(seen, sums);
    wholeErrors.forEach((one, output) => {
      one.add(expected[output]!, outputs[output]!);
    });
    floatAnswers.push({ key, index, outputs: floatScores.add(sample, expected, expected) });
    answers.push({ key, index, outputs: scores.add(sample, outputs, expected) });
    likeness.add(sample, outputs, expected);
    for (const [output, reals] of expected.entries()) watch.add(output, reals, outputs[output]!);
    const atFirst = position + 1 === Math.min(FIRST_LOOK, chosen.length);
    if (!atFirst && performance.now() - last <= REPORT_EVERY_MS) return;
    last = performance.now();
    report.evaluate(
      `Evaluating: sample ${position + 1} of ${chosen.length}`,
      position + 1,
      chosen.length,
    );
    update();
    growing.publish(atFirst ? 'now' : 'soon');
  };
  const stopped = () => context.stop.stopped && answers.length > 0;
  const setup = {
    ...{ joined: together, float, quantized },
    ...(original === float ? {} : { original }),
    ...(close ? { halved: close } : {}),
  };
  const { models } = answering;
  const here = models ? Math.min(compared, chosen.length) : chosen.length;
  const own = await errorsShard(setup, backend);
  try {
    /** Read once, for the models and for the scores. */
    const read = readOnce(samples, chosen);
    await inOrder(
      {
        ...{ kind: 'errors', setup, own, count: here, stopped },
        bytes: 2 * constantBytes(together.graph) + activationBytes(float),
        work: workOf(float) + 2 * workOf(quantized),
        task: async (position) => {
          const sample = await read.at(position);
          const layers = position < compared;
          return { inputs: sample.inputs, layers, closely: position < Math.min(closely, compared) };
        },
        async done(position, seen) {
          const sample = read.take(position);
          await add(position, sample, seen);
        },
      },
      context,
    );
  } finally {
    own.dispose();
  }
  if (models) {
    const ahead = answersAhead(
      async (position) => samples.read(chosen[position]!),
      chosen.length,
      models.batch,
    );
    for (let position = answers.length; position < chosen.length && !stopped(); position++) {
      const sample = await ahead.sample(position);
      const outputs = await ahead.answer(models.quantized, position);
      const expected = await ahead.answer(models.original, position);
      await add(position, sample, { expected, outputs, sums: new Float64Array(0) });
      await context.share.border();
    }
  }
  update();
  const sqnrs = wholeErrors.map((one, output): [string, { readonly sqnr: number }] => [
    original.values[original.outputs[output]!]!.name,
    { sqnr: one.result()?.sqnr ?? NaN },
  ]);
  growing.setEvidence({ layers: evidence.results(), outputs: Object.fromEntries(sqnrs) });
  growing.set({ alarms: await alarmsOf(measured, watch.found(), answers.length) });
  growing.done('score', 'isolated');
  growing.publish('now');
}

/** Runs some samples again, where an output was seen to be flat. */
async function alarmsOf(
  { quantized, original, samples, roles, backend }: Measured,
  found: ReturnType<ReturnType<typeof flatnessWatch>['found']>,
  count: number,
) {
  let prepared: Awaited<ReturnType<typeof prepare>> | undefined;
  try {
    return await flattened(found, {
      float: original,
      quantized,
      run: async (at, tap) => {
        prepared ??= await prepare(backend, quantized);
        return prepared.run(await samples.read(roles.evaluation[at]!), tap);
      },
      samples: count,
    });
  } finally {
    prepared?.dispose();
  }
}
