/** Extremes of each channel of some values of the float graph, over the calibration samples. */
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import type { Seen, SeenChannels } from '../../quant/repair';
import { prepare } from '../prepared';
import type { StepInput } from '../quantize/step';

type Running = Pick<StepInput, 'backend' | 'samples' | 'roles' | 'context' | 'report'>;

/**
 * By value name; last axes are channels. Throws `bad-data` without calibration samples.
 * @param part of the step's bar: what is done before, and this
 */
export async function channelRanges(
  graph: Graph,
  names: readonly string[],
  { backend, samples, roles, context, report }: Running,
  part: { readonly from: number; readonly to: number },
): Promise<Seen> {
  const chosen = roles.calibration;
  const found = new Map<string, SeenChannels>();
  if (names.length === 0) return found;
  if (chosen.length === 0)
    throw new IntactError(
      'bad-data',
      'There are no calibration samples that could say which channels reach the cap of RELU6. Give samples, or take the step out of the recipe.',
    );
  const prepared = await prepare(backend, graph);
  try {
    const at = new Map(names.map((name) => [indexOf(prepared.graph, name), name]));
    for (const [position, sample] of chosen.entries()) {
      await context.share.border();
      await prepared.run(await samples.read(sample), (index, { data }) => {
        const name = at.get(index);
        if (name === undefined) return;
        const channels = prepared.graph.values[index]!.shape.at(-1) ?? 1;
        const range = found.get(name) ?? unseen(channels);
        found.set(name, range);
        widen(range, data as Float32Array);
      });
      report(
        `Looking at channels: sample ${position + 1} of ${chosen.length}`,
        part.from + ((part.to - part.from) * (position + 1)) / chosen.length,
        1,
      );
    }
    return found;
  } finally {
    prepared.dispose();
  }
}

const indexOf = ({ values }: Graph, name: string) =>
  values.findIndex((value) => value.name === name);

const unseen = (channels: number): SeenChannels => ({
  min: new Float32Array(channels).fill(Infinity),
  max: new Float32Array(channels).fill(-Infinity),
});

/** A number that is none makes its channel's extremes such. */
function widen({ min, max }: SeenChannels, data: Float32Array): void {
  const channels = min.length;
  for (let from = 0; from < data.length; from += channels)
    for (let channel = 0; channel < channels; channel += 1) {
      const x = data[from + channel]!;
      min[channel] = Math.min(min[channel]!, x);
      max[channel] = Math.max(max[channel]!, x);
    }
}
