/** Cases of FULLY_CONNECTED and BATCH_MATMUL, int8. */
import type { Activation } from '../../model/ops';
import { broadcastPlan } from '../numerics';
import { oneOp, type SuiteCase } from './build';
import { random } from '../../testing/random';
import { outputScale } from './specs';

function dense(
  seed: number,
  shape: readonly number[],
  units: number,
  activation: Activation,
  options: { perChannel?: boolean; bias?: boolean; keepNumDims?: boolean } = {},
): SuiteCase {
  const rng = random(seed);
  const { perChannel = false, bias = true, keepNumDims = false } = options;
  const depth = shape[shape.length - 1]!;
  const batches = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const inputScale = rng.scale(0.003, 0.3);
  const weightScale = Float32Array.from({ length: perChannel ? units : 1 }, () =>
    rng.scale(0.0005, 0.05),
  );
  const label = `${shape.join('x')} to ${units} ${activation}`;
  return oneOp(
    `FULLY_CONNECTED ${label}${perChannel ? ' per-channel' : ''}${bias ? '' : ' no bias'}${keepNumDims ? ' keepNumDims' : ''}`,
    'FULLY_CONNECTED',
    { activation, keepNumDims, asymmetricQuantizeInputs: false },
    [
      { shape, scale: inputScale, zeroPoint: rng.int(-128, 127), feed: rng.int8s(batches * depth) },
      { shape: [units, depth], scale: weightScale, constant: rng.int8s(units * depth, -127) },
      bias
        ? {
            shape: [units],
            dtype: 'int32',
            scale: weightScale.map((scale) => Math.fround(scale * inputScale)),
            constant: rng.int32s(units, 8000),
          }
        : undefined,
    ],
    [
      {
        shape: keepNumDims ? [...shape.slice(0, -1), units] : [batches, units],
        scale: outputScale(rng, inputScale, Math.max(...weightScale), depth),
        zeroPoint: rng.int(-128, 127),
      },
    ],
  );
}

function matmul(
  seed: number,
  left: readonly number[],
  right: readonly number[],
  adjX: boolean,
  adjY: boolean,
  constant: boolean,
): SuiteCase {
  const rng = random(seed);
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const depth = left.at(adjX ? -2 : -1)!;
  const scaleA = rng.scale(0.005, 0.1);
  const scaleB = rng.scale(0.005, 0.1);
  const data = rng.int8s(count(right));
  return oneOp(
    `BATCH_MATMUL ${left.join('x')} by ${right.join('x')}${adjX ? ' adjX' : ''}${adjY ? ' adjY' : ''}${constant ? ' constant' : ''}`,
    'BATCH_MATMUL',
    { adjX, adjY, asymmetricQuantizeInputs: false },
    [
      { shape: left, scale: scaleA, zeroPoint: rng.int(-128, 127), feed: rng.int8s(count(left)) },
      {
        shape: right,
        scale: scaleB,
        zeroPoint: rng.int(-20, 20),
        ...(constant ? { constant: data } : { feed: data }),
      },
    ],
    [
      {
        shape: [
          ...broadcastPlan([left.slice(0, -2), right.slice(0, -2)]).shape,
          left.at(adjX ? -1 : -2)!,
          right.at(adjY ? -2 : -1)!,
        ],
        scale: outputScale(rng, scaleA, scaleB, depth),
        zeroPoint: rng.int(-128, 127),
      },
    ],
  );
}

export function denseCases(base: number): SuiteCase[] {
  const cases: SuiteCase[] = [];
  cases.push(
    dense(base + 700, [1, 64], 10, 'NONE'),
    dense(base + 701, [4, 33], 17, 'RELU'),
    dense(base + 702, [1, 640], 128, 'RELU6'),
    dense(base + 703, [3, 7], 1, 'RELU_N1_TO_1'),
    dense(base + 704, [1, 64], 10, 'NONE', { bias: false }),
    dense(base + 705, [2, 3, 20], 9, 'RELU', { keepNumDims: true }),
    dense(base + 706, [2, 3, 20], 9, 'NONE'),
    dense(base + 707, [1, 64], 10, 'NONE', { perChannel: true }),
    dense(base + 708, [5, 48], 16, 'RELU', { perChannel: true }),
    dense(base + 709, [1, 64], 10, 'RELU6', { perChannel: true, bias: false }),
  );
  cases.push(
    matmul(base + 720, [2, 3, 8], [2, 8, 5], false, false, false),
    matmul(base + 721, [2, 3, 8], [2, 5, 8], false, true, false),
    matmul(base + 722, [2, 8, 3], [2, 8, 5], true, false, false),
    matmul(base + 723, [4, 3, 8], [8, 5], false, false, true),
  );
  return cases;
}
