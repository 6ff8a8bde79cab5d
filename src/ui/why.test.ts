import { expect, test } from 'vitest';
import { whyText } from './why';

test('reasons without the recipe’s own syntax', () => {
  expect(whyText('int8', 'int8, per-channel weights, by rule 1 (.* × *)')).toBe(
    'per-channel weights',
  );
  expect(whyText('int8', 'int8 by rule 1 (.* × *)')).toBe('');
  expect(whyText('int8', 'int8, per-tensor weights, by rule 2 (.* × FULLY_CONNECTED)')).toBe(
    'per-tensor weights, as the recipe says for FULLY_CONNECTED',
  );
  expect(whyText('float32', 'float by rule 3 (^logits$ × *)')).toBe(
    'float, as chosen for this layer',
  );
  expect(whyText('int8', 'fixed by SOFTMAX: 1/256, zero point -128')).toBe(
    'fixed by SOFTMAX: 1/256, zero point −128',
  );
});
