/**
 * Every build of the kernels against the reference, where this runs: meant for a page or worker,
 * because node 20 refuses relaxed SIMD. The end-to-end test calls it and expects no differences, and
 * a relaxed build to be chosen wherever one validates and computes rightly.
 */
import type { Tensor } from '../../model/graph';
import type { Backend } from '../engine';
import { createReferenceBackend } from '../reference';
import type { SuiteCase } from '../suite/build';
import { suiteCases } from '../suite/cases';
import { createWasmBackend } from '.';
import { wasmCases } from './all-cases';
import { halfRange } from './cases';
import type { HelperWorker } from './threads/block';
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

/** Elements that differ: at all for integers, by more than `tolerance` of the largest for floats. */
function countDifferences(want: Tensor, got: Tensor, tolerance = 1e-5): number {
  const a = want.data as ArrayLike<number>;
  const b = got.data as ArrayLike<number>;
  const isFloat = want.dtype === 'float32';
  let largest = 0;
  if (isFloat) {
    for (let i = 0; i < a.length; i++) {
      if (Number.isFinite(a[i])) largest = Math.max(largest, Math.abs(a[i]!));
    }
  }
  let different = Math.abs(a.length - b.length);
  for (let i = 0; i < a.length; i++) {
    const near = isFloat && Math.abs(a[i]! - b[i]!) <= tolerance * largest;
    if (!near && a[i] !== b[i] && !Object.is(a[i], b[i])) different++;
  }
  return different;
}

export interface Comparison {
  readonly name: string;
  /** Elements of all outputs. */
  readonly different: number;
}

export async function compareWithReference(
  backend: Backend,
  cases: readonly SuiteCase[],
  tolerance = 1e-5,
): Promise<Comparison[]> {
  const reference = createReferenceBackend();
  const results: Comparison[] = [];
  for (const { name, graph, feeds } of cases) {
    const [want, got] = [[], []] as Tensor[][];
    for (const [one, into] of [
      [reference, want!],
      [backend, got!],
    ] as const) {
      const executable = await one.prepare(graph);
      into.push(...(await executable.run(feeds)));
      executable.dispose();
    }
    const different = want!.reduce(
      (sum, tensor, i) => sum + countDifferences(tensor, got![i]!, tolerance),
      0,
    );
    results.push({ name, different });
  }
  return results;
}

/**
 * See the head of this file. `count`: random cases per op and type. A relaxed build that doesn't
 * compute exactly here is still compared on activations of 0…127, where signed and unsigned agree.
 */
export async function checkWasmVariants(count = 40): Promise<VariantCheck[]> {
  const best = await createWasmBackend();
  const cases = [...wasmCases(7, count), ...suiteCases(1)];
  const checks: VariantCheck[] = [];
  for (const variant of variants) {
    const available = (await openVariant(variant)) !== undefined;
    const accepted = validates(variant);
    const partial = !available && variant === 'sdot' && best?.variant === 'usdot';
    const backend =
      available || partial ? await createWasmBackend({ variant, unchecked: partial }) : null;
    const compared = partial ? wasmCases(7, count).flatMap(halfRange) : cases;
    const results = backend ? await compareWithReference(backend, compared) : [];
    checks.push({
      variant,
      validates: accepted,
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

export interface ThreadsCheck {
  readonly asked: number;
  readonly threads: number;
  readonly label: string;
  /** Tiles that helpers have done. */
  readonly tiles: number;
  /** Helpers, and those that rest a second after the last job. */
  readonly helpers: number;
  readonly resting: number;
  /** Names of the cases that differ from one thread in a single bit. */
  readonly differences: readonly string[];
}

/** Every layer on several threads, against one, to the last bit. */
export async function checkThreads(
  start: () => HelperWorker,
  asked = 3,
  count = 10,
): Promise<ThreadsCheck> {
  const many = (await createWasmBackend({ threads: { count: asked, start, leastUs: 0 } }))!;
  const one = (await createWasmBackend())!;
  const differences: string[] = [];
  for (const { name, graph, feeds } of wasmCases(9, count)) {
    const answers: Tensor[][] = [];
    for (const backend of [one, many]) {
      const executable = await backend.prepare(graph);
      answers.push(await executable.run(feeds));
      executable.dispose();
    }
    const [want, got] = answers as [Tensor[], Tensor[]];
    if (want.some((tensor, i) => countDifferences(tensor, got[i]!, 0) > 0)) differences.push(name);
  }
  const { tiles } = many.helpers();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const resting = many.helpers().sleeping;
  const { threads = 1, label } = many;
  many.end?.();
  return { asked, threads, label, tiles, helpers: threads - 1, resting, differences };
}
