/** An activation whose negative tail takes steps that its positive numbers lack. */
import { number, plural } from '../../format';
import type { Node } from '../../../model/graph';
import { clipped, wider } from '../fixes';
import { bestClip } from '../grids';
import type { Ground, Layer } from '../ground';
import type { Rule } from '../rule';

/** Part of the range below zero, and the layer's part of the outputs' noise. */
const thresholds = { tail: 0.45, share: 0.05 } as const;

const tailed: ReadonlySet<string> = new Set(['LEAKY_RELU', 'PRELU', 'ELU', 'GELU', 'HARD_SWISH']);

/** x · σ(x) is a MUL of a value and its own LOGISTIC. */
function isSwish({ inputs, op }: Node, { maker }: Ground): boolean {
  if (op !== 'MUL') return false;
  const [a, b] = inputs as readonly [number, number];
  const of = (one: number, other: number) => {
    const made = maker(one);
    return made?.op === 'LOGISTIC' && made.inputs[0] === other;
  };
  return of(a, b) || of(b, a);
}

export const negativeTail: Rule = {
  id: 'negative-tail',
  title: 'Negative tail eats the grid',
  source:
    'Bhalgat et al., LSQ+, arXiv 2004.09576 §3: with swish and leaky ReLU an asymmetric grid gives its steps to a small negative tail. At 45 % below zero a bit is lost to it.',
  thresholds,
  kind: 'cause',
  needsRealSamples: false,
  find: (ground) => {
    const { maker, layer } = ground;
    const found = ground.measured.flatMap((one) => {
      const { node, stats, grid } = one;
      if (!stats || grid?.dtype !== 'int8') return [];
      if (!tailed.has(node.op) && !isSwish(node, ground)) return [];
      const own = maker(node.inputs[0]!);
      const before = own && layer(own.name);
      const parts = [one, ...(before ? [before] : [])];
      const part = (of: (layer: Layer) => number) => parts.reduce((sum, own) => sum + of(own), 0);
      if (
        Math.max(
          part(({ share }) => share),
          part(({ scoreShare }) => scoreShare ?? 0),
        ) < thresholds.share
      )
        return [];
      const [low, high] = [Math.min(0, stats.min), Math.max(0, stats.max)];
      const tail = -low / (high - low);
      return tail >= thresholds.tail ? [{ layer: one, parts, tail, low, high }] : [];
    });
    if (found.length === 0) return [];
    const [worst] = [...found].sort((a, b) => b.tail - a.tail);
    const layers = found.map(({ layer }) => layer);
    const all = found.flatMap(({ parts }) => parts);
    const clips = found.map(({ layer }) => [layer.id, bestClip(layer.stats!).left] as const);
    return [
      {
        layers: found.flatMap(({ parts, tail }) =>
          parts.map(({ id, weightPart }) => ({
            id,
            explains: (1 - weightPart) * (1 - (1 - tail) ** 2),
          })),
        ),
        reason: `${number(100 * worst!.tail, 2)} % of the grid of “${worst!.layer.id}” (${number(worst!.low)} … ${number(worst!.high)}) stand for the negative tail of its ${worst!.layer.node.op}, and ${Math.round(255 * (1 - worst!.tail))} steps are left for the rest.${found.length > 1 ? ` ${plural(found.length - 1, 'other layer is', 'other layers are')} like it.` : ''}`,
        fixes: [
          wider(all, 'around', ground),
          ...(clips.some(([, left]) => left < 0.8)
            ? [clipped(layers, Object.fromEntries(clips))]
            : []),
        ],
      },
    ];
  },
};
