/** Layers of other toolkits and of Keras' own quantizer, with numbers of the real Keras. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../../testing/relativeError';
import { byReference } from '../../../testing/run';
import { openFiles } from '../../index';
import type { KerasSource } from '../source';
import { buildKerasGraph } from './index';
import { dequantized } from './quantized';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const layer = (class_name: string, config: Record<string, unknown>, more = {}) => ({
  class_name,
  config: { name: class_name.toLowerCase(), ...config },
  ...more,
});
const source = (
  layers: readonly unknown[],
  weights: KerasSource['weights'] = () => [],
): KerasSource => ({
  name: 'm',
  config: {
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [layer('InputLayer', { batch_input_shape: [null, 6] }), ...layers],
    },
  },
  kerasVersion: '2.15.0',
  weights,
});
const dense = layer('Dense', { units: 2, activation: 'linear', use_bias: false });
const kernel = { name: 'kernel', shape: [4, 2], data: new Float32Array(8) };

describe('a model quantized by Keras 3', () => {
  it('to int8 is read as its float weights, q / scale', async () => {
    const bytes = new Uint8Array(fixture('int8.keras'));
    const { graph, issues } = await openFiles([{ path: 'int8.keras', bytes }]);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { x, y } = JSON.parse(fixture('int8.json').toString()) as {
      x: number[][];
      y: number[][];
    };
    for (const [row, values] of x.entries()) {
      const [output] = await byReference(graph, [
        { shape: [1, 3], dtype: 'float32', data: Float32Array.from(values) },
      ]);
      expect(relativeError(output!.data as Float32Array, y[row]!)).toBeLessThan(1e-5);
    }
  });

  it.each([
    ['int4/128', 'int4'],
    ['gptq/4/128', 'GPTQ'],
    ['awq/4/128', 'AWQ'],
    ['float8', 'float8'],
  ])('to %s is named', (mode, name) => {
    expect(() => dequantized('Dense', mode, [])).toThrow(name);
  });
});

describe('a model of TensorFlow Model Optimization', () => {
  it('for quantization-aware training says once what it is and the way out', () => {
    const wrapped = layer('QuantizeWrapperV2', { layer: dense });
    expect(() => buildKerasGraph(source([layer('QuantizeLayer', {}), wrapped, wrapped]))).toThrow(
      /quantization-aware training.*TFLiteConverter.*\.tflite/,
    );
  });

  it('that was pruned is read without mask, threshold and step', () => {
    const wrapped = layer('PruneLowMagnitude', { layer: dense });
    const values = [
      {
        name: 'dense/kernel:0',
        shape: [6, 2],
        data: Float32Array.from({ length: 12 }, (_, i) => i),
      },
      { name: 'p/mask:0', shape: [6, 2], data: new Float32Array(12).fill(1) },
      { name: 'p/threshold:0', shape: [], data: new Float32Array(1) },
      { name: 'p/pruning_step:0', shape: [], data: new Float32Array(1) },
    ];
    const { graph, issues } = buildKerasGraph(source([wrapped], () => values));
    expect(issues).toEqual([]);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['FULLY_CONNECTED']);
  });
});

describe('a custom layer', () => {
  const custom = layer('Project', {}, { registered_name: 'mine>Project' });
  const errors = (issues: ReturnType<typeof buildKerasGraph>['issues']) =>
    issues.filter(({ severity }) => severity === 'error').map(({ layer: name }) => name);

  it('leaves nothing unknown to the layer after it', () => {
    const built = layer(
      'Dense',
      { units: 2, activation: 'linear', use_bias: false },
      { build_config: { input_shape: [null, 4] } },
    );
    for (const next of [built, dense]) {
      const { graph, issues } = buildKerasGraph(
        source([custom, next], (path) => (path[0] === 'dense' ? [kernel] : [])),
      );
      expect(errors(issues)).toEqual(['project']);
      expect(issues[0]!.message).toMatch(/custom class.*\.tflite/);
      expect(graph.nodes.map(({ op }) => op)).toEqual(['UNSUPPORTED', 'FULLY_CONNECTED']);
    }
  });
});
