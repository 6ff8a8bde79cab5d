/** One scale for a weight tensor whose channels need scales far apart. */
import { number, plural } from '../../format';
import { equalized, wider, asFloat } from '../fixes';
import { weightNoise } from '../grids';
import type { Ground, Layer } from '../ground';
import type { Rule } from '../rule';

/** Channels' largest magnitude over the median channel's, and what per-channel scales would leave of the noise. */
const thresholds = { ratio: 6, left: 0.5 } as const;

export const channelRanges: Rule = {
  id: 'channel-ranges',
  title: 'Channel ranges of weights far apart',
  source:
    'Krishnamoorthi, arXiv 1806.08342 §3.1.3 (per-layer weights of MobileNets after BatchNorm folding) and Nagel et al., arXiv 1906.04721 §3.1. With a ratio of 6 the median channel has 21 of 127 steps: less than six bits.',
  thresholds,
  kind: 'cause',
  needsRealSamples: false,
  find: (ground) => {
    const found = ground.measured.flatMap((layer) => noiseOf(layer) ?? []);
    if (found.length === 0) return [];
    const [worst] = [...found].sort((a, b) => b.ratio - a.ratio);
    const layers = found.map(({ layer }) => layer);
    const left = Object.fromEntries(found.map(({ layer, kept }) => [layer.id, kept]));
    const withActivations = Object.fromEntries(
      found.map(({ layer, kept }) => [layer.id, 1 - layer.weightPart * (1 - kept)]),
    );
    const depthwise = layers.some(({ node }) => node.op === 'DEPTHWISE_CONV_2D');
    return [
      {
        layers: found.map(({ layer, kept }) => ({
          id: layer.id,
          explains: layer.weightPart * (1 - kept),
        })),
        reason: `One scale serves all channels, but in “${worst!.layer.id}” the largest channel’s weights are ${number(worst!.ratio)} times the median channel’s: that one has about ${number(127 / worst!.ratio, 2)} of 127 steps left.${found.length > 1 ? ` ${plural(found.length, 'layer is', 'layers are')} like it.` : ''}${depthwise ? ' BatchNorm folded into depthwise weights does this.' : ''}`,
        fixes: [
          ...perChannel(ground, withActivations),
          equalized(ground, equalizedLeft(found)),
          wider(layers, 'weights', ground, left),
          asFloat(layers, 'weights', ground),
        ],
      },
    ];
  },
};

interface Found {
  readonly layer: Layer;
  readonly ratio: number;
  readonly kept: number;
  readonly evened: number;
}

function noiseOf(layer: Layer): Found | undefined {
  const { weights, weightGrid, node } = layer;
  if (!weights || weightGrid?.scale.length !== 1 || weightGrid.dtype === 'float16')
    return undefined;
  const axis = node.op === 'DEPTHWISE_CONV_2D' ? weights.shape.length - 1 : 0;
  if ((weights.shape[axis] ?? 1) < 2) return undefined;
  const levels = weightGrid.dtype === 'int4' ? 7 : 127;
  const noise = weightNoise(weights.data as Float32Array, weights.shape, axis, levels);
  const kept = noise.perTensor > 0 ? noise.perChannel / noise.perTensor : 1;
  if (noise.ratio < thresholds.ratio || kept > thresholds.left) return undefined;
  return { layer, ratio: noise.ratio, kept, evened: 1 / noise.ratio };
}

/** A channel's range at the geometric mean: the ratio's square root is left, the noise's power falls with the ratio. */
const equalizedLeft = (found: readonly Found[]) =>
  Object.fromEntries(
    found.map(({ layer, evened, kept }) => [
      layer.id,
      1 - layer.weightPart * (1 - Math.max(kept, evened)),
    ]),
  );

function perChannel({ made, rows, graph }: Ground, left: Readonly<Record<string, number>>) {
  if (made.recipe?.scheme !== 'int8-per-tensor') return [];
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const channels = rows.reduce((sum, { id, params, scheme }) => {
    const shape = graph.values[nodes.get(id)?.outputs[0] ?? -1]?.shape;
    return params > 0 && scheme === 'int8' ? sum + (shape?.at(-1) ?? 0) : sum;
  }, 0);
  return [
    {
      id: 'per-channel',
      label: 'Quantize weights per channel',
      change: { scheme: 'int8' as const },
      // A scale of 4 bytes and a zero point of 8 for each, of the weights and of the bias scale alone.
      bytes: 12 * channels,
      left,
      how: 'these weights’ squared error with one scale a channel over that with one scale, the activations’ noise stays',
    },
  ];
}
