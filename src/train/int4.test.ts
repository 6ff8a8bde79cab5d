/** The 4-bit scheme's own plan trains, and what comes out converts and is written. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../engine/reference';
import { readTflite } from '../formats/tflite/read';
import { writeTflite } from '../formats/tflite/write';
import { convert } from '../quant/convert';
import { createTrainer } from './trainer';
import { options, planned, sampleOf, samples, smallNet } from './testing/net';
import { wasmPath } from './testing/wasm';

describe('the int4 scheme', () => {
  it('trains, and its result exports with 4-bit weights', async () => {
    const graph = smallNet();
    const plan = await planned(graph, 'int4');
    expect(plan.values['w1']!.dtype).toBe('int4');
    expect(plan.values['w2']!.dtype).toBe('int8');
    const request = { graph, plan, options, samples: samples(12), wasmPath };
    const trainer = await createTrainer(request);
    const result = await trainer.run();
    trainer.dispose();
    const made = convert(result.graph, { ...result.plan, io: 'float32' });
    const file = readTflite(writeTflite(made), 'trained').graph;
    const four = file.values.filter(({ dtype }) => dtype === 'int4');
    expect(four).toHaveLength(4);
    for (const { data } of four) {
      expect((data as Int8Array).every((q) => q >= -7 && q <= 7)).toBe(true);
    }
    const executable = await createReferenceBackend().prepare(file);
    const [output] = await executable.run([
      { shape: [1, 8, 8, 3], dtype: 'float32', data: sampleOf(1) },
    ]);
    const sum = (output!.data as Float32Array).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 1);
  });
});
