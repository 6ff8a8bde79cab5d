/**
 * The calibration doctor: which calibration samples set the extremes of which layers, and what ranges and
 * score are without them. One pass keeps every sample's extremes; methods that choose by more than those
 * take one more. Chosen on samples that nobody evaluates.
 */
import { samplesOfExtremes, type SampleOfExtremes } from '../../analysis/doctor/suspects';
import { drawsOf, halvesOf, uncovered } from '../../analysis/doctor/stability';
import { enoughOf, toleranceOf } from '../../analysis/doctor/enough';
import { scoringOf } from '../../analysis/score';
import { IntactError } from '../../model/error';
import type { Constants } from '../../quant/convert';
import { calibrationLabel } from '../../quant/observers';
import { needsCalibration } from '../../quant/recipe';
import type { Stats } from '../../quant/types';
import type { CurvePoint, Suspect } from '../../run/doctor';
import type { Outcome } from '../../run/outcome';
import { leftOut, withoutLeftOut } from '../data/leftOut';
import { samplesOfMade } from '../data/samplesOfMade';
import type { Job } from '../job';
import {
  answersThatFit,
  choosingSamples,
  keptAnswers,
  outcomeOf,
  type KeptAnswers,
} from '../measure/outcome';
import {
  isSettledByStep,
  quantizedHere,
  replanned,
  type QuantizedMade,
} from '../measure/replanned';
import { affordable, workOf } from '../measure/work';
import { needsOf } from '../needs';
import { runnable } from '../prepared';
import { phases } from '../progress';
import { extremesOf, fromExtremes, statsOfSets, type Pass } from './extremes';

/** Samples that are named. */
const NAMED = 6;
/** Suspicious ones that are each left out. */
const LEFT_OUT = 4;
/** Multiply-accumulates that all variants together may take, and samples of each. */
const WORK = 1.5e11;
const SAMPLES = { least: 8, most: 256 } as const;
/** Draws the samples of the curve. */
const SEED = 1;

export const doctor: Job<'doctor'> = async ({ run, samples: request }, context) => {
  const made = quantizedHere(run.made, 'no calibration of ours chose its ranges');
  const { recipe, graph, stats } = made;
  if (!needsCalibration(recipe) || !stats)
    throw new IntactError(
      'usage',
      'The activations of this run stay float: no calibration sample decides anything. Examine a run with int8 or int16 activations.',
    );
  if (run.made.samples.synthetic)
    throw new IntactError(
      'bad-data',
      'Synthetic samples are all drawn alike: none of them can be wrong. Add real samples to examine calibration.',
    );
  const decided = calibratedValues(made);
  if (decided.length === 0)
    throw new IntactError(
      'usage',
      'No range of this run comes from calibration samples: all were given, or learned in training. Examine the run that it started from.',
    );
  const opened = await samplesOfMade(run.made, request, context);
  const { samples } = opened;
  const roles = await withoutLeftOut(opened, recipe);
  const count = roles.calibration.length;
  const backend = await context.backend();
  const again = !fromExtremes(recipe);
  const report = phases(context.events, { extremes: 4, again: again ? 8 : 0, variants: 6 });
  const pass = (phase: 'extremes' | 'again'): Pass => ({
    ...{ graph, samples, roles, backend, context },
    report: (done, total) => {
      report[phase](`Examining calibration: sample ${done} of ${total}`, done, total);
    },
  });
  const layerOf = layersOfValues(made);
  const extremes = await extremesOf(pass('extremes'), new Set(decided));
  const all = samplesOfExtremes(extremes, layerOf);
  const suspicious = all.filter((one) => one.suspicious);
  const named = all.slice(0, Math.max(NAMED, Math.min(suspicious.length, 2 * NAMED)));

  const everyone = Array.from({ length: count }, (_, position) => position);
  // Samples of equal content have one key, and are left out together.
  const keys = new Map<number, string>();
  for (const { position } of all)
    keys.set(position, await samples.sampleKey(roles.calibration[position]!));
  const without = (out: readonly SampleOfExtremes[]) => {
    const gone = new Set(out.map(({ position }) => keys.get(position)));
    return everyone.filter((position) => !gone.has(keys.get(position) ?? ''));
  };
  const good = without(suspicious);
  const leaving = suspicious.slice(0, LEFT_OUT).filter(() => count > 1);
  const draws = drawsOf(good, SEED);
  const sets = [
    ...leaving.map((one) => without([one])),
    ...(suspicious.length > 1 && good.length > 0 ? [good] : []),
    ...(count > 1 ? [0, 1].map((half) => everyone.filter((at) => at % 2 === half)) : []),
    ...draws.map((one) => one.draws[0]!),
  ];
  const ranges = await statsOfSets({ ...pass('again'), recipe, stats }, extremes, sets);

  const settled = isSettledByStep(made);
  const kept = await keptAnswers({
    ...{ float: runnable(graph), samples, backend, context },
    scorings: scoringOf(samples.targets, needsOf(graph), samples.synthetic),
    choosing: choosingSamples(
      roles,
      Math.min(answersThatFit(graph), affordable(WORK, workOf(graph) * (sets.length + 2), SAMPLES)),
      new Set([
        ...suspicious.map(({ position }) => roles.calibration[position]!),
        ...(await leftOut(opened, recipe)),
      ]),
    ),
  });
  const tried = await variants([...ranges, stats], { made, kept, settled }, (done, total) => {
    report.variants(`Without single samples: ${done} of ${total} sets of ranges`, done, total);
  });
  const own = tried.at(-1);
  let at = 0;
  const next = (n: number) => ({
    stats: ranges.slice(at, at + n),
    outcomes: tried.slice(at, (at += n)),
  });
  const each = next(leaving.length);
  const together = next(suspicious.length > 1 && good.length > 0 ? 1 : 0);
  const two = next(count > 1 ? 2 : 0);
  const line = next(draws.length);

  const suspects: Suspect[] = [];
  for (const one of named) {
    const place = leaving.indexOf(one);
    suspects.push(
      await described(one, {
        index: roles.calibration[one.position]!,
        outcome: place < 0 ? undefined : each.outcomes[place],
        ranges: again && place >= 0 ? each.stats[place] : undefined,
      }),
    );
  }
  const curve = draws.map(({ samples: size, draws: drawn }, point): CurvePoint => {
    const outcome = line.outcomes[point];
    return {
      samples: size,
      uncovered: uncovered(extremes, good, drawn),
      ...(outcome ? { outcome } : {}),
    };
  });
  const [first, second] = two.outcomes;
  const both = first && second ? ([first, second] as const) : undefined;
  // A suspicious sample lies in one of the halves.
  const tolerance = toleranceOf(suspicious.length > 0 ? undefined : both);
  const enough = enoughOf(curve, tolerance);
  return {
    run: run.id,
    ...{ samples: count, layers: decided.length, seed: SEED, suspects, curve, tolerance },
    method: methodOf(made, again),
    measured: { count: kept.count, sentence: kept.sentence },
    ...(own ? { all: own } : {}),
    ...(together.outcomes[0]
      ? {
          together: {
            keys: await Promise.all(
              suspicious.map(({ position }) => samples.sampleKey(roles.calibration[position]!)),
            ),
            outcome: together.outcomes[0],
          },
        }
      : {}),
    ...(two.stats.length === 2
      ? {
          halves: {
            ...halvesOf([two.stats[0]!, two.stats[1]!], decided, layerOf),
            ...(both ? { outcomes: both } : {}),
          },
        }
      : {}),
    ...(enough === undefined ? {} : { enough }),
    notes: notesOf({ settled, suspicious: suspicious.length, unnamed: all.length - named.length }),
  };

  async function described(
    { layers, position: _, bits: __, ...one }: SampleOfExtremes,
    {
      index,
      outcome,
      ranges: left,
    }: { index: number; outcome: Outcome | undefined; ranges: Stats | undefined },
  ): Promise<Suspect> {
    void [_, __];
    const { name, label } = await samples.preview(index);
    return {
      ...one,
      ...{ index, name, key: await samples.sampleKey(index) },
      ...(label === undefined ? {} : { label }),
      layers: left ? layers.map((layer) => byMethod(layer, left)) : layers,
      ...(outcome ? { outcome } : {}),
    };
  }

  /** Ranges as the calibration's method chooses them with and without the sample. */
  function byMethod(layer: Suspect['layers'][number], left: Stats): Suspect['layers'][number] {
    const value = decided.find((name) => layerOf(name) === layer.layer)!;
    const [before, after] = [stats!.values[value], left.values[value]];
    if (!before || !after) return layer;
    const width = (one: typeof before) => Math.max(one.max, 0) - Math.min(one.min, 0);
    return {
      ...layer,
      range: [before.min, before.max],
      without: [after.min, after.max],
      factor: width(before) / Math.max(width(after), Number.MIN_VALUE),
    };
  }

  async function variants(
    all: readonly Stats[],
    given: { made: QuantizedMade; kept: KeptAnswers; settled: boolean },
    told: (done: number, total: number) => void,
  ): Promise<(Outcome | undefined)[]> {
    const found: (Outcome | undefined)[] = [];
    const constants: Constants = new Map();
    for (const [position, one] of all.entries()) {
      const variant = given.settled
        ? undefined
        : await outcomeOf(replanned(graph, recipe, one, constants), given.kept, backend, context);
      found.push(variant);
      told(position + 1, all.length);
    }
    return found;
  }
};

/** Names of the values whose range calibration chose. */
function calibratedValues({ graph, plan, stats }: QuantizedMade): string[] {
  return graph.values.flatMap(({ name, data }) =>
    !data && plan.values[name]?.why.code === 'calibrated' && stats?.values[name] ? [name] : [],
  );
}

/** A value's layer: the node that makes it, or the input itself. */
function layersOfValues({ graph }: QuantizedMade): (value: string) => string {
  const makers = new Map(
    graph.nodes.flatMap((node) =>
      node.outputs.map((index) => [graph.values[index]!.name, node.name] as const),
    ),
  );
  return (value) => makers.get(value) ?? value;
}

const methodOf = ({ recipe }: QuantizedMade, again: boolean): string =>
  again
    ? `${calibrationLabel(recipe.calibration)} counts every number: the samples were run once more, and ranges without a sample are exact. Samples are found by their extremes.`
    : `${calibrationLabel(recipe.calibration)} chooses by each sample’s extremes, which were kept: ranges without a sample are exact, and nothing was run again for them.`;

function notesOf(what: { settled: boolean; suspicious: number; unnamed: number }): string[] {
  return [
    ...(what.settled
      ? [
          'A step of this recipe settled how the graph rounds, so what ranges without a sample would do to the score takes a run of its own: leave it out, and compare.',
        ]
      : []),
    ...(what.suspicious > LEFT_OUT && !what.settled
      ? [
          `${what.suspicious} samples are suspicious; the score without a single one is measured for the first ${LEFT_OUT}, and without all of them together.`,
        ]
      : []),
    ...(what.unnamed > 0
      ? [`${what.unnamed} more samples set an end of some range without standing out.`]
      : []),
  ];
}
