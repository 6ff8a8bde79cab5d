/** Layers in float between integer ones: every border converts a whole activation. */
import { bytes, plural } from '../../format';
import { elementCount } from '../../../model/graph';
import { inWords } from '../../../quant/words';
import { after, before, layersOf, reachesInteger } from '../beside';
import type { Rule } from '../rule';

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
