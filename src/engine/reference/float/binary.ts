/**
 * Arithmetic of two tensors with broadcasting. float32 with a loop for each common operator; int32
 * and int64 (shape computations) through one generic loop. Source: TFLite add.h, mul.h, sub.h,
 * div.cc, maximum_minimum.h, floor_div.cc, floor_mod.cc, pow.cc, squared_difference.cc.
 */
import type { OpName } from '../../../model/ops';
import type { Kernel, KernelSite } from '../../engine';
import { allOf, floats } from '../site';
import { byOperator } from '../table';
import { broadcastRuns } from './runs';
import { clampOf } from './site';

/** out[o + i] = clamp(a[i·sa] ∘ b[i·sb]) for i < n. */
type Loop = (
  a: Float32Array,
  ai: number,
  sa: number,
  b: Float32Array,
  bi: number,
  sb: number,
  out: Float32Array,
  o: number,
  n: number,
  low: number,
  high: number,
) => void;

const add: Loop = (a, ai, sa, b, bi, sb, out, o, n, low, high) => {
  for (const end = o + n; o < end; o++, ai += sa, bi += sb) {
    const x = a[ai]! + b[bi]!;
    out[o] = x < low ? low : x > high ? high : x;
  }
};
const sub: Loop = (a, ai, sa, b, bi, sb, out, o, n, low, high) => {
  for (const end = o + n; o < end; o++, ai += sa, bi += sb) {
    const x = a[ai]! - b[bi]!;
    out[o] = x < low ? low : x > high ? high : x;
  }
};
const mul: Loop = (a, ai, sa, b, bi, sb, out, o, n, low, high) => {
  for (const end = o + n; o < end; o++, ai += sa, bi += sb) {
    const x = a[ai]! * b[bi]!;
    out[o] = x < low ? low : x > high ? high : x;
  }
};
const div: Loop = (a, ai, sa, b, bi, sb, out, o, n, low, high) => {
  for (const end = o + n; o < end; o++, ai += sa, bi += sb) {
    const x = a[ai]! / b[bi]!;
    out[o] = x < low ? low : x > high ? high : x;
  }
};
const maximum: Loop = (a, ai, sa, b, bi, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, ai += sa, bi += sb) {
    out[o] = a[ai]! < b[bi]! ? b[bi]! : a[ai]!;
  }
};
const minimum: Loop = (a, ai, sa, b, bi, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, ai += sa, bi += sb) {
    out[o] = b[bi]! < a[ai]! ? b[bi]! : a[ai]!;
  }
};
const squaredDifference: Loop = (a, ai, sa, b, bi, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, ai += sa, bi += sb) {
    const x = a[ai]! - b[bi]!;
    out[o] = x * x;
  }
};
const withFunction =
  (own: (x: number, y: number) => number): Loop =>
  (a, ai, sa, b, bi, sb, out, o, n) => {
    for (const end = o + n; o < end; o++, ai += sa, bi += sb) out[o] = own(a[ai]!, b[bi]!);
  };

/** The result has the divisor's sign. */
function floorMod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && y < 0 !== rest < 0 ? rest + y : rest;
}

const bigFloorDiv = (x: bigint, y: bigint) => {
  const whole = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? whole - 1n : whole;
};
/** TFLite refuses division by zero; 0 keeps one bad element from stopping a run. */
const nonZero = (own: (x: bigint, y: bigint) => bigint) => (x: bigint, y: bigint) =>
  y === 0n ? 0n : own(x, y);

/** One operator for each storage type; undefined where the runtime has none. */
interface Arithmetic {
  readonly float32: Loop;
  readonly int32: (x: number, y: number) => number;
  readonly int64: ((x: bigint, y: bigint) => bigint) | undefined;
}

const operators = {
  ADD: { float32: add, int32: (x, y) => x + y, int64: (x, y) => x + y },
  SUB: { float32: sub, int32: (x, y) => x - y, int64: (x, y) => x - y },
  MUL: { float32: mul, int32: Math.imul, int64: (x, y) => x * y },
  DIV: { float32: div, int32: (x, y) => Math.trunc(x / y), int64: nonZero((x, y) => x / y) },
  MAXIMUM: { float32: maximum, int32: Math.max, int64: (x, y) => (x > y ? x : y) },
  MINIMUM: { float32: minimum, int32: Math.min, int64: (x, y) => (x < y ? x : y) },
  SQUARED_DIFFERENCE: {
    float32: squaredDifference,
    int32: (x, y) => Math.imul(x - y, x - y),
    int64: (x, y) => (x - y) * (x - y),
  },
  POW: { float32: withFunction((x, y) => x ** y), int32: (x, y) => x ** y, int64: undefined },
  FLOOR_DIV: {
    float32: withFunction((x, y) => Math.floor(x / y)),
    int32: (x, y) => Math.floor(x / y),
    int64: nonZero(bigFloorDiv),
  },
  FLOOR_MOD: {
    float32: withFunction(floorMod),
    int32: floorMod,
    int64: nonZero((x, y) => x - y * bigFloorDiv(x, y)),
  },
} satisfies Partial<Record<OpName, Arithmetic>>;

/** out = own(a, b) over any storage, element by element. */
export function elementwise<X, Y>(site: KernelSite, own: (x: X, y: X) => Y): Kernel {
  const shape = site.outputs[0]!.shape;
  const { length, steps, starts } = broadcastRuns(
    shape,
    site.inputs.slice(0, 2).map((input) => input!.shape),
  );
  const [sa, sb] = steps as [number, number];
  const [aStarts, bStarts] = starts as [Int32Array, Int32Array];
  return (inputs, outputs) => {
    const a = inputs[0]!.data as ArrayLike<unknown> as ArrayLike<X>;
    const b = inputs[1]!.data as ArrayLike<unknown> as ArrayLike<X>;
    const out = outputs[0]!.data as ArrayLike<unknown> as Y[];
    let o = 0;
    for (let run = 0; run < aStarts.length; run++) {
      let ai = aStarts[run]!;
      let bi = bStarts[run]!;
      for (let i = 0; i < length; i++, ai += sa, bi += sb) out[o++] = own(a[ai]!, b[bi]!);
    }
  };
}

export const binaryKernels = byOperator<keyof typeof operators, Arithmetic>(
  operators,
  (site, own) => {
    const { node } = site;
    const [left, right] = site.inputs;
    if (!left || !right) return undefined;
    const range = clampOf('activation' in node.attrs ? node.attrs.activation : 'NONE');
    if (!range) return undefined;
    const { low, high } = range;
    if (allOf(site, 'float32')) {
      const loop = own.float32;
      const runs = broadcastRuns(site.outputs[0]!.shape, [left.shape, right.shape]);
      const { length } = runs;
      const [sa, sb] = runs.steps as [number, number];
      const [aStarts, bStarts] = runs.starts as [Int32Array, Int32Array];
      return (inputs, outputs) => {
        const a = floats(inputs[0]);
        const b = floats(inputs[1]);
        const out = floats(outputs[0]);
        for (let run = 0; run < aStarts.length; run++) {
          loop(a, aStarts[run]!, sa, b, bStarts[run]!, sb, out, run * length, length, low, high);
        }
      };
    }
    if (allOf(site, 'int32') && !left.quant && !right.quant) {
      const { int32 } = own;
      return elementwise<number, number>(site, (x, y) =>
        Math.min(high, Math.max(low, int32(x, y))),
      );
    }
    if (allOf(site, 'int64') && low === -Infinity && high === Infinity) {
      return own.int64 && elementwise(site, own.int64);
    }
    return undefined;
  },
);
