/** The model as it is, float or quantized elsewhere, as a run. */
import { kindsOfScore, scoringOf } from '../../analysis/score';
import { IntactError } from '../../model/error';
import type { Figures, LayerFigures, SampleFigures, Whole } from '../../run/types';
import type { Job } from '../job';
import { draftRun, madeOf } from '../made';
import { growing } from '../measure/growing';
import { latencies } from '../measure/latency';
import { scoresOf } from '../measure/scores';
import { withPrepared } from '../prepared';
import { phases } from '../progress';
import { withInputShapes } from '../resized';
import { refuseUnrunnable } from '../refuse';

const weights = { evaluate: 3, latency: 1 };
/** Samples between two updates. */
const UPDATE_EVERY = 100;

export const evaluate: Job<'evaluate'> = async ({ model, samples: request, measure }, context) => {
  refuseUnrunnable(model, 'run');
  const { events, stop, share } = context;
  const isFloat = !model.summary.quantized;
  const opened = await context.openSamples(request, model);
  const { samples, roles, needs } = opened;
  const graph = withInputShapes(model.optimized, samples.inputShapes);
  const scorings = scoringOf(samples.targets, needs, samples.synthetic);
  if (scorings.every(({ kind }) => kindsOfScore[kind].toFloat))
    throw new IntactError(
      'bad-data',
      'These samples carry no labels that fit the model, so there is no accuracy to compute. Give labels (class folders, y in the .npz, a label column), or use quantize, which compares with float.',
    );
  const report = phases(events, {
    evaluate: weights.evaluate,
    latency: measure.latency ? weights.latency : 0,
  });
  const backend = await context.backend();
  const made = madeOf({ model, opened, backend, graph, converted: graph });
  const run = growing(
    draftRun(made, isFloat ? graph : undefined, measure.latency ? ['score', 'latency'] : ['score']),
    events,
  );
  /** Of a float model both are the same; one that was quantized elsewhere has no float twin here. */
  const setWhole = (change: Partial<Whole>, figures: Partial<Figures> = {}) => {
    const whole = { ...run.run.figures.whole, ...change };
    run.set({ ...figures, whole, ...(isFloat ? { float: whole } : {}) });
  };
  await withPrepared(backend, [graph], async ([prepared]) => {
    const scores = scoresOf(scorings, samples, 'target');
    const answers: SampleFigures[] = [];
    const update = () => {
      setWhole(
        { scores: scores.scores() },
        { samples: [...answers], counts: { evaluated: answers.length } },
      );
    };
    const chosen = roles.evaluation;
    for (const [position, index] of chosen.entries()) {
      if (stop.stopped && position > 0) break;
      const sample = await samples.read(index);
      const outputs = await prepared!.run(sample);
      const key = await samples.sampleKey(index);
      answers.push({ key, index, outputs: scores.add(sample, outputs, outputs) });
      report.evaluate(
        `Evaluating: sample ${position + 1} of ${chosen.length}`,
        position + 1,
        chosen.length,
      );
      if (answers.length % UPDATE_EVERY === 0) {
        update();
        run.publish('soon');
      }
      await share.border();
    }
    update();
    run.done('score');
    run.publish('now');
    const [first] = chosen;
    if (!measure.latency || stop.stopped || first === undefined) return;
    const [times] = await latencies([prepared!.graph], await samples.read(first), {
      ...{ backend, share, report: report.latency },
    });
    const key = isFloat ? 'msFloat' : 'msQuantized';
    run.setLayers(
      new Map([...times!.layers].map(([id, ms]): [string, LayerFigures] => [id, { [key]: ms }])),
    );
    setWhole({ ms: times!.total });
    run.done('latency');
  });
  events.progress({ label: 'Done', fraction: 1 });
  return stop.stopped ? { ...run.run, pending: [] } : run.run;
};
