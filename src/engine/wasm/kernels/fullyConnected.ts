/**
 * FULLY_CONNECTED, int8 and float32. int8 requantizes in the kernel as XNNPACK does; where the runtime
 * rounds in fixed point, the kernel gives int32 sums (fixedPoint.ts finishes them).
 */
import { elementCount } from '../../../model/graph';
import { fullyConnectedKernel } from '../../reference/int/fullyConnected';
import { addressOf, type Build, type WasmFactory } from '../build';
import { operandBytes, placeGemm, type Result } from '../matmul';
import { panelsOf, type Kind } from '../panels';
import { float32Stage, int8Stage, layerKind, type Stage } from './convolution';
import { fixedPointFinish } from './fixedPoint';

interface Shape {
  readonly rows: number;
  readonly depth: number;
  readonly units: number;
}

/** Multiplies all rows: addresses of input and of output in the type of `result`. */
function dense(build: Build, kind: Kind, result: Result, shape: Shape, stage: Stage) {
  const { rows, depth, units } = shape;
  const { variant } = build;
  const size = operandBytes(kind);
  const panels = panelsOf({
    kind,
    variant,
    weights: build.inputs[1]!.data!,
    first: 0,
    channels: units,
    segments: 1,
    run: depth,
    ...stage,
  });
  return placeGemm(build, kind, result, panels, {
    rows,
    width: rows,
    stepX: depth * size,
    stepY: 0,
    offsets: [0],
    channels: units,
    outStep: units * (result === 'int8' ? 1 : 4),
    zeroPoint: stage.zeroPoint,
    low: stage.low,
    high: stage.high,
  });
}

export const fullyConnected: WasmFactory = (build) => {
  const { node } = build;
  const kind = layerKind(build);
  if (node.op !== 'FULLY_CONNECTED' || !kind) return undefined;
  const weights = build.inputs[1]!;
  const [units, depth] = weights.shape as [number, number];
  const rows = elementCount(build.inputs[0]!.shape) / depth;
  if (depth === 0 || units === 0 || !Number.isInteger(rows) || rows === 0) return undefined;
  if (elementCount(build.outputs[0]!.shape) !== rows * units) return undefined;
  const shape = { rows, depth, units };
  const input = build.operand(0);
  if (kind === 'int8') {
    if (weights.quant?.zeroPoint.some((zero) => zero !== 0)) return undefined;
    if (fullyConnectedKernel(build) !== 'xnnpack') return inFixedPoint(build, shape);
  }
  const stage = kind === 'int8' ? int8Stage(build, units) : float32Stage(build, units);
  if (!stage) return undefined;
  const multiply = dense(build, kind, kind, shape, stage);
  return (inputs, outputs) => multiply(input(inputs), addressOf(outputs[0]));
};

const inFixedPoint = (build: Build, shape: Shape): ReturnType<WasmFactory> => {
  const { node } = build;
  const kernel = fullyConnectedKernel(build);
  if (node.op !== 'FULLY_CONNECTED' || kernel === 'xnnpack') return undefined;
  const { rows, units } = shape;
  const finish = fixedPointFinish(build, units, node.attrs.activation, kernel);
  const sums = int8Stage(build, units);
  if (!finish || !sums) return undefined;
  const multiply = dense(build, 'int8', 'int32', shape, sums);
  build.needScratch(rows * units * 4);
  const input = build.operand(0);
  return (inputs, outputs) => {
    const at = build.scratch();
    multiply(input(inputs), at);
    finish(outputs[0]!, at, 0, rows);
  };
};
