/** What is said of a training, under way and done: sentences from its status and its log alone. */
import { duration, grouped, plural } from '../../analysis/format';
import { fakeQuantScores } from '../../analysis/figures';
import { scoreText } from '../../analysis/figures/text';
import type { Graph } from '../../model/graph';
import type { Run } from '../../run/types';
import type { BrokenOff, LiveTraining } from '../../state/stores/training';

/** Its steps are not all done. */
export const isTraining = ({ step, steps }: LiveTraining['status']): boolean => step < steps;

/** "Step 40 of 300, epoch 2 of 10, loss 0.01234, 812 samples per second, about 9 s left." */
export function standing({ status, paused, stopping }: LiveTraining): string {
  const { step, steps, epoch, epochs, loss, samplesPerSecond, msLeft } = status;
  const parts = [
    `Step ${grouped(step)} of ${grouped(steps)}`,
    `epoch ${grouped(epoch)} of ${grouped(epochs)}`,
    ...(loss === undefined ? [] : [`loss ${loss.toPrecision(4)}`]),
    ...(samplesPerSecond === undefined
      ? []
      : [`${grouped(Math.round(samplesPerSecond))} samples per second`]),
  ];
  if (paused) parts.push('paused');
  else if (stopping) parts.push('stopping at the next step');
  else if (!isTraining(status)) parts.push('trained; what it made is being measured');
  else if (msLeft !== undefined) parts.push(duration(msLeft));
  return `${parts.join(', ')}.`;
}

/** No more than `most` of them, evenly, the first and the last among them. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const every = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => all[Math.round(at * every)]!);
}

/** Layers that hold numbers which a training could change. */
export const layersWithWeights = ({ nodes, values }: Graph): string[] =>
  nodes
    .filter(({ inputs }) => inputs.some((index) => values[index]?.data instanceof Float32Array))
    .map(({ name }) => name);

/** "On wasm, 2 workers: a step is 4 passes." */
export const place = ({
  backend,
  workers,
  workersWhy,
}: Pick<LiveTraining['status'], 'backend' | 'workers' | 'workersWhy'>): string =>
  `On ${backend}, ${plural(workers, 'worker')}: ${workersWhy}.`;

/** What can be gone on with, and how it ended. */
export function offered({ step, steps, recipe, ended }: BrokenOff): string {
  const at = `step ${grouped(step)} of ${grouped(steps)}`;
  const name = `“${recipe.name}”`;
  switch (ended) {
    case undefined:
      return `The training of ${name} was broken off; it is kept as of ${at}.`;
    case 'cancelled':
      return `You cancelled the training of ${name}; it is kept as of ${at}.`;
    case 'failed':
      return `The training of ${name} could not go on; it is kept as of ${at}.`;
    default:
      return ended satisfies never;
  }
}

/** Sentences about the training that made a run; none for a run that was not trained. */
export function trainedSentences({ made, figures }: Run): readonly string[] {
  const { log } = made;
  if (!log) return [];
  const { chosen, epochs, samples, seconds, trainable, oscillating, frozen, notes } = log;
  const last = epochs.at(-1)?.epoch ?? 0;
  const both = figures.fakeQuant && fakeQuantScores(figures.fakeQuant);
  const least = Object.entries(figures.fakeQuant?.drift ?? {}).sort(([, a], [, b]) => a - b)[0];
  return [
    `Trained for ${plural(last, 'epoch')} on ${plural(samples.training, 'sample')} in ${duration(1000 * seconds).replace(/ left$/, '')}. ${place(log)}`,
    `Epoch ${chosen.epoch} was taken: ${chosen.why}.`,
    `${plural(trainable.weights, 'weight')} and ${plural(trainable.scales, 'scale')} were trained${
      oscillating.frozen > 0
        ? `; ${grouped(oscillating.frozen)} weights swung between two integers and were frozen`
        : ''
    }.`,
    ...(frozen.length > 0
      ? [`Frozen: ${frozen.map(({ node, why }) => `${node} (${why})`).join(', ')}.`]
      : []),
    ...(both
      ? [
          `With fake quantization, as training saw it: ${both.fake.label} ${scoreText(both.fake)}; the integer model on the same ${plural(both.integer.samples, 'sample')}: ${scoreText(both.integer)}.`,
        ]
      : []),
    ...(least
      ? [
          least[1] === Infinity
            ? `The integer model equals it in every layer, on ${plural(figures.fakeQuant!.driftSamples, 'sample')}.`
            : `The integer model drifts most from it at ${least[0]}: ${scoreText({ value: least[1], unit: 'dB' })} (every layer in the table of layers).`,
        ]
      : []),
    ...notes,
  ];
}
