/** The model that training saw, with fake quantization, beside the integer model: scores and drift. */
import type { Scoring } from '../../analysis/score';
import { toReal } from '../../analysis/tensors';
import type { Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import type { Figures } from '../../run/types';
import type { Trainer } from '../../train';
import { scoresOf } from '../measure/scores';
import { affordable, workOf } from '../measure/work';
import { outputsByNode, withPrepared } from '../prepared';

/** Samples that are scored, and whose every layer is compared. */
const SCORED = 2000;
const DRIFT = 16;
const SCORING_WORK = 2e10;

export interface Compared {
  readonly trainer: Trainer;
  /** Float and converted, as trained. */
  readonly float: Graph;
  readonly converted: Graph;
  readonly samples: Samples;
  readonly evaluation: readonly number[];
  readonly scorings: readonly Scoring[];
  readonly backend: Backend;
  /** The model as it was opened, for scores by likeness. */
  readonly original: Graph;
  /** Samples that may be passed together. */
  readonly together: number;
  border(): Promise<boolean>;
  report(done: number, total: number): void;
}

/** On the first evaluation samples, in turn with the integer engine. */
export function fakeQuantFigures(about: Compared): Promise<NonNullable<Figures['fakeQuant']>> {
  const { trainer, float, converted, samples, scorings, backend, original } = about;
  const most = affordable(SCORING_WORK, 3 * workOf(float), { least: 64, most: SCORED });
  const chosen = about.evaluation.slice(0, most);
  return withPrepared(backend, [converted, original], async ([integer, reference]) => {
    const fake = scoresOf(scorings, samples, 'target');
    const whole = scoresOf(scorings, samples, 'target');
    const drift = driftOf(float, integer!.graph);
    let done = 0;
    for (let at = 0; at < chosen.length;) {
      const tapping = at < DRIFT;
      const size = tapping ? 1 : Math.max(1, about.together);
      const indices = chosen.slice(at, at + size);
      at += indices.length;
      const read = await Promise.all(indices.map((index) => samples.read(index)));
      const made = await trainer.outputs(
        read.map(({ inputs }) => inputs),
        tapping,
      );
      for (const [place, sample] of read.entries()) {
        const mine = made.outputs.map((all) => {
          const each = all.length / read.length;
          return all.subarray(place * each, (place + 1) * each);
        });
        const theirs = await integer!.run(
          sample,
          tapping ? (value, tensor) => drift.add(made.taps, value, tensor.data) : undefined,
        );
        const expected = await reference!.run(sample);
        fake.add(sample, mine, expected);
        whole.add(sample, theirs, expected);
      }
      done += indices.length;
      about.report(done, chosen.length);
      if (await about.border()) break;
    }
    return {
      scores: fake.scores(),
      integerScores: whole.scores(),
      drift: drift.result(),
      driftSamples: Math.min(DRIFT, done),
    };
  });
}

/** SQNR per layer of the float graph, over all samples that were added. */
function driftOf(float: Graph, integer: Graph) {
  const twins = outputsByNode(integer);
  const layers = new Map(
    float.nodes.map((node) => [
      twins.get(node.name),
      { layer: node.name, value: float.values[node.outputs[0]!]!.name },
    ]),
  );
  const sums = new Map<string, { signal: number; noise: number }>();
  return {
    add(
      taps: Readonly<Record<string, Float32Array>>,
      index: number,
      data: Parameters<typeof toReal>[0],
    ) {
      const value = integer.values[index]!;
      const found = layers.get(index);
      const fake = found && taps[found.value];
      if (!found || fake?.length !== data.length) return;
      const { layer } = found;
      const real = toReal(data, value.quant, new Float32Array(data.length));
      const sum = sums.get(layer) ?? { signal: 0, noise: 0 };
      for (let i = 0; i < fake.length; i++) {
        sum.signal += fake[i]! ** 2;
        sum.noise += (fake[i]! - real[i]!) ** 2;
      }
      sums.set(layer, sum);
    },
    result: (): Record<string, number> =>
      Object.fromEntries(
        [...sums].map(([layer, { signal, noise }]) => [
          layer,
          noise === 0 ? Infinity : 10 * Math.log10(signal / noise),
        ]),
      ),
  };
}
