/** A new operator is asked for here until it has its cases and its row in the documents. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { knownOps, type OpName } from '../../model/ops';
import { withoutInteger } from '../reference';
import { hybridTables, integerKernels } from '../reference/int';
import type { SuiteCase } from './build';
import { suiteCases } from './cases';
import { floatCases } from './floatCases';

const opsOf = (cases: readonly SuiteCase[]) =>
  new Set(cases.flatMap(({ graph }) => graph.nodes.map(({ op }): OpName => op)));
const integer = opsOf(suiteCases());
const float = opsOf(floatCases());

it('is in a case of suite/, which the TFLite runtime is asked about', () => {
  expect(knownOps.filter((op) => !integer.has(op) && !float.has(op))).toEqual([]);
});

it('has a case on int8 in cases.ts where it has an integer kernel', () => {
  const kernels = Object.keys({ ...integerKernels, ...hybridTables }) as OpName[];
  expect(kernels.filter((op) => !integer.has(op))).toEqual([]);
});

it('is named in docs/bit-exactness.md where it has an integer kernel', () => {
  const path = fileURLToPath(new URL('../../../docs/bit-exactness.md', import.meta.url));
  const text = readFileSync(path, 'utf8').replaceAll('(_EQUAL)', ', GREATER_EQUAL, LESS_EQUAL');
  const named = (op: string) => new RegExp(`(^|[^A-Z0-9_])${op}([^A-Z0-9_]|$)`, 'm').test(text);
  const listed = knownOps.filter((op) => op in integerKernels || op in hybridTables);
  expect(listed.filter((op) => !named(op))).toEqual([]);
});

it('has integer kernels or a word why not, never both', () => {
  expect(Object.keys(withoutInteger).filter((op) => op in integerKernels)).toEqual([]);
});
