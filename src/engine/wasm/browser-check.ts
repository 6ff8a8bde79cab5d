/**
 * Every build of the kernels against the reference, where this runs: meant for a page or worker,
 * because node 20 refuses relaxed SIMD. The end-to-end test calls it and expects no differences, and
 * a relaxed build to be chosen wherever one validates and computes rightly.
 */
import { elementCount, type Graph, type Tensor } from '../../model/graph';
import type { Backend, KernelFactory, KernelSite } from '../engine';
import { allocate } from '../../model/graph';
import { fallback } from './fallback';
import { createWasmBackend } from '.';
import { wasmCases } from './all-cases';
import type { Case } from './cases';
import { openVariant, validates, variants, type Variant } from './variant';

export interface VariantCheck {
  readonly variant: Variant;
  /** The engine accepts the module. */
  readonly validates: boolean;
  /** …and its dot computes exactly here. */
  readonly available: boolean;
  /** What createWasmBackend() takes. */
  readonly chosen: boolean;
  readonly cases: number;
  /** Names of the cases that differ, with the number of elements. */
  readonly differences: readonly string[];
}

/** One-node graph through the reference kernel. */
function referenceOutput(graph: Graph, feeds: readonly Tensor[], kernel: KernelFactory): Tensor {
  const node = graph.nodes[0]!;
  const site: KernelSite = {
    node,
    inputs: node.inputs.map((index) => graph.values[index]),
    outputs: node.outputs.map((index) => graph.values[index]!),
  };
  const tensors = graph.values.map(({ shape, dtype, data }, index): Tensor => {
    const fed = feeds[graph.inputs.indexOf(index)];
    return fed ?? { shape, dtype, data: data ?? allocate(dtype, elementCount(shape)) };
  });
  const output = tensors[node.outputs[0]!]!;
  const run = kernel(site);
  if (!run) throw new Error(`no reference kernel for ${graph.name}`);
  run(
    node.inputs.map((index) => tensors[index]),
    [output],
  );
  return output;
}

/** Elements that differ: at all for integers, by more than 1e-5 of the largest for floats. */
export function countDifferences(want: Tensor, got: Tensor): number {
  const a = want.data as ArrayLike<number>;
  const b = got.data as ArrayLike<number>;
  const isFloat = want.dtype === 'float32';
  let largest = 0;
  if (isFloat) for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]!));
  let different = Math.abs(a.length - b.length);
  for (let i = 0; i < a.length; i++) {
    const near = isFloat && Math.abs(a[i]! - b[i]!) <= 1e-5 * largest;
    if (!near && a[i] !== b[i]) different++;
  }
  return different;
}

export async function compareWithReference(
  backend: Backend,
  cases: readonly Case[],
): Promise<{ readonly name: string; readonly different: number }[]> {
  const results = [];
  for (const { name, graph, feeds } of cases) {
    const want = referenceOutput(graph, feeds, fallback);
    const executable = await backend.prepare(graph);
    const [got] = await executable.run(feeds);
    executable.dispose();
    results.push({ name, different: countDifferences(want, got!) });
  }
  return results;
}

/** See the head of this file. `count`: random cases per op and type. */
export async function checkWasmVariants(count = 40): Promise<VariantCheck[]> {
  const best = await createWasmBackend();
  const cases = wasmCases(7, count);
  const checks: VariantCheck[] = [];
  for (const variant of variants) {
    const available = (await openVariant(variant)) !== undefined;
    const backend = available ? await createWasmBackend({ variant }) : null;
    const results = backend ? await compareWithReference(backend, cases) : [];
    checks.push({
      variant,
      validates: validates(variant),
      available,
      chosen: best?.variant === variant,
      cases: results.length,
      differences: results
        .filter(({ different }) => different > 0)
        .map(({ name, different }) => `${name}: ${different}`),
    });
  }
  return checks;
}
