/** What costs bytes or time for nothing: islands of float, layers that int8 makes slower, more bits than are needed. */
import { bytes, milliseconds, number, plural } from '../../format';
import { elementCount } from '../../../model/graph';
import { inWords } from '../../../quant/words';
import type { ValueStats } from '../../../quant/types';
import { asFloat } from '../fixes';
import type { Ground, Layer } from '../ground';
import { roundingSqnr } from '../grids';
import type { Rule } from '../rule';

const isInteger = (layer: Layer | undefined) =>
  layer?.row.scheme === 'int8' || layer?.row.scheme === 'int16';

const before = ({ node }: Layer, { maker, layer }: Ground) =>
  node.inputs.flatMap((index) => {
    const made = maker(index);
    return made ? (layer(made.name) ?? []) : [];
  });
const after = ({ node }: Layer, { readers, layer }: Ground) =>
  node.outputs.flatMap((index) => readers(index).flatMap(({ name }) => layer(name) ?? []));

/** Over float layers alone. */
function reachesInteger(
  start: Layer,
  next: (layer: Layer, ground: Ground) => readonly Layer[],
  ground: Ground,
): boolean {
  const seen = new Set<string>();
  const pending = [start];
  for (let one = pending.pop(); one; one = pending.pop()) {
    for (const other of next(one, ground)) {
      if (isInteger(other)) return true;
      if (seen.has(other.id)) continue;
      seen.add(other.id);
      pending.push(other);
    }
  }
  return false;
}

const layersOf = ({ rows, layer }: Ground) => rows.flatMap(({ id }) => layer(id) ?? []);

export const floatIslands: Rule = {
  id: 'float-islands',
  title: 'Float islands between integer layers',
  source:
    'Every border between float and integers is a QUANTIZE or DEQUANTIZE that reads and writes the whole activation (TFLite operator compatibility).',
  thresholds: {},
  kind: 'cost',
  needsRealSamples: false,
  find: (ground) => {
    const islands = layersOf(ground).filter(
      (layer) =>
        layer.row.scheme === 'float32' &&
        layer.output.dtype === 'float32' &&
        reachesInteger(layer, after, ground) &&
        reachesInteger(layer, before, ground),
    );
    if (islands.length === 0) return [];
    const { converted } = ground.made;
    const borders = converted.nodes.filter(({ op }) => op === 'QUANTIZE' || op === 'DEQUANTIZE');
    const moved = borders.reduce(
      (sum, { outputs }) => sum + 5 * elementCount(converted.values[outputs[0]!]!.shape),
      0,
    );
    const [first] = islands;
    const chosen = islands.filter(({ row }) => row.why.code === 'float-by-rule');
    const saved = chosen.reduce((sum, { row }) => sum + 0.75 * row.bytesFloat, 0);
    return [
      {
        layers: islands.map(({ id }) => ({ id, explains: 0 })),
        reason: `${plural(islands.length, 'layer is', 'layers are')} float between integer ones (“${first!.id}”: ${inWords(first!.row.why)}). The model converts at ${plural(borders.length, 'border')}, which moves ${bytes(moved)} an inference.`,
        harmless: true,
        fixes:
          chosen.length > 0
            ? [
                {
                  id: 'int8',
                  label: `Quantize ${plural(chosen.length, 'float island')} to int8`,
                  change: {
                    overrides: Object.fromEntries(chosen.map(({ id }) => [id, 'int8' as const])),
                  },
                  bytes: -saved,
                },
              ]
            : [],
      },
    ];
  },
};

/** How much slower, and how much of the whole time that is. */
const slow = { ratio: 1.2, part: 0.03, ms: 0.005 } as const;

export const slower: Rule = {
  id: 'slower',
  title: 'int8 slower than float here',
  source:
    'Medians of the same engine in this browser; a fifth more, and three hundredths of the whole inference, is more than timers scatter.',
  thresholds: slow,
  kind: 'cost',
  needsRealSamples: false,
  find: (ground) => {
    const whole = ground.figures.whole.ms ?? 0;
    const lost = ({ row }: Layer) => (row.msQuantized ?? 0) - (row.msFloat ?? Infinity);
    const found = layersOf(ground)
      .filter(
        (layer) =>
          isInteger(layer) &&
          (layer.row.msQuantized ?? 0) > slow.ratio * (layer.row.msFloat ?? Infinity) &&
          lost(layer) > Math.max(slow.ms, slow.part * whole),
      )
      .sort((a, b) => lost(b) - lost(a));
    const [worst] = found;
    if (!worst || whole === 0) return [];
    const total = found.reduce((sum, layer) => sum + lost(layer), 0);
    return [
      {
        layers: found.map(({ id }) => ({ id, explains: 0 })),
        reason: `“${worst.id}” takes ${milliseconds(worst.row.msQuantized!)} in ${worst.row.scheme} and ${milliseconds(worst.row.msFloat!)} in float: ${whyslow(worst, ground)}.`,
        harmless: true,
        fixes: [
          {
            ...asFloat(found, 'weights', ground),
            ms: -total,
            note: 'Borders to float are not counted.',
          },
        ],
      },
    ];
  },
};

function whyslow({ row, node }: Layer, ground: Ground): string {
  const inputs = new Set(node.inputs.map((index) => ground.graph.values[index]?.name));
  const border = ground.made.converted.nodes.some(
    ({ op, name }) =>
      (op === 'QUANTIZE' || op === 'DEQUANTIZE') &&
      [...inputs].some((input) => input !== undefined && name.startsWith(`${input}/`)),
  );
  if (border) return 'it stands at a border where numbers are converted';
  if (row.scheme === 'int16') return 'the engine has no fast kernel for 16 bits';
  if (row.macs === 0)
    return 'it multiplies no matrices, and rescaling each number costs more than it';
  return row.macs < 100_000
    ? 'it is so small that rescaling its results costs more than its sums'
    : 'its shape leaves the integer kernel little to win';
}

/** dB that 256 levels would leave of an activation. */
const spare = { sqnr: 32 } as const;

/** dB that 256 levels over all that was seen leave. */
function in256(stats: ValueStats): number {
  const span = Math.max(stats.seenMax, 0) - Math.min(stats.seenMin, 0);
  return span > 0 ? roundingSqnr(stats, span / 255) : Infinity;
}

export const moreThanNeeded: Rule = {
  id: 'more-than-needed',
  title: 'More precision than is needed',
  source:
    'Rounding to 256 levels that leaves 32 dB or more of an activation is below what the list of figures marks, and the run has lost nothing.',
  thresholds: spare,
  kind: 'cost',
  needsRealSamples: true,
  find: (ground) => {
    const { made, loss } = ground;
    if (loss.any) return [];
    const found = layersOf(ground).filter((layer) => {
      const { row, stats } = layer;
      const chosen =
        row.scheme === 'int16' || (row.scheme === 'float32' && row.why.code === 'float-by-rule');
      if (!chosen || row.op === 'SOFTMAX') return false;
      // What it reads would have 256 levels too.
      const read = before(layer, ground).map((one) => one.stats);
      return [stats, ...read].every((own) => own && in256(own) >= spare.sqnr);
    });
    if (found.length === 0) return [];
    const all = layersOf(ground).filter(({ row }) => row.scheme === 'int16').length;
    const whole = made.recipe?.scheme === 'int16x8' && found.length >= 0.8 * all;
    const saved = found.reduce(
      (sum, { row }) => sum + (row.scheme === 'float32' ? 0.75 * row.bytesFloat : 0),
      0,
    );
    const [first] = found;
    return [
      {
        layers: found.map(({ id }) => ({ id, explains: 0 })),
        reason: `${plural(found.length, 'layer has', 'layers have')} 16 bits or float where 256 levels would leave ${number(in256(first!.stats!))} dB (“${first!.id}”) and more.`,
        harmless: true,
        fixes: [
          {
            id: 'int8',
            label: whole
              ? 'Use 8 bits everywhere'
              : `Use 8 bits in ${plural(found.length, 'layer')}`,
            change: whole
              ? { scheme: 'int8' }
              : { overrides: Object.fromEntries(found.map(({ id }) => [id, 'int8' as const])) },
            ...(saved > 0 ? { bytes: -saved } : {}),
            predicted: {
              unit: loss.primary?.unit ?? 'dB',
              value: 0,
              how: 'rounding to 256 levels is below what is marked in each of these layers',
            },
          },
        ],
      },
    ];
  },
};
