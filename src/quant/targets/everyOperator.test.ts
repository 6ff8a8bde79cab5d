/** Of every operator it is said whether the targets take it in int8: in a target's table, or here. */
import { expect, it } from 'vitest';
import { knownOps, type KnownOp } from '../../model/ops';
import { targets } from '.';

const staysFloat: Readonly<Partial<Record<KnownOp, string>>> = {
  ...reason('the runtime has no int8 kernel that Intact reproduces', [
    ...['DIV', 'POW', 'FLOOR_DIV', 'FLOOR_MOD', 'EXP', 'LOG', 'SQRT', 'SQUARE', 'NEG', 'SIGN'],
    ...['SIN', 'COS', 'FLOOR', 'CEIL', 'ROUND', 'L2_POOL_2D', 'REDUCE_PROD', 'CUMSUM', 'SUM'],
    ...['RELU_0_TO_1', 'DYNAMIC_UPDATE_SLICE', 'SELECT', 'SELECT_V2'],
  ]),
  ...reason('it computes on types, shapes, indices or truth values', [
    ...['CAST', 'QUANTIZE', 'DEQUANTIZE', 'SHAPE', 'FILL', 'ARG_MAX', 'ARG_MIN', 'REDUCE_ANY'],
    ...['REDUCE_ALL', 'LOGICAL_AND', 'LOGICAL_OR', 'LOGICAL_NOT', 'EQUAL', 'NOT_EQUAL'],
    ...['GREATER', 'GREATER_EQUAL', 'LESS', 'LESS_EQUAL', 'EMBEDDING_LOOKUP'],
  ]),
};

function reason(why: string, ops: readonly string[]): Record<string, string> {
  return Object.fromEntries(ops.map((op) => [op, why]));
}

it.each(targets.map((target) => [target.label, target] as const))('%s', (_, target) => {
  const unsaid = knownOps.filter((op) => !(op in target.int8) && !(op in staysFloat));
  const twice = knownOps.filter((op) => op in target.int8 && op in staysFloat);
  expect({ unsaid, twice }).toEqual({ unsaid: [], twice: [] });
});
