import { expect, it } from 'vitest';
import { builder, plain } from '../model/passes/testing/build';
import { bordersOf, withBorder } from './border';
import { convert } from './convert';
import { plan } from './plan';
import { needsCalibration, stockRecipe } from './recipe';
import type { Stats } from './types';

const seen = {
  min: -1,
  max: 1,
  seenMin: -1,
  seenMax: 1,
  mean: 0,
  std: 1,
  minSample: 0,
  maxSample: 0,
};
const stats = (...names: string[]): Stats => ({
  samples: 1,
  calibration: { method: 'minmax' },
  values: Object.fromEntries(
    names.map((name) => [name, { ...seen, histogram: new Float64Array(1) }]),
  ),
});
function sum() {
  const b = builder();
  return b.graph([b.node('ADD', 'y', plain, [b.input('a', [4]), b.input('b', [4])], [4])]);
}

it('int8 only where activations are', () => {
  const graph = sum();
  const int8 = plan(graph, stockRecipe('int8'), stats('a', 'b', 'y:0'));
  expect(int8.io).toBe('int8');
  expect(bordersOf(graph, int8)).toEqual(['int8', 'float32']);
  const float = plan(graph, stockRecipe('float16'));
  expect(bordersOf(graph, float)).toEqual(['float32']);
  expect([stockRecipe('float16', { io: 'int8' }).io, float.io]).toEqual(['float32', 'float32']);
});

it('another border is the same plan inside', () => {
  const graph = sum();
  const made = plan(graph, stockRecipe('int8'), stats('a', 'b', 'y:0'));
  const types = (io: 'int8' | 'float32') => {
    const { values, inputs, outputs } = convert(graph, withBorder(made, io));
    return [...inputs, ...outputs].map((index) => values[index]!.dtype);
  };
  expect(types('int8')).toEqual(['int8', 'int8', 'int8']);
  expect(types('float32')).toEqual(['float32', 'float32', 'float32']);
  expect(withBorder(made, 'int8')).toBe(made);
});

it('who needs calibration', () => {
  const needs = (['float16', 'dynamic', 'int8', 'int8-per-tensor'] as const).map((scheme) =>
    needsCalibration(stockRecipe(scheme)),
  );
  expect(needs).toEqual([false, false, true, true]);
});
