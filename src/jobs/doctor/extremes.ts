/** The doctor's passes over the calibration samples: extremes of each, and statistics of any part of them. */
import type { Roles, Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import { summarize } from '../../numbers/summary';
import { calibrationsOf, rangesOf } from '../../quant/layerRanges';
import { byExtremes, statsOfMembers, type ExtremesBySample } from '../../quant/sampleRanges';
import { collecting, see } from '../../quant/stats';
import type { Recipe, Stats } from '../../quant/types';
import type { JobContext } from '../job';
import { borderOf } from '../measure/outcome';
import { prepare, runnable } from '../prepared';

export interface Pass {
  readonly graph: Graph;
  readonly samples: Samples;
  readonly roles: Pick<Roles, 'calibration'>;
  readonly backend: Backend;
  readonly context: Pick<JobContext, 'share' | 'stop'>;
  readonly report: (done: number, total: number) => void;
}

/** Runs every calibration sample once. @param tap sees every float activation */
async function pass(
  { graph, samples, roles, backend, context, report }: Pass,
  tap: (value: number, data: Float32Array, sample: number) => void,
): Promise<void> {
  const { calibration } = roles;
  const float = await prepare(backend, graph);
  try {
    for (const [position, index] of calibration.entries()) {
      await borderOf(context);
      await float.run(await samples.read(index), (value, { data }) => {
        if (data instanceof Float32Array) tap(value, data, position);
      });
      report(position + 1, calibration.length);
    }
  } finally {
    float.dispose();
  }
}

/** Extremes of the values `wanted`, by name, of each calibration sample: 8 bytes a value and sample. */
export async function extremesOf(
  given: Pass,
  wanted: ReadonlySet<string>,
): Promise<ExtremesBySample> {
  const count = given.roles.calibration.length;
  const low = new Map<string, Float32Array>();
  const high = new Map<string, Float32Array>();
  const { values } = runnable(given.graph);
  values.forEach(({ name, data }) => {
    if (data || !wanted.has(name)) return;
    low.set(name, new Float32Array(count).fill(Infinity));
    high.set(name, new Float32Array(count).fill(-Infinity));
  });
  await pass(given, (value, data, sample) => {
    const { name } = values[value]!;
    const [lows, highs] = [low.get(name), high.get(name)];
    if (!lows || !highs) return;
    const { min, max, sum } = summarize(data);
    if (!Number.isFinite(sum))
      throw new IntactError(
        'bad-data',
        `"${name}" holds NaN or infinity for calibration sample ${sample}. Leave this sample out, or check the preprocessing.`,
        { value: name, sample },
      );
    lows[sample] = min;
    highs[sample] = max;
  });
  return { samples: count, low, high };
}

/** Can every range of the recipe be had from the extremes of samples? */
export const fromExtremes = (recipe: Recipe): boolean => calibrationsOf(recipe).every(byExtremes);

/** Statistics of each set of members (positions among the calibration samples). */
export async function statsOfSets(
  given: Pass & { readonly recipe: Recipe; readonly stats: Stats },
  extremes: ExtremesBySample,
  sets: readonly (readonly number[])[],
): Promise<Stats[]> {
  const { recipe, stats, graph } = given;
  const calibrations = calibrationsOf(recipe);
  if (fromExtremes(recipe))
    return sets.map((members) =>
      rangesOf(
        graph,
        recipe,
        calibrations.map((calibration) => statsOfMembers(stats, extremes, members, calibration)),
      ),
    );
  const into = sets.map((members) => ({
    members: new Set(members),
    ...collecting(runnable(graph), calibrations),
  }));
  await pass(given, (value, data, sample) => {
    const own = into.filter(({ members, watched }) => members.has(sample) && watched.has(value));
    if (own.length === 0) return;
    const seen = see(value, data, true);
    for (const { add } of own) add(seen, sample);
  });
  return into.map(({ members, stats: made }) =>
    rangesOf(runnable(graph), recipe, made(members.size)),
  );
}
