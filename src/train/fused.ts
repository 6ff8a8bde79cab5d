/**
 * The arithmetic on our kernels: one per layer forward, one for all of its gradients, on the memory of
 * TF.js' wasm backend without copies. The tape stays TF.js'.
 */
import {
  roundings,
  type Arithmetic,
  type Bounds,
  type ChannelShape,
  type Geometry,
  type Quantizer,
} from './arithmetic';
import { siteOf } from './kernels/geometry';
import type { Heap } from './kernels/heap';
import * as layers from './kernels/layer';
import { defineKernel } from './kernels/register';
import { tf, type TensorInfo, type TfTensor } from './tf';

type NoAttrs = Readonly<Record<never, never>>;
const sizeOf = ({ shape }: TensorInfo) => shape.reduce((a, b) => a * b, 1);

/**
 * What the gradient reads beside the result, as an output without elements: TF.js would fill a gradient
 * of zeros for it otherwise. The memory belongs to its dataId all the same.
 */
const hidden = ({ dataId, dtype }: TensorInfo): TensorInfo => ({ dataId, shape: [0], dtype });

/** A quantizer without its scale, which is a tensor. */
interface Finish {
  readonly bounds: Bounds;
  readonly grid: Omit<Quantizer, 'scale'> | undefined;
}
const finishOf = (bounds: Bounds, to: Quantizer | undefined): Finish => ({
  bounds,
  grid: to && { zero: to.zero, low: to.low, high: to.high, rounding: to.rounding },
});

export function fusedArithmetic(heap: Heap): Arithmetic {
  const { kernels: k, at, make } = heap;
  /** The scale of what has no grid: an operand must be there. */
  const none = tf.keep(tf.tensor1d([1]));

  function apply({ bounds, grid }: Finish, s: TensorInfo, x: number, y: number, n: number): void {
    if (!grid) {
      k.clamp(x, y, n, bounds.low, bounds.high);
      return;
    }
    const mode = roundings.indexOf(grid.rounding);
    // prettier-ignore
    k.fakeQuantize(x, y, n, at(s), grid.zero, grid.low, grid.high, bounds.low, bounds.high, mode);
  }
  /** Writes dx; returns the gradient of the scale. */
  function applyGradient(
    { bounds, grid }: Finish,
    s: TensorInfo,
    x: number,
    dy: number,
    dx: number,
    n: number,
  ): TensorInfo {
    const ds = make([1]);
    if (grid) {
      const mode = roundings.indexOf(grid.rounding);
      // prettier-ignore
      k.fakeQuantizeGradient(x, dy, dx, at(ds), n, at(s), grid.zero, grid.low, grid.high, bounds.low, bounds.high, mode);
    } else {
      k.clampGradient(x, dy, dx, n, bounds.low, bounds.high);
      heap.zero(at(ds), 1);
    }
    return ds;
  }

  const finish = defineKernel<'x' | 's', Finish>(heap, 'IntactFinish', {
    save: ['x', 's'],
    forward({ x, s }, attrs) {
      const y = make(x.shape);
      apply(attrs, s, at(x), at(y), sizeOf(x));
      return [y];
    },
    gradient(dy, { x, s }, _second, attrs) {
      const dx = make(x.shape);
      const ds = applyGradient(attrs, s, at(x), at(dy), at(dx), sizeOf(x));
      return { x: dx, s: ds };
    },
  });

  interface LayerAttrs extends Finish {
    readonly geometry: Geometry;
  }
  const layer = defineKernel<'x' | 'w' | 'b' | 's', LayerAttrs>(heap, 'IntactLayer', {
    save: ['x', 'w', 's'],
    saveSecond: true,
    forward({ x, w, b, s }, attrs) {
      const { geometry } = attrs;
      const site = siteOf(geometry, x.shape);
      const shape =
        geometry.kind === 'dense'
          ? [...x.shape.slice(0, -1), geometry.outC]
          : [site.batch, geometry.outH, geometry.outW, geometry.outC];
      const [pre, y] = [make(shape), make(shape)];
      layers.forward(heap, site, at(x), at(w), at(b), at(pre));
      apply(attrs, s, at(pre), at(y), sizeOf(y));
      return [y, hidden(pre)];
    },
    gradient(dy, { x, w, s }, pre, attrs) {
      const { geometry } = attrs;
      const site = siteOf(geometry, x.shape);
      const n = sizeOf(dy);
      const db = make([geometry.outC]);
      const dw = geometry.needsWeightGradient ? make(w.shape) : undefined;
      const dx = geometry.needsInputGradient ? make(x.shape) : undefined;
      const ds = heap.scratch((take) => {
        const dpre = take(n);
        const scale = applyGradient(attrs, s, at(pre!), at(dy), dpre, n);
        k.columnSum(dpre, at(db), n / geometry.outC, geometry.outC, 1);
        if (dw) layers.weightGradient(heap, site, at(x), dpre, at(dw));
        if (dx) layers.inputGradient(heap, site, dpre, at(w), at(dx));
        return scale;
      });
      return { ...(dx ? { x: dx } : {}), ...(dw ? { w: dw } : {}), b: db, s: ds };
    },
  });

  const add = defineKernel<'a' | 'b' | 's', Finish>(heap, 'IntactAdd', {
    save: ['s'],
    saveSecond: true,
    forward({ a, b, s }, attrs) {
      const [pre, y] = [make(a.shape), make(a.shape)];
      k.add(at(a), at(b), at(pre), sizeOf(a));
      apply(attrs, s, at(pre), at(y), sizeOf(a));
      return [y, hidden(pre)];
    },
    gradient(dy, { s }, pre, attrs) {
      const dx = make(dy.shape);
      const ds = applyGradient(attrs, s, at(pre!), at(dy), at(dx), sizeOf(dx));
      return { a: dx, b: dx, s: ds };
    },
  });

  const mean = defineKernel<'x', NoAttrs>(heap, 'IntactMean', {
    save: ['x'],
    forward({ x }) {
      const [n, h, w, c] = x.shape as [number, number, number, number];
      const y = make([n, c]);
      for (let i = 0; i < n; i++)
        k.columnSum(at(x) + i * h * w * c * 4, at(y) + i * c * 4, h * w, c, h * w);
      return [y];
    },
    gradient(dy, { x }) {
      const [n, h, w, c] = x.shape as [number, number, number, number];
      const dx = make(x.shape);
      for (let i = 0; i < n; i++)
        k.spread(at(dy) + i * c * 4, at(dx) + i * h * w * c * 4, h * w, c, 1 / (h * w));
      return { x: dx };
    },
  });

  interface WeightAttrs extends ChannelShape {
    readonly levels: number;
  }
  const weights = defineKernel<'w' | 's', WeightAttrs>(heap, 'IntactWeights', {
    save: ['w', 's'],
    forward({ w, s }, { outer, channels, inner, levels }) {
      const y = make(w.shape);
      const many = Number(sizeOf(s) > 1);
      k.fakeQuantizeWeights(at(w), at(y), outer, channels, inner, at(s), many, levels);
      return [y];
    },
    gradient(dy, { w, s }, _second, { outer, channels, inner, levels }) {
      const [dw, ds] = [make(w.shape), make(s.shape)];
      const many = Number(sizeOf(s) > 1);
      // prettier-ignore
      k.fakeQuantizeWeightsGradient(at(w), at(dy), at(dw), at(ds), outer, channels, inner, at(s), many, levels);
      return { w: dw, s: ds };
    },
  });

  /** The scales are attributes: no gradient goes to them. */
  interface BiasAttrs {
    readonly input: TensorInfo;
    readonly scales: TensorInfo;
  }
  const bias = defineKernel<'b', BiasAttrs>(heap, 'IntactBias', {
    save: [],
    forward({ b }, { input, scales }) {
      const y = make(b.shape);
      const many = Number(sizeOf(scales) > 1);
      k.fakeQuantizeBias(at(b), at(y), sizeOf(b), at(input), at(scales), many);
      return [y];
    },
    gradient: (dy) => ({ b: dy }),
  });

  const sameShape = (a: TfTensor, b: TfTensor) =>
    a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);
  const scaleOf = (to: Quantizer | undefined): TfTensor => to?.scale ?? none;

  const arithmetic: Arithmetic = {
    finish: (x, bounds, to) =>
      !to && bounds.low === -Infinity && bounds.high === Infinity
        ? x
        : finish({ x, s: scaleOf(to) }, finishOf(bounds, to)),
    layer: (x, w, b, geometry, bounds, to) =>
      layer({ x, w, b, s: scaleOf(to) }, { geometry, ...finishOf(bounds, to) }),
    add: (a, b, bounds, to) =>
      sameShape(a, b)
        ? add({ a, b, s: scaleOf(to) }, finishOf(bounds, to))
        : arithmetic.finish(tf.add(a, b), bounds, to),
    spatialMean: (x) => mean({ x }, {}),
    weights: (w, s, shape, levels) => weights({ w, s }, { ...shape, levels }),
    bias: (b, input, scales) => bias({ b }, { input, scales }),
  };
  return arithmetic;
}
