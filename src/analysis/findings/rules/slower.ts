/** Layers that int8 makes slower in this browser, and why. */
import { milliseconds } from '../../format';
import { isInteger, layersOf } from '../beside';
import { asFloat } from '../fixes';
import type { Ground, Layer } from '../ground';
import type { Rule } from '../rule';

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
