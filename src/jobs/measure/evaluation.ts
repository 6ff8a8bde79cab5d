/** Float and quantized in turn over the evaluation samples: scores, answers, error at every layer. */
import { flatnessWatch, flattened } from '../../analysis/alarms';
import type { LayerFigures, SampleFigures } from '../../run/types';
import { accumulatedError } from './accumulated';
import type { Measured } from './measured';
import { scoresOf } from './scores';
import { affordable, workOf } from './work';

/** Samples whose every layer is compared before the first charts are drawn, and in all. */
const FIRST_LOOK = 8;
const COMPARED = 64;
/** Multiply-accumulates that comparing may take: some seconds. */
const COMPARING_WORK = 2e10;

const REPORT_EVERY_MS = 700;

/** Samples on which every layer's accumulated error is measured. */
export function comparedSamples(measured: Pick<Measured, 'float' | 'quantized'>): number {
  const each = workOf(measured.float.graph) + workOf(measured.quantized.graph);
  return affordable(COMPARING_WORK, each, { least: FIRST_LOOK, most: COMPARED });
}

export async function evaluateInTurn(measured: Measured): Promise<void> {
  const { samples, roles, scorings, growing, context, report } = measured;
  const { float, quantized, original } = measured;
  const floatScores = scoresOf(scorings, samples, 'target');
  const scores = scoresOf(scorings, samples, 'target');
  const likeness = scoresOf(scorings, samples, 'likeness');
  const errors = accumulatedError(float, quantized);
  const compared = comparedSamples(measured);
  const chosen = roles.evaluation;
  const watch = flatnessWatch(original.graph);
  const answers: SampleFigures[] = [];
  const floatAnswers: SampleFigures[] = [];
  const update = () => {
    const { whole, float: floatWhole, counts } = growing.run.figures;
    growing.setLayers(
      new Map(
        [...errors.results()].map(([id, accumulated]): [string, LayerFigures] => [
          id,
          { accumulated },
        ]),
      ),
    );
    growing.set({
      whole: { ...whole, scores: scores.scores() },
      float: { ...floatWhole, scores: floatScores.scores() },
      likeness: likeness.scores(),
      samples: [...answers],
      floatSamples: [...floatAnswers],
      counts: {
        ...counts,
        evaluated: answers.length,
        accumulated: Math.min(answers.length, compared),
      },
    });
  };
  let last = performance.now();
  for (const [position, index] of chosen.entries()) {
    if (context.stop.stopped && position > 0) break;
    const sample = await samples.read(index);
    const outputs =
      position < compared
        ? await errors.add(sample)
        : { float: await float.run(sample), quantized: await quantized.run(sample) };
    const expected = original === float ? outputs.float : await original.run(sample);
    const key = await samples.sampleKey(index);
    floatAnswers.push({ key, index, outputs: floatScores.add(sample, expected, expected) });
    answers.push({ key, index, outputs: scores.add(sample, outputs.quantized, expected) });
    likeness.add(sample, outputs.quantized, expected);
    for (const [output, reals] of expected.entries())
      watch.add(output, reals, outputs.quantized[output]!);
    const first = position + 1 === Math.min(FIRST_LOOK, chosen.length);
    if (first || performance.now() - last > REPORT_EVERY_MS) {
      last = performance.now();
      report.evaluate(
        `Evaluating: sample ${position + 1} of ${chosen.length}`,
        position + 1,
        chosen.length,
      );
      update();
      growing.publish(first ? 'now' : 'soon');
    }
    await context.share.border();
  }
  update();
  growing.set({
    alarms: await flattened(watch.found(), {
      float: original.graph,
      quantized: quantized.graph,
      run: async (at, tap) => quantized.run(await samples.read(chosen[at]!), tap),
      samples: answers.length,
    }),
  });
  growing.done('score');
  growing.publish('now');
}
