/** One grid for things of unlike size: what is small is rounded away beside what is large. */
import { number } from '../../format';
import type { NodeFor } from '../../../model/graph';
import { asFloat, wider } from '../fixes';
import { roundingSqnr } from '../grids';
import type { Ground, Layer } from '../ground';
import { MARKED_DB } from '../loss';
import type { Draft, FixDraft, Rule } from '../rule';

/** The result's range over the smaller input's, and the dB that rounding leaves of that input. */
const thresholds = { ratio: 8, sqnr: MARKED_DB } as const;

export const unlikeThings: Rule = {
  id: 'unlike-things',
  title: 'One range for unlike things',
  source:
    'A CONCATENATION of TFLite has one scale for all that it joins (TFLite 8-bit quantization specification), an ADD one for its sum. At a ratio of 8 three of eight bits are lost to the smaller part.',
  thresholds,
  kind: 'cause',
  needsRealSamples: false,
  find: (ground) =>
    ground.measured.flatMap((layer) => {
      const { node, grid, stats } = layer;
      if (node.op !== 'CONCATENATION' && node.op !== 'ADD') return [];
      if (grid?.dtype !== 'int8' || !stats) return [];
      const parts = partsOf(ground, layer);
      const [small] = [...parts].sort((a, b) => a.span - b.span);
      const [large] = [...parts].sort((a, b) => b.span - a.span);
      if (!small || !large || large.span / small.span < thresholds.ratio) return [];
      return small.sqnr > thresholds.sqnr ? [] : [draftOf(ground, layer, small, large)];
    }),
};

interface Part {
  readonly name: string;
  readonly span: number;
  readonly sqnr: number;
  readonly columns?: readonly [number, number];
}

function partsOf({ graph, stats }: Ground, { node, grid }: Layer): readonly Part[] {
  let from = 0;
  return node.inputs.flatMap((index) => {
    const { name, shape, data } = graph.values[index]!;
    const axis = node.op === 'CONCATENATION' ? node.attrs.axis : -1;
    const size = shape.at(axis) ?? 1;
    const columns = [from, (from += size)] as const;
    const seen = stats?.values[name];
    if (!seen || data) return [];
    const span = Math.max(seen.seenMax, 0) - Math.min(seen.seenMin, 0);
    const sqnr = roundingSqnr(seen, grid!.scale[0]!);
    return span > 0
      ? [{ name, span, sqnr, ...(node.op === 'CONCATENATION' ? { columns } : {}) }]
      : [];
  });
}

function draftOf(ground: Ground, layer: Layer, small: Part, large: Part): Draft {
  const { node, grid } = layer;
  const joint = node.op === 'CONCATENATION';
  const isEnd = ground.graph.outputs.includes(node.outputs[0]!);
  const ratio = large.span / small.span;
  return {
    layers: [{ id: layer.id, explains: 1 - 1 / ratio ** 2 }],
    reason: `${joint ? 'It joins' : 'It adds'} “${large.name}”, which spans ${number(large.span)}, and “${small.name}”, which spans ${number(small.span)}, on one grid with steps of ${number(grid!.scale[0]!)}: rounding leaves ${number(small.sqnr, 2)} dB of the smaller.`,
    ...(joint && isEnd
      ? {
          lost: {
            db: MARKED_DB - small.sqnr,
            cost: {
              unit: 'dB',
              value: small.sqnr,
              samples: ground.stats?.samples ?? 0,
              label: `SQNR of “${small.name}” on the common grid, by its calibration`,
            },
          },
        }
      : {}),
    fixes: [
      ...(joint && isEnd ? [split(layer, node, ratio, small)] : []),
      keeping(wider([layer], 'output', ground), ratio, small),
      keeping(asFloat([layer], 'output', ground), ratio, small),
    ],
  };
}

/** What the smaller part gains when it has a grid of its own. */
const gained = (ratio: number, { sqnr }: Part) =>
  Math.min(20 * Math.log10(ratio), 50 - Math.min(sqnr, 50));

const keeping = (fix: FixDraft, ratio: number, small: Part): FixDraft => ({
  ...fix,
  note: 'The model keeps its outputs.',
  ...(small.columns
    ? {
        predicted: {
          unit: 'dB',
          value: gained(ratio, small),
          how: `“${small.name}” keeps its own grid, whose steps are ${number(ratio)} times as fine`,
        },
      }
    : {}),
});

function split(
  { id }: Layer,
  { inputs }: NodeFor<'CONCATENATION'>,
  ratio: number,
  small: Part,
): FixDraft {
  return {
    id: 'split-head',
    label: 'Split the output in two',
    change: { steps: [{ kind: 'split-head', node: id }] },
    note: `The model gets ${inputs.length} outputs instead of the one that “${id}” makes.`,
    predicted: {
      unit: 'dB',
      value: gained(ratio, small),
      how: `“${small.name}” gets a grid of its own, whose steps are ${number(ratio)} times as fine`,
    },
  };
}
