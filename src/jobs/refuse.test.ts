import { expect, it } from 'vitest';
import { refuseQuantized, refuseUnrunnable } from './refuse';
import { tinyModel } from './testing/tiny';

it('names everything that cannot be computed', () => {
  const summary = { ...tinyModel.summary, unsupported: ['A (a)', 'B (b)'] };
  expect(() => {
    refuseUnrunnable({ name: 'm', summary }, 'be quantized');
  }).toThrow('"m" cannot be quantized: Intact does not know how to compute A (a), B (b).');
  refuseUnrunnable(tinyModel, 'run');
  refuseQuantized(tinyModel);
  expect(() => {
    refuseQuantized({ name: 'm', summary: { ...summary, quantized: true } });
  }).toThrow(/"m" is quantized already\. Open the float model/);
});
