import { readFileSync } from 'node:fs';
import { ByteBuffer } from 'flatbuffers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Model, TensorType } from '../../formats/tflite/generated/tflite';
import { writeTflite } from '../../formats/tflite/write';
import { filesKey } from '../../run/keys';
import { fileOf } from '../export';
import { quantize } from '../quantize';
import { listening, tinyContext, tinyGraph, tinyRequest } from '../testing/tiny';
import type { RunUpdate } from '../../run/types';
import { openModel } from '.';

const digits = fileURLToPath(new URL('../../../public/samples/mnist-dense.h5', import.meta.url));

describe('an opened model', () => {
  it('is summed up: parameters, multiply-accumulates, what goes in and out', async () => {
    const files = [{ path: 'mnist-dense.h5', bytes: new Uint8Array(readFileSync(digits)) }];
    const heard = listening<never>();
    const model = await openModel({ files }, tinyContext(heard));
    expect(model.key).toBe(await filesKey(files));
    expect(model.fileBytes).toBe(files[0]!.bytes.length);
    expect(model.summary).toMatchObject({
      params: 784 * 128 + 128 + 128 * 10 + 10,
      macs: 784 * 128 + 128 * 10,
      quantized: false,
      unsupported: [],
    });
    expect(model.summary.inputs).toMatchObject([{ dtype: 'float32', shape: [-1, 784] }]);
    expect(model.summary.outputs).toMatchObject([{ shape: [-1, 10] }]);
    expect(heard.progress.map(({ fraction }) => fraction)).toEqual([0.1, 0.7]);
  });

  it('that holds integers already is left as it is', async () => {
    const measure = { latency: false, isolated: false, sensitivity: false };
    const { made } = await quantize(tinyRequest({ measure }), tinyContext(listening<RunUpdate>()));
    const files = [{ path: 'x.tflite', bytes: fileOf(made.converted) }];
    const model = await openModel({ files }, tinyContext());
    expect(model.summary.quantized).toBe(true);
    expect(model.optimized).toBe(model.graph);
    expect(model.format).toBe('tflite');
  });

  it('with weights of a type that Intact can only name has its parameters counted, and says where the fault lies', async () => {
    const measure = { latency: false, isolated: false, sensitivity: false };
    const { made } = await quantize(tinyRequest({ measure }), tinyContext(listening<RunUpdate>()));
    const bytes = fileOf(made.converted);
    const subgraph = Model.getRootAsModel(new ByteBuffer(bytes)).subgraphs(0)!;
    for (let index = 0; index < subgraph.tensorsLength(); index++) {
      const { bb, bb_pos: at } = subgraph.tensors(index)!;
      const type = at + bb!.__offset(at, 6);
      const buffer = subgraph.tensors(index)!.buffer();
      if (bytes[type] === TensorType.INT8 && buffer > 0) bytes[type] = TensorType.BFLOAT16;
    }
    const { summary } = await openModel({ files: [{ path: 'x.tflite', bytes }] }, tinyContext());
    expect(summary.unsupported.length).toBeGreaterThan(0);
    expect(summary).toMatchObject({ params: 8, byTensors: true });
  });

  it('that is float is folded and fused', async () => {
    const files = [{ path: 'x.tflite', bytes: writeTflite(tinyGraph) }];
    const model = await openModel({ files }, tinyContext());
    expect(model.summary).toMatchObject({ quantized: false, layers: 2, params: 8, macs: 8 });
    expect(model.optimized.nodes.map(({ op }) => op)).toEqual([
      'FULLY_CONNECTED',
      'FULLY_CONNECTED',
    ]);
    expect(model.summary.inputs).toEqual([{ name: 'x', shape: [1, 2], dtype: 'float32' }]);
  });

  it('is refused where it is none', async () => {
    await expect(
      openModel(
        { files: [{ path: 'x.h5', bytes: new TextEncoder().encode('<html>') }] },
        tinyContext(),
      ),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/unrecognised|not-this-format|malformed/) as string,
    });
  });
});
