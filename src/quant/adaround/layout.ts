/** Weights between their own order and the kernels' panels (assembly/products.ts). */
import type { Linear } from './problem';

export interface Layout {
  /** Panels of `width` channels, `k` rows each. */
  readonly panels: number;
  readonly width: number;
  /** Numbers of all panels. */
  readonly size: number;
  /** Channels with those that fill the last panel. */
  readonly channels: number;
}

type Form = Pick<Linear, 'kind' | 'channels' | 'k'>;

export function layoutOf({ kind, channels, k }: Form): Layout {
  const width = kind === 'full' ? 8 : Math.ceil(channels / 4) * 4;
  const panels = kind === 'full' ? Math.ceil(channels / 8) : 1;
  return { panels, width, size: panels * width * k, channels: panels * width };
}

/** Calls with each weight's place in its own order, in the panels, and its channel. */
export function eachWeight(
  { kind, channels, k }: Form,
  { width }: Layout,
  visit: (own: number, packed: number, channel: number) => void,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const panel = Math.floor(channel / width) * width * k + (channel % width);
    for (let i = 0; i < k; i++)
      visit(kind === 'full' ? channel * k + i : i * channels + channel, panel + i * width, channel);
  }
}
