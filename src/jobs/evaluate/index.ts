/** The model as it is, float or quantized elsewhere, as a run. */
import { kindsOfScore, scoringOf } from '../../analysis/score';
import type { Sample } from '../../data/samples';
import { IntactError } from '../../model/error';
import type { Figures, LayerFigures, SampleFigures, Whole } from '../../run/types';
import type { Job } from '../job';
import { draftRun, madeOf } from '../made';
import { computedNow, evaluationEngine } from '../measure/evaluationEngine';
import { gpuLatency } from '../measure/gpuLatency';
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
  const unfit = samples.checks.find(({ id }) => id === 'label-fit' || id === 'label');
  if (scorings.every(({ kind }) => kindsOfScore[kind].toFloat))
    throw new IntactError(
      'bad-data',
      `These samples carry no labels that fit the model, so there is no accuracy to compute. ${unfit?.status === 'asked' ? `${unfit.sentence} ` : ''}Give labels (class folders, y in the .npz, a label column), or use quantize, which compares with float.`,
    );
  const report = phases(events, {
    evaluate: weights.evaluate,
    latency: measure.latency ? weights.latency : 0,
  });
  const backend = await context.backend();
  const [sampled] = roles.evaluation;
  const sample = sampled === undefined ? undefined : await samples.read(sampled);
  const fastest = await evaluationEngine({ graph, sample, key: model.key }, context);
  const floats = isFloat
    ? `Every answer is float on ${fastest.backend.label}: its last digits depend on the adapter.`
    : undefined;
  const made = madeOf({ ...{ model, opened, graph, converted: graph, backend } });
  const run = growing(
    draftRun(made, isFloat ? graph : undefined, measure.latency ? ['score', 'latency'] : ['score']),
    events,
  );
  /** Of a float model both are the same; one that was quantized elsewhere has no float twin here. */
  const setWhole = (change: Partial<Whole>, figures: Partial<Figures> = {}) => {
    const whole = { ...run.run.figures.whole, ...change };
    run.set({ ...figures, whole, ...(isFloat ? { float: whole } : {}) });
  };
  await withPrepared(fastest.backend, [graph], async ([prepared]) => {
    const scores = scoresOf(scorings, samples, 'target');
    const answers: SampleFigures[] = [];
    const update = () => {
      setWhole(
        { scores: scores.scores() },
        {
          samples: [...answers],
          counts: { evaluated: answers.length },
          computed: computedNow(fastest, [prepared!.executable], answers.length, floats),
        },
      );
    };
    const chosen = roles.evaluation;
    for (let first = 0; first < chosen.length; first += fastest.batch) {
      if (stop.stopped && first > 0) break;
      const indices = chosen.slice(first, first + fastest.batch);
      const batch: Sample[] = [];
      for (const index of indices) batch.push(await samples.read(index));
      const outputs = await prepared!.runMany(batch);
      for (const [at, index] of indices.entries()) {
        const key = await samples.sampleKey(index);
        const own = outputs[at]!;
        answers.push({ key, index, outputs: scores.add(batch[at]!, own, own) });
        report.evaluate(
          `Evaluating: sample ${answers.length} of ${chosen.length}`,
          answers.length,
          chosen.length,
        );
        if (answers.length % UPDATE_EVERY !== 0) continue;
        update();
        run.publish('soon');
      }
      await share.border();
    }
    update();
    run.done('score');
    run.publish('now');
    if (!measure.latency || stop.stopped || !sample) return;
    const [times] = await latencies([prepared!.graph], sample, {
      ...{ backend, share, report: report.latency },
    });
    const key = isFloat ? 'msFloat' : 'msQuantized';
    run.setLayers(
      new Map([...times!.layers].map(([id, ms]): [string, LayerFigures] => [id, { [key]: ms }])),
    );
    if (fastest.computed.backend === 'webgpu')
      run.setLayers(await gpuLatency(prepared!.graph, sample, fastest.backend, share));
    setWhole({ ms: times!.total });
    run.done('latency');
  });
  events.progress({ label: 'Done', fraction: 1 });
  return stop.stopped ? { ...run.run, pending: [] } : run.run;
};
