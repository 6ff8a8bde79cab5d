/**
 * Constants that a graph stores small and widens by DEQUANTIZE (float16, weight-only): their values
 * are known at prepare, so kernels may pack them. The node itself still writes its output.
 */
import { elementCount, type TensorData } from '../../model/graph';
import type { Kernel, KernelSite } from '../engine';
import { referenceKernel } from '../reference';

/** What DEQUANTIZE nodes gave so far, by value. */
export type Widened = Map<number, TensorData>;

/** The site with the data of widened inputs filled in. */
export function withConstants(site: KernelSite, widened: Widened): KernelSite {
  const inputs = site.inputs.map((value, position) => {
    const data = widened.get(site.node.inputs[position]!);
    return value && data ? { ...value, data } : value;
  });
  return { ...site, inputs };
}

/** The kernel of a DEQUANTIZE of a constant, whose result goes into `widened`; else undefined. */
export function widenConstant(
  site: KernelSite,
  widened: Widened,
  keepAll: boolean,
): Kernel | undefined {
  const { node, inputs, outputs } = site;
  const [input] = inputs;
  const [output] = outputs;
  if (node.op !== 'DEQUANTIZE' || !input?.data || output?.dtype !== 'float32') return undefined;
  const count = elementCount(output.shape);
  const kernel = referenceKernel(site);
  if (!kernel || input.data.length !== count) return undefined;
  const data = new Float32Array(count);
  const { shape } = output;
  kernel([{ shape, dtype: input.dtype, data: input.data }], [{ shape, dtype: 'float32', data }]);
  widened.set(node.outputs[0]!, data);
  let isWritten = false;
  return (_, [tensor]) => {
    if (keepAll && isWritten) return;
    (tensor!.data as Float32Array).set(data);
    isWritten = true;
  };
}
