/** How right the integer model of an epoch is on the selection samples, which choose the epoch. */
import { primaryOf, type Scoring } from '../../analysis/score';
import type { ModelNeeds, Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { convert } from '../../quant/convert';
import type { Plan, TrainOptions } from '../../quant/types';
import type { Score as EpochScore } from '../../train';
import { scoresOf } from '../measure/scores';
import { affordable, workOf } from '../measure/work';
import { withPrepared } from '../prepared';

/** Multiply-accumulates of one look at the selection samples: some seconds. */
const SELECTING_WORK = 2e10;
/** Half of an int8 softmax's step: no probability counts as less. */
const LEAST_PROBABILITY = 1 / 512;

export interface Selecting {
  readonly samples: Samples;
  readonly chosen: readonly number[];
  readonly scorings: readonly Scoring[];
  readonly needs: ModelNeeds;
  readonly loss: TrainOptions['loss'];
  readonly backend: Backend;
  /** The float model that training starts from. */
  readonly teacher: Graph;
  border(): Promise<void>;
  report(label: string): void;
}

/** Samples between two reports. */
const TOLD_EVERY = 50;

/** Selection samples that one look takes: as many as take seconds, two hundred at least. */
export function selectionOf(selection: readonly number[], graph: Graph): readonly number[] {
  return selection.slice(0, affordable(SELECTING_WORK, workOf(graph), { least: 200, most: 1000 }));
}

/**
 * Integer accuracy in per cent where the labels give one; loss always: cross-entropy to the labels, or
 * divergence from the float model's probabilities, of outputs that are classes; mean squared error of
 * others.
 */
export function selection(about: Selecting): (graph: Graph, plan: Plan) => Promise<EpochScore> {
  const { samples, chosen, scorings, needs, backend, teacher, border, report } = about;
  const taught = new Map<number, readonly Float32Array[]>();
  return (graph, plan) =>
    withPrepared(backend, [convert(graph, plan), teacher], async ([integer, float]) => {
      const scores = scoresOf(scorings, samples, 'target');
      let loss = 0;
      for (const [position, index] of chosen.entries()) {
        if (position % TOLD_EVERY === 0)
          report(`Scoring the epoch: selection sample ${position + 1} of ${chosen.length}`);
        await border();
        const sample = await samples.read(index);
        const made = await integer!.run(sample);
        const given = taught.get(index) ?? (await float!.run(sample));
        taught.set(index, given);
        scores.add(sample, made, given);
        const target = about.loss === 'labels' ? sample.targets[0] : undefined;
        const labelled = samples.targets[0]?.output;
        loss += made.reduce(
          (sum, output, at) =>
            sum +
            lossOf(
              output,
              given[at]!,
              needs.outputs[at]!.ends,
              at === labelled ? target : undefined,
            ),
          0,
        );
      }
      const primary = primaryOf(scores.scores());
      const accurate = primary?.unit === '%' && primary.better === 'higher';
      const labels = samples.targets.length > 0 && !samples.synthetic;
      return {
        loss: loss / Math.max(1, chosen.length),
        ...(accurate && labels ? { accuracy: primary.value } : {}),
      };
    });
}

function lossOf(
  output: Float32Array,
  float: Float32Array,
  ends: ModelNeeds['outputs'][number]['ends'],
  target: unknown,
): number {
  const label = typeof target === 'number' && target < output.length ? target : undefined;
  if (ends === 'softmax' || label !== undefined) {
    const [q, p] = [probabilities(output, ends), probabilities(float, ends)];
    if (label !== undefined && output.length > 1) return -Math.log(q[label]!);
    if (ends === 'softmax') return p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]!), 0);
  }
  return output.reduce((sum, x, i) => sum + (x - float[i]!) ** 2, 0) / Math.max(1, output.length);
}

function probabilities(output: Float32Array, ends: string): number[] {
  const least = (x: number) => Math.max(LEAST_PROBABILITY, x);
  if (ends === 'softmax') return Array.from(output, least);
  const largest = output.reduce((m, x) => Math.max(m, x), -Infinity);
  const powers = Array.from(output, (x) => Math.exp(x - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => least(x / sum));
}
