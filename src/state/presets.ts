import type { Preprocessing } from '../data/types';

export const presetLabels = {
  none: 'As stored',
  'zero-one': '0 … 1',
  'minus-one-one': '−1 … 1',
  imagenet: 'ImageNet mean/std',
  'raw-255': '0 … 255',
  custom: 'Custom',
} as const satisfies Record<Preprocessing['preset'], string>;
