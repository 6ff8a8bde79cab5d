/**
 * Tensors without elements: every operator with every dimension of every operand set to nothing is right
 * (results of the size that their shapes say, the same in both backends) or refused with a sentence, in the
 * engine, through a file and back, and when quantized. Never `internal`, never another kind of error.
 */
import { beforeAll, expect, it } from 'vitest';
import { readTflite } from '../../formats/tflite';
import { writeTflite } from '../../formats/tflite/write';
import { IntactError } from '../../model/error';
import {
  allocate,
  elementCount,
  type DType,
  type Graph,
  type Tensor,
  type Value,
} from '../../model/graph';
import { inferShapes } from '../../model/infer';
import { knownOps } from '../../model/ops';
import { optimize } from '../../model/passes/optimize';
import { validate } from '../../model/validate';
import { convert } from '../../quant/convert';
import { plan } from '../../quant/plan';
import { stockRecipe } from '../../quant/recipe';
import { calibrate } from '../../quant/stats';
import { createWasmBackend } from '../../engine/wasm';
import { createReferenceBackend } from '../../engine/reference';
import type { Backend } from '../../engine/engine';
import type { SuiteCase } from '../../engine/suite/build';
import { suiteCases } from '../../engine/suite/cases';
import { floatCases } from '../../engine/suite/floatCases';
import { int16Cases } from '../../engine/suite/int16';

let wasm: Backend;
beforeAll(async () => {
  wasm = (await createWasmBackend())!;
});
const reference = createReferenceBackend();

/** The case with dimension `axis` of an operand 0; undefined where its operator can't be so. Throws as inferShapes. */
function emptied({ graph, feeds }: SuiteCase, operand: number, axis: number): SuiteCase {
  const node = graph.nodes[0]!;
  const index = node.inputs[operand]!;
  const values = graph.values.slice();
  const before = values[index]!;
  const shape = before.shape.map((size, at) => (at === axis ? 0 : size));
  const { quant } = before;
  const along = quant && quant.scale.length > 1 && quant.axis === axis;
  values[index] = {
    ...before,
    shape,
    ...(before.data ? { data: allocate(before.dtype, 0) } : {}),
    ...(along
      ? { quant: { ...quant, scale: new Float32Array(0), zeroPoint: new Int32Array(0) } }
      : {}),
  } as Value;
  const inputs = node.inputs.map((at) => (at < 0 ? undefined : values[at]));
  const inferred = inferShapes(node.op, node.attrs as never, inputs);
  node.outputs.forEach((at, position) => {
    values[at] = { ...values[at]!, shape: inferred[position]!.shape };
  });
  const position = graph.inputs.indexOf(index);
  const fed = feeds.map((feed, at): Tensor =>
    at === position ? { ...feed, shape, data: allocate(feed.dtype as DType, 0) } : feed,
  );
  return { name: '', graph: { ...graph, values }, feeds: fed };
}

async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'right';
  } catch (thrown) {
    if (!(thrown instanceof IntactError)) return `no sentence: ${String(thrown)}`;
    return thrown.code === 'internal' ? `internal: ${thrown.message}` : 'refused';
  }
}

async function run(backend: Backend, graph: Graph, feeds: readonly Tensor[]): Promise<Tensor[]> {
  const executable = await backend.prepare(graph);
  const outputs = await executable.run(feeds);
  executable.dispose();
  for (const { shape, data } of outputs) expect(data).toHaveLength(elementCount(shape));
  return outputs;
}

async function right({ graph, feeds }: SuiteCase): Promise<void> {
  validate(graph);
  const [a, b] = [await run(reference, graph, feeds), await run(wasm, graph, feeds)];
  a.forEach(({ data }, at) => {
    if (data instanceof Float32Array) expect(b[at]!.data).toHaveLength(data.length);
    else expect(b[at]!.data).toEqual(data);
  });
}

async function throughFile({ graph, feeds }: SuiteCase): Promise<void> {
  const read = readTflite(writeTflite(graph)).graph;
  await run(reference, optimize(read).graph, feeds);
}

async function quantized({ graph, feeds }: SuiteCase): Promise<void> {
  const { graph: float } = optimize(graph);
  const executable = await reference.prepare(float);
  const stats = await calibrate(float, (feed, tap) => executable.run(feed, tap), [feeds], {
    method: 'minmax',
  });
  const recipe = stockRecipe('int8', { io: 'float32' });
  const made = convert(float, plan(float, recipe, stats));
  await run(wasm, made, feeds);
  await run(reference, readTflite(writeTflite(made)).graph, feeds);
}

it('are right or refused, by every operator', async () => {
  const found = new Map<string, Set<string>>();
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (const one of [...suiteCases(), ...floatCases(), ...int16Cases()]) {
    const node = one.graph.nodes[0]!;
    const isFloat = one.graph.values.every(({ quant }) => !quant);
    for (const [operand, index] of node.inputs.entries()) {
      if (index < 0) continue;
      const { shape, dtype, data } = one.graph.values[index]!;
      for (let axis = 0; axis < shape.length; axis++) {
        // One case of each operator, type, operand and axis: the shapes beside it say little more.
        const key = [node.op, dtype, operand, axis, shape.length, !data].join();
        if (seen.has(key)) continue;
        seen.add(key);
        let made: SuiteCase | undefined;
        const inferring = await outcome(() => {
          made = emptied(one, operand, axis);
          return Promise.resolve();
        });
        const outcomes = made
          ? [
              await outcome(() => right(made!)),
              await outcome(() => throughFile(made!)),
              ...(isFloat ? [await outcome(() => quantized(made!))] : []),
            ]
          : [inferring];
        found.set(node.op, new Set([...(found.get(node.op) ?? []), ...outcomes]));
        outcomes.forEach((what, way) => {
          if (what !== 'right' && what !== 'refused')
            wrong.push(`${node.op} ${dtype}, operand ${operand}, axis ${axis}, ${way}: ${what}`);
        });
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(knownOps.filter((op) => !found.has(op))).toEqual([]);
});
