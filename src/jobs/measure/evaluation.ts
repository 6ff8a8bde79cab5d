/**
 * Float and quantized in turn over the evaluation samples: scores, answers, and at every layer the
 * accumulated and the isolated error.
 */
import { flatnessWatch, flattened } from '../../analysis/alarms';
import type { TensorError } from '../../run/figures';
import type { LayerFigures, SampleFigures } from '../../run/types';
import { answersAhead } from './ahead';
import { accumulatedErrors, floatValues, isolatedErrors } from './layerErrors';
import type { IsolatedGraph } from './isolated';
import type { Measured } from './measured';
import { scoresOf } from './scores';
import { affordable, workOf } from './work';

/** Samples whose every layer is compared before the first charts are drawn, and in all. */
const FIRST_LOOK = 8;
const COMPARED = 256;
/** Multiply-accumulates that comparing may take: 100 samples of MobileNetV2 and 20 of ResNet-50. */
const COMPARING_WORK = 3e11;

const REPORT_EVERY_MS = 700;

/** Samples on which every layer's accumulated error is measured. */
export function comparedSamples(measured: Pick<Measured, 'float' | 'quantized'>): number {
  // The quantized layers run twice: in the model, and alone.
  const each = workOf(measured.float.graph) + 2 * workOf(measured.quantized.graph);
  return affordable(COMPARING_WORK, each, { least: FIRST_LOOK, most: COMPARED });
}

/** @param alone the layers whose isolated error is measured, in as many graphs as memory asks for */
export async function evaluateInTurn(
  measured: Measured,
  alone: readonly IsolatedGraph[],
): Promise<void> {
  const { samples, roles, scorings, growing, context, report, backend } = measured;
  const { float, quantized, original, answering } = measured;
  const floatScores = scoresOf(scorings, samples, 'target');
  const scores = scoresOf(scorings, samples, 'target');
  const likeness = scoresOf(scorings, samples, 'likeness');
  const accumulated = accumulatedErrors(float.graph, quantized);
  const [first, ...later] = alone;
  const isolated = first && (await isolatedErrors(float.graph, first, backend));
  const values = floatValues(float, new Set([...accumulated.wanted, ...(isolated?.wanted ?? [])]));
  const compared = comparedSamples(measured);
  const chosen = roles.evaluation;
  const ahead = answersAhead(
    async (position) => samples.read(chosen[position]!),
    chosen.length,
    answering.batch,
  );
  const watch = flatnessWatch(original.graph);
  const answers: SampleFigures[] = [];
  const floatAnswers: SampleFigures[] = [];
  const update = () => {
    const { whole, float: floatWhole, counts } = growing.run.figures;
    growing.setLayers(figuresOf('accumulated', accumulated.results()));
    if (isolated) growing.setLayers(figuresOf('isolated', isolated.results()));
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
        accumulated: Math.min(answers.length, compared),
        ...(isolated ? { isolated: Math.min(answers.length, compared) } : {}),
      },
    });
  };
  let last = performance.now();
  try {
    for (const [position, index] of chosen.entries()) {
      if (context.stop.stopped && position > 0) break;
      const sample = await ahead.sample(position);
      const looked = position < compared;
      const floatOutputs = looked && (await values.run(sample));
      const outputs = await (looked
        ? accumulated.add(sample, values)
        : ahead.answer(answering.quantized, position));
      if (looked) await isolated?.add(values);
      const expected = await (!floatOutputs
        ? ahead.answer(answering.original, position)
        : original === float
          ? floatOutputs
          : original.run(sample));
      const key = await samples.sampleKey(index);
      floatAnswers.push({ key, index, outputs: floatScores.add(sample, expected, expected) });
      answers.push({ key, index, outputs: scores.add(sample, outputs, expected) });
      likeness.add(sample, outputs, expected);
      for (const [output, reals] of expected.entries()) watch.add(output, reals, outputs[output]!);
      const atFirst = position + 1 === Math.min(FIRST_LOOK, chosen.length);
      if (atFirst || performance.now() - last > REPORT_EVERY_MS) {
        last = performance.now();
        report.evaluate(
          `Evaluating: sample ${position + 1} of ${chosen.length}`,
          position + 1,
          chosen.length,
        );
        update();
        growing.publish(atFirst ? 'now' : 'soon');
      }
      await context.share.border();
    }
  } finally {
    isolated?.dispose();
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
  // Nothing was quantized that could be measured alone: nothing is left to wait for either.
  if (isolated)
    await laterPasses(measured, later, chosen.slice(0, Math.min(compared, answers.length)));
  growing.done('isolated');
  growing.publish('now');
}

/** Layers whose float inputs didn't fit in memory beside the first ones: the float model runs again. */
async function laterPasses(
  { samples, float, backend, growing, context, report }: Measured,
  graphs: readonly IsolatedGraph[],
  chosen: readonly number[],
): Promise<void> {
  for (const [position, graph] of graphs.entries()) {
    const isolated = await isolatedErrors(float.graph, graph, backend);
    try {
      const values = floatValues(float, isolated.wanted);
      for (const [done, index] of chosen.entries()) {
        if (context.stop.stopped) return;
        report.evaluate(
          `Layers alone, part ${position + 2} of ${graphs.length + 1}: sample ${done + 1} of ${chosen.length}`,
          done,
          chosen.length,
        );
        await values.run(await samples.read(index));
        await isolated.add(values);
        await context.share.border();
      }
      growing.setLayers(figuresOf('isolated', isolated.results()));
      growing.publish('soon');
    } finally {
      isolated.dispose();
    }
  }
}

const figuresOf = (
  figure: 'accumulated' | 'isolated',
  errors: ReadonlyMap<string, TensorError>,
): Map<string, LayerFigures> =>
  new Map([...errors].map(([id, error]) => [id, { [figure]: error }]));
