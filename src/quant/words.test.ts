import { expect, it } from 'vitest';
import { why } from './why';
import { inWords, short } from './words';

const all = { rule: 1, regex: '.*', operation: '*' };
const ofOp = { rule: 2, regex: '.*', operation: 'FULLY_CONNECTED' };
const ofLayer = { rule: 3, regex: '^logits$', operation: '*' };

it.each([
  [
    why('int8-weights', { ...all, granularity: 'per-channel' }),
    'int8, per-channel weights, by rule 1 (.* × *)',
    'per-channel weights',
  ],
  [why('int8', all), 'int8 by rule 1 (.* × *)', ''],
  [
    why('int8-weights', { ...ofOp, granularity: 'per-tensor' }),
    'int8, per-tensor weights, by rule 2 (.* × FULLY_CONNECTED)',
    'per-tensor weights, as the recipe says for FULLY_CONNECTED',
  ],
  [
    why('float-by-rule', ofLayer),
    'float by rule 3 (^logits$ × *)',
    'float, as chosen for this layer',
  ],
  [why('no-rule', {}), 'float by no rule', 'float by no rule'],
  [
    why('fixed-by-op', { op: 'SOFTMAX', scale: 1 / 256, zeroPoint: -128 }),
    'fixed by SOFTMAX: 1/256, zero point -128',
    'fixed by SOFTMAX: 1/256, zero point −128',
  ],
  [
    why('calibrated', { method: 'minmax', samples: 200, min: -1.23456, max: 6 }),
    'min-max of 200 samples: [-1.235, 6]',
    'min-max of 200 samples: [−1.235, 6]',
  ],
  [
    why('calibrated', { method: 'percentile', parameter: 99.9, samples: 1, min: 0, max: 1 }),
    '99.9 percentile of 1 sample: [0, 1]',
    '99.9 percentile of 1 sample: [0, 1]',
  ],
  [
    why('too-few-weights', { ...all, elements: 40, least: 1024 }),
    'stays float: 40 weights are fewer than the 1024 of rule 1 (.* × *)',
    'stays float: 40 weights are fewer than the 1024',
  ],
  [
    why('per-tensor-only', {
      ...all,
      scheme: 'dynamic',
      target: 'TFLite (2021)',
      op: 'FULLY_CONNECTED',
    }),
    'dynamic range, per-tensor weights (TFLite (2021) takes no others in FULLY_CONNECTED), by rule 1 (.* × *)',
    'dynamic range, per-tensor weights (TFLite (2021) takes no others in FULLY_CONNECTED)',
  ],
  [
    why('same-as-imposed', { value: 'y', op: 'CONCATENATION', node: 'cat' }),
    'same as "y" (one scale for CONCATENATION "cat")',
    'same as "y" (one scale for CONCATENATION "cat")',
  ],
  [why('recorded', { text: 'as it was' }), 'as it was', 'as it was'],
])('%j', (reason, long, brief) => {
  expect(inWords(reason)).toBe(long);
  expect(short(reason)).toBe(brief);
});
