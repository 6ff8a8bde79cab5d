/** FULLY_CONNECTED, int8 (per-tensor weights: XNNPACK's recipe) and float32. */
import { elementCount } from '../../../model/graph';
import { addressOf, type WasmFactory } from '../build';
import { chooseGemm, operandBytes, packPanels, placeGemm } from '../matmul';
import { float32Stage, int8Stage, layerKind } from './convolution';

export const fullyConnected: WasmFactory = (build) => {
  const { node, kernels } = build;
  const kind = layerKind(build);
  if (node.op !== 'FULLY_CONNECTED' || !kind) return undefined;
  const weights = build.inputs[1]!;
  const [units, depth] = weights.shape as [number, number];
  if (kind === 'int8' && weights.quant?.scale.length !== 1) return undefined;
  if (kind === 'int8' && weights.quant?.zeroPoint.some((zero) => zero !== 0)) return undefined;
  const stage = kind === 'int8' ? int8Stage(build, units) : float32Stage(build, units);
  if (!stage || depth === 0 || units === 0) return undefined;
  const elements = elementCount(build.inputs[0]!.shape);
  const rows = elements / depth;
  if (!Number.isInteger(rows) || rows === 0) return undefined;
  if (elementCount(build.outputs[0]!.shape) !== rows * units) return undefined;

  const size = operandBytes(kind, build.variant);
  const panels = packPanels({
    kind,
    variant: build.variant,
    weights: weights.data!,
    first: 0,
    channels: units,
    segments: 1,
    run: depth,
    ...stage,
  });
  const block = placeGemm(build, kind, panels, {
    rows,
    width: rows,
    stepX: depth * size,
    stepY: 0,
    offsets: [0],
    channels: units,
    outStep: units * (kind === 'int8' ? 1 : 4),
    zeroPoint: stage.zeroPoint,
    low: stage.low,
    high: stage.high,
  });
  const gemm = chooseGemm(build, kind, rows, units, depth);
  const input = build.operand(0);
  if (kind === 'float32' || build.variant === 'sdot') {
    return (inputs, outputs) => gemm(block, input(inputs), addressOf(outputs[0]));
  }
  build.needScratch(elements * size);
  return (inputs, outputs) => {
    const operand = build.scratch();
    kernels.padI8(input(inputs), operand, 1, 1, elements, 0, 0, 0, 0, 0);
    gemm(block, operand, addressOf(outputs[0]));
  };
};
