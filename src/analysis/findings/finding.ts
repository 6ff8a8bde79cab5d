/** A draft as a finding: layers in order, what they cost alone, whether that could be chance, and what its fixes would win. */
import type { Cost, Finding, Fix } from '../../run/findings';
import type { Ground, Layer } from './ground';
import { gainOf } from './gain';
import type { Weighed } from './merge';
import type { Draft, FixDraft } from './rule';

export function findingOf({ rule, draft, weight }: Weighed, ground: Ground): Finding {
  const layers = orderOf(draft, ground);
  const cost = costOf(draft, layers, ground);
  return {
    id: [rule.id, ...layers.map(({ id }) => id)].join(' '),
    rule: rule.id,
    layers: layers.map(({ id }) => id),
    title: draft.title ?? rule.title,
    reason: draft.reason,
    ...(cost ? { cost } : {}),
    couldBeChance:
      rule.kind !== 'cost' &&
      draft.lost === undefined &&
      !ground.loss.significant &&
      couldBe(ground),
    weight,
    fixes: draft.fixes.map((fix) => fixOf(fix, ground)),
  };
}

/** Without labels the noise of the outputs is what there is, and it is no matter of chance. */
const couldBe = ({ loss, made }: Ground) =>
  made.samples.synthetic || (loss.primary !== undefined && loss.primary.kind !== 'likeness');

const importance = ({ share, scoreShare }: Layer) => share + (scoreShare ?? share);

function orderOf({ layers }: Draft, ground: Ground): readonly Layer[] {
  const explains = new Map(layers.map(({ id, explains: part }) => [id, part]));
  return layers
    .flatMap(({ id }) => ground.layer(id) ?? [])
    .sort((a, b) => importance(b) * explains.get(b.id)! - importance(a) * explains.get(a.id)!);
}

/** Of the layer that costs most alone: the score where it moves, else the outputs' SQNR. */
function costOf(
  { lost }: Draft,
  layers: readonly Layer[],
  { loss, figures }: Ground,
): Cost | undefined {
  if (lost) return lost.cost;
  const { primary } = loss;
  const samples = figures.counts.sensitivity ?? 0;
  const [worst] = [...layers].sort((a, b) => (a.row.sensitivity ?? 0) - (b.row.sensitivity ?? 0));
  const only =
    worst && (layers.length > 1 ? `only “${worst.id}”, the worst, quantized` : 'only it quantized');
  const change = worst?.row.sensitivity;
  if (primary && primary.kind !== 'likeness' && change !== undefined && change !== 0 && samples > 0)
    return {
      unit: primary.unit,
      value: primary.better === 'higher' ? change : -change,
      samples,
      label: `${primary.label}, ${only}`,
    };
  const known = layers.flatMap(({ evidence, id }) =>
    evidence.outputSqnr ? [{ id, sqnr: Math.min(...evidence.outputSqnr) }] : [],
  );
  const [least] = known.sort((a, b) => a.sqnr - b.sqnr);
  if (!least || samples === 0) return undefined;
  return {
    unit: 'dB',
    value: least.sqnr,
    samples,
    label: `output SQNR, only “${least.id}” quantized`,
  };
}

function fixOf({ left, how, predicted, ...fix }: FixDraft, ground: Ground): Fix {
  const gain = predicted ?? (left && how ? gainOf(left, how, ground) : undefined);
  return { ...fix, ...(gain ? { predicted: gain } : {}) };
}
