/** Findings that were made up, to look at the page: several layers, every kind of fix and mark. Never shipped. */
import type { Finding } from '../run/findings';

const overrides = (layers: readonly string[], to: 'float' | 'int16') => ({
  overrides: Object.fromEntries(layers.map((id) => [id, to])),
});

/** @param ids of the model's layers */
export function fakeFindings(ids: readonly string[]): readonly Finding[] {
  const many = ids.filter((_, at) => at % 3 === 1).slice(0, 9);
  const one = ids.slice(-1);
  return [
    {
      ...{ id: `channel-ranges ${many.join(' ')}`, rule: 'channel-ranges', layers: many },
      title: 'Channel ranges of weights far apart',
      reason: `One scale serves all channels, but in “${many[0]}” the largest channel’s weights are 84 times the median channel’s: that one has about 1.5 of 127 steps left.`,
      cost: {
        ...{ unit: '%', value: -31.2, samples: 500 },
        label: `accuracy, only “${many[0]}”, the worst, quantized`,
      },
      ...{ couldBeChance: false, weight: 31 },
      fixes: [
        {
          ...{ id: 'per-channel', label: 'Quantize weights per channel' },
          change: { scheme: 'int8' },
          ...{ bytes: 5110, predicted: { unit: '%', value: 36.2, how: 'made up' } },
        },
        {
          ...{ id: 'equalize', label: 'Equalize the layers’ channels' },
          change: { steps: [{ kind: 'equalize', relu6: 'keep', absorb: true }] },
          note: 'Across RELU6, channels that reach the cap stay as they are.',
          predicted: { unit: '%', value: 34.9, how: 'made up' },
        },
      ],
    },
    {
      ...{ id: `outliers ${one.join(' ')}`, rule: 'outliers', layers: one },
      title: 'Range set by a few outliers',
      reason: 'Three of 12,544 elements take two thirds of the range.',
      cost: { unit: 'dB', value: 6.12, samples: 64, label: 'output SQNR, only it quantized' },
      ...{ couldBeChance: true, weight: 2 },
      fixes: [
        {
          ...{ id: 'clip', label: `Choose the range of “${one[0]}” by least squared error` },
          change: { ranges: Object.fromEntries(one.map((id) => [id, { method: 'mse' }])) },
          predicted: { unit: 'dB', value: 4.3, how: 'made up' },
        },
        {
          ...{ id: 'float', label: `Keep “${one[0]}” in float`, change: overrides(one, 'float') },
          ...{ bytes: 2520, ms: 0.007, predicted: { unit: 'dB', value: 8, how: 'made up' } },
        },
      ],
    },
    ...(['calibration-small', 'float-islands'] as const).map((rule): Finding => ({
      ...{ id: rule, rule, layers: [], title: `Made up: ${rule}`, reason: 'Made up.' },
      ...{ couldBeChance: false, weight: 1, fixes: [] },
    })),
  ];
}
