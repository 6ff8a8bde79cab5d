/** Scales of symmetric weights to begin with, per slice of channels. */
import { mseScale, octavScale } from '../quant/weightScales';
import type { ChannelShape } from './arithmetic';

function slices(data: Float32Array, { outer, channels, inner }: ChannelShape): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const slice = new Float32Array(outer * inner);
    for (let i = 0; i < outer; i++) {
      const from = (i * channels + channel) * inner;
      slice.set(data.subarray(from, from + inner), i * inner);
    }
    return slice;
  });
}

/** One per channel, or one in all. */
export function startScales(
  data: Float32Array,
  shape: ChannelShape,
  many: boolean,
  levels: number,
  method: 'mse' | 'octav',
): Float32Array {
  const scaleOf = method === 'mse' ? mseScale : octavScale;
  const parts = many ? slices(data, shape) : [data];
  return Float32Array.from(parts, (part) => scaleOf(part, levels));
}
