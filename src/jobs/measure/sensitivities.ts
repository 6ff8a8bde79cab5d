/** Each layer quantized while all others are float: the change of the score, of all layers sample by sample. */
import { ErrorAccumulator } from '../../analysis/compare';
import { primaryIndex, scoreChange } from '../../analysis/score';
import type { Backend } from '../../engine/engine';
import { elementCount, type Graph } from '../../model/graph';
import { sizeOfSums } from '../../numbers/comparison';
import type { LayerFigures } from '../../run/types';
import { prepare } from '../prepared';
import type { SampleCount } from '../types';
import { inOrder } from '../shards/inOrder';
import { readOnce } from '../shards/readOnce';
import { branched } from './branched';
import { keptSample, samplesThatFit, type KeptSample } from './floatActivations';
import { isMeasurable, type AloneLayer } from './isolated';
import { layerSensitivity } from './layerSensitivity';
import type { Measured } from './measured';
import { scoresOf } from './scores';
import type { MadeOf } from './madeOf';
import { sensitivityShard } from './sensitivity';
import { activationBytes, affordable, constantBytes, workOf } from './work';

/** Multiply-accumulates that all layers together may take, where no number of samples was asked for. */
const WORK = 2.7e11;
/** Samples per layer. */
const SAMPLES = { least: 8, most: 256 } as const;
/** Calls of kernels that all layers together may take: a long chain of small layers is work by its calls. */
const CALLS = 8e6;
/** Bytes of answers of one sample. */
const ANSWER_BYTES = 32 * 2 ** 20;

const UPDATE_EVERY_MS = 700;

/** Samples on which each of `layers` layers alone is measured; each costs half a run on average. */
export function samplesOfSensitivity(graph: Graph, layers: number): number {
  const half = Math.max(1, layers / 2);
  const called = Math.max(1, Math.floor(CALLS / (graph.nodes.length * half)));
  const bounds = { ...SAMPLES, least: Math.min(SAMPLES.least, called) };
  return Math.min(called, affordable(WORK, workOf(graph) * half, bounds));
}

/** Layers that are measured where one sample of all would be beyond `CALLS`: those that lose most by themselves. */
export function layersOfSensitivity<L extends Pick<AloneLayer, 'name'>>(
  graph: Graph,
  layers: readonly L[],
  figures: Readonly<Record<string, LayerFigures>>,
): readonly L[] {
  const most = Math.max(1, Math.floor((2 * CALLS) / Math.max(1, graph.nodes.length)));
  if (layers.length <= most) return layers;
  const sqnr = ({ name }: L) => figures[name]?.isolated?.sqnr ?? Infinity;
  const worst = [...layers].sort((a, b) => sqnr(a) - sqnr(b) || 0).slice(0, most);
  const taken = new Set(worst);
  return layers.filter((layer) => taken.has(layer));
}

export async function everySensitivity(
  measured: Omit<Measured, 'original' | 'answering' | 'report'> & {
    readonly report: Pick<Measured['report'], 'alone'>;
  },
  all: readonly AloneLayer[],
  wanted?: SampleCount,
): Promise<void> {
  const { backend, samples, roles, scorings, float, quantized, growing, context } = measured;
  const report = measured.report.alone;
  const layers = layersOfSensitivity(float, all, growing.run.figures.layers);
  const count =
    wanted === 'all' ? Infinity : (wanted ?? samplesOfSensitivity(float, layers.length));
  const chosen = roles.evaluation.slice(0, count);
  // What was measured before on more samples stands until there are as many.
  const before = growing.run.figures.counts.sensitivity ?? 0;
  const scoring = scorings[primaryIndex(scorings)]!;
  const { output } = scoring;
  const setup = { ...branched(float, layers, quantized.rounding), output };
  const own = await sensitivityShard(setup, backend);
  const counts = float.outputs.map((index) => elementCount(float.values[index]!.shape));
  const each = 4 * elementCount(float.values[float.outputs[output]!]!.shape);
  let last = performance.now();
  const atOnce = Math.max(1, Math.floor(ANSWER_BYTES / Math.max(1, each)));
  try {
    for (let from = 0; from < layers.length; from += atOnce) {
      const to = Math.min(layers.length, from + atOnce);
      const names = layers.slice(from, to).map(({ name }) => name);
      const floatScores = scoresOf([scoring], samples, 'target');
      const after = names.map(() => scoresOf([scoring], samples, 'target'));
      const errors = names.map(() => float.outputs.map(() => new ErrorAccumulator()));
      const update = (done: number) => {
        if (done < before) return;
        const sqnrs = errors.map((own) => own.map((one) => one.result()?.sqnr ?? NaN));
        growing.setEvidence({
          layers: Object.fromEntries(names.map((name, at) => [name, { outputSqnr: sqnrs[at]! }])),
        });
        const [floatScore] = floatScores.scores();
        growing.setLayers(
          new Map(
            names.map((name, at): [string, LayerFigures] => [
              name,
              { sensitivity: scoreChange(after[at]!.scores()[0]!, floatScore!) },
            ]),
          ),
        );
        const counts = { ...growing.run.figures.counts, sensitivity: done };
        const some = layers.length < all.length ? { sensitivityLayers: layers.length } : {};
        growing.set({ counts: { ...counts, ...some } });
      };
      const read = readOnce(samples, chosen);
      const done = await inOrder(
        {
          ...{ kind: 'sensitivity', setup, own, count: chosen.length },
          bytes: 2 * constantBytes(setup.graph) + 2 * activationBytes(float),
          work: (workOf(float) * (to - from)) / 2,
          task: async (position) => {
            const sample = await read.at(position);
            return { inputs: sample.inputs, layers: [from, to] };
          },
          done(position, answer) {
            const sample = read.take(position);
            const at = (one: Float32Array) => {
              const all: Float32Array[] = [];
              all[output] = one;
              return all;
            };
            floatScores.add(sample, at(answer.float), at(answer.float));
            errors.flat().forEach((one, place) => {
              const sums = answer.sums.subarray(place * sizeOfSums, (place + 1) * sizeOfSums);
              one.addSums(sums, counts[place % counts.length]!);
            });
            after.forEach((scores, branch) => {
              scores.add(sample, at(answer.outputs[branch]!), at(answer.float));
            });
            report(
              `Each layer alone: sample ${position + 1} of ${chosen.length}`,
              from + ((to - from) * (position + 1)) / chosen.length,
              layers.length,
            );
            if (atOnce < layers.length || performance.now() - last < UPDATE_EVERY_MS) return;
            last = performance.now();
            update(position + 1);
            growing.publish('soon');
          },
          stopped: () => context.stop.stopped,
        },
        context,
      );
      // Where only some layers are done, those that were stopped midway say nothing beside them.
      if (done > 0 && (done === chosen.length || atOnce >= layers.length)) update(done);
      if (done < chosen.length) return;
    }
  } finally {
    own.dispose();
  }
  growing.done('sensitivity');
  growing.publish('now');
}

/** The same on a GPU that was asked for, in batches: layer by layer, from float activations that are kept. */
export async function everySensitivityInBatches(
  measured: Measured,
  made: MadeOf,
  engine: { readonly backend: Backend; readonly batch: number },
): Promise<void> {
  const { backend, samples, roles, scorings, float, growing, context } = measured;
  const report = measured.report.alone;
  const layers = growing.run.made.layers.filter(isMeasurable);
  const count = Math.min(samplesOfSensitivity(float, layers.length), samplesThatFit(float));
  const chosen = roles.evaluation.slice(0, count);
  const kept: KeptSample[] = [];
  const prepared = await prepare(backend, float);
  try {
    for (const index of chosen) {
      report(`Keeping the float model's numbers on ${chosen.length} samples`, 0, 1);
      kept.push(await keptSample(prepared, await samples.read(index)));
      await context.share.border();
      if (context.stop.stopped) return;
    }
  } finally {
    prepared.dispose();
  }
  growing.set({ counts: { ...growing.run.figures.counts, sensitivity: chosen.length } });
  const scoring = scorings[primaryIndex(scorings)]!;
  for (const [position, { id }] of layers.entries()) {
    if (context.stop.stopped) return;
    report(
      `Layer ${position + 1} of ${layers.length} alone, on ${chosen.length} samples: ${id}`,
      position,
      layers.length,
    );
    const change = await layerSensitivity(id, { made, kept, samples, scoring, ...engine });
    growing.setLayers(new Map([[id, { sensitivity: change }]]));
    growing.publish('soon');
    await context.share.border();
  }
  growing.done('sensitivity');
  growing.publish('now');
}
