/**
 * Ranges that don't hold what the model gets: of some layers, of all since the calibration samples are
 * few, or since they are unlike those of evaluation. One cause at a time, the widest first.
 */
import { number, plural } from '../../format';
import type { RangeChoice } from '../../../quant/types';
import { asFloat } from '../fixes';
import type { Ground } from '../ground';
import { cutOffPart, median, reachesOf, widened, widenedLeft, type Reach } from '../reach';
import type { Draft, FixDraft, Rule } from '../rule';

/** Part of the numbers beyond a range, and how far beyond as a part of it. */
const beyondThresholds = { beyond: 1e-3, over: 0.1 } as const;
/** Median over the activations of how far two halves of the calibration samples differ; too few for halves. */
const smallThresholds = { halves: 0.2, samples: 10 } as const;
/** Part of the activations that evaluation leaves the range of; median part of the range that it uses. */
const unlikeThresholds = { layers: 0.5, used: 0.4 } as const;

const isBeyond = ({ beyond, over }: Reach) =>
  beyond >= beyondThresholds.beyond && over >= beyondThresholds.over;

type Cause = 'cut' | 'small' | 'unlike' | 'wide' | 'single';

/** What makes ranges too narrow (or too wide), and of which activations. */
function causeOf(
  ground: Ground,
): { cause: Cause; reaches: readonly Reach[]; all: number } | undefined {
  const all = reachesOf(ground);
  const out = all.filter(isBeyond);
  const used = median(all.map((one) => one.used));
  if (out.length === 0) {
    if (!(used < unlikeThresholds.used)) return undefined;
    return { cause: 'wide', reaches: all.filter((one) => one.used < 0.5), all: all.length };
  }
  const found = (cause: Cause, reaches = out) => ({ cause, reaches, all: all.length });
  const cut = out.filter((one) => one.cut);
  if (cut.length > out.length / 2) return found('cut', cut);
  const halves = median(Object.values(ground.evidence.halves ?? {}));
  const samples = ground.stats?.samples ?? Infinity;
  if (halves > smallThresholds.halves || samples < smallThresholds.samples) return found('small');
  return found(out.length >= unlikeThresholds.layers * all.length ? 'unlike' : 'single');
}

function rangesFix(reaches: readonly Reach[], label: string, note?: string): FixDraft {
  const chosen = reaches.map((reach) => ({ reach, ...widened(reach) }));
  return {
    id: 'ranges',
    label,
    change: { ranges: Object.fromEntries(chosen.map(({ reach, choice }) => [reach.id, choice])) },
    ...(note === undefined ? {} : { note }),
    left: Object.fromEntries(
      chosen.map(({ reach, factor }) => [reach.id, widenedLeft(reach, factor)]),
    ),
    how: 'rounding on the new steps alone, nothing cut off; weights’ noise stays',
  };
}

function minMaxFix(reaches: readonly Reach[]): FixDraft {
  const choice: RangeChoice = { method: 'minmax' };
  return {
    id: 'minmax',
    label: `Take the whole range that calibration saw in ${plural(reaches.length, 'place')}`,
    change: { ranges: Object.fromEntries(reaches.map(({ id }) => [id, choice])) },
    left: Object.fromEntries(
      reaches.map((reach) => [reach.id, widenedLeft(reach, widened(reach).factor)]),
    ),
    how: 'rounding on the whole range’s steps alone, nothing cut off; weights’ noise stays',
  };
}

const looked =
  'How far to widen was read off the evaluation samples, in coarse steps: measure on others before you rely on it.';

function draftOf(
  ground: Ground,
  reaches: readonly Reach[],
  reason: string,
  fixes: readonly FixDraft[],
): Draft {
  const layers = reaches.flatMap(({ layer }) => layer ?? []);
  return {
    layers: reaches.flatMap((reach) =>
      reach.layer ? [{ id: reach.id, explains: cutOffPart(reach) }] : [],
    ),
    reason,
    fixes: [
      ...fixes,
      ...(layers.length > 0 && layers.length <= 8 ? [asFloat(layers, 'output', ground)] : []),
    ],
  };
}

const furthest = (reaches: readonly Reach[]) => [...reaches].sort((a, b) => b.over - a.over)[0]!;
const said = ({ id, seen, min, max, beyond }: Reach) =>
  `“${id}” reaches ${number(seen.min)} … ${number(seen.max)} where its range is ${number(min)} … ${number(max)}: ${number(100 * beyond, 2)} % of its numbers are cut off`;

const common = { kind: 'cause', needsRealSamples: true } as const;

export const beyondRange: Rule = {
  ...common,
  id: 'beyond-range',
  title: 'Values beyond the calibrated range',
  source:
    'Krishnamoorthi, arXiv 1806.08342 §2.1: what is beyond the range is clamped. One number in a thousand cut off by a tenth of the range is more noise than rounding makes (0.1² · 10⁻³ against 1 / (12 · 255²)).',
  thresholds: beyondThresholds,
  find(ground) {
    const found = causeOf(ground);
    if (found?.cause !== 'single' && found?.cause !== 'cut') return [];
    const { cause, reaches } = found;
    const others =
      reaches.length > 1 ? ` ${plural(reaches.length - 1, 'other place')} with it.` : '';
    const why = cause === 'cut' ? ' Calibration saw as much; its method cut it off.' : '';
    return [
      draftOf(
        ground,
        reaches,
        `On the evaluation samples ${said(furthest(reaches))}.${why}${others}`,
        cause === 'cut'
          ? [minMaxFix(reaches)]
          : [rangesFix(reaches, `Widen ${plural(reaches.length, 'range')}`, looked)],
      ),
    ];
  },
};

export const calibrationSmall: Rule = {
  ...common,
  id: 'calibration-small',
  title: 'Too few calibration samples',
  source:
    'Ranges of two disjoint halves of the samples that differ by more than a fifth are not settled (Wu et al., arXiv 2004.09602 §5.1: hundreds of samples settle them).',
  thresholds: smallThresholds,
  find(ground) {
    const found = causeOf(ground);
    if (found?.cause !== 'small') return [];
    const { reaches } = found;
    const samples = ground.stats?.samples ?? 0;
    const halves = median(Object.values(ground.evidence.halves ?? {}));
    return [
      draftOf(
        ground,
        reaches,
        `The ranges of two halves of the ${plural(samples, 'calibration sample')} differ by ${number(100 * halves, 2)} % (median over the activations), and on the evaluation samples ${said(furthest(reaches))}.`,
        [
          rangesFix(
            reaches,
            `Widen ${plural(reaches.length, 'range')}`,
            `Better: calibrate on more samples. ${looked}`,
          ),
        ],
      ),
    ];
  },
};

export const calibrationUnlike: Rule = {
  ...common,
  id: 'calibration-unlike',
  title: 'Calibration unlike evaluation',
  source:
    'Krishnamoorthi, arXiv 1806.08342 §3.1: ranges come from data like those that the model will get. Half of all activations beyond their ranges, or ranges of which the median uses less than two fifths (1.3 bits unused), is no matter of single layers.',
  thresholds: unlikeThresholds,
  find(ground) {
    const found = causeOf(ground);
    if (found?.cause !== 'unlike' && found?.cause !== 'wide') return [];
    const { cause, reaches, all } = found;
    const note = `Better: calibrate on samples like those of evaluation. ${looked}`;
    const label = `${cause === 'wide' ? 'Narrow' : 'Widen'} ${plural(reaches.length, 'range')}`;
    const reason =
      cause === 'wide'
        ? `The evaluation samples use ${number(100 * median(reaches.map(({ used }) => used)), 2)} % of the calibrated ranges (median of ${reaches.length}): calibration saw larger numbers than evaluation ever gives.`
        : `${reaches.length} of ${all} activations leave their ranges on the evaluation samples: ${said(furthest(reaches))}. Two halves of the calibration samples agree with each other, so they are not too few but unlike.`;
    const draft = draftOf(ground, reaches, reason, [rangesFix(reaches, label, note)]);
    if (cause === 'unlike') return [draft];
    const layers = reaches.flatMap(({ layer, used }) =>
      layer ? [{ id: layer.id, explains: (1 - layer.weightPart) * (1 - used * used) }] : [],
    );
    return [{ ...draft, layers }];
  },
};
