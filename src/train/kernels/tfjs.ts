/**
 * Kernels of TF.js that its wasm backend lacks or does badly: convolution gradients on ours, Identity
 * without its copy, the rest borrowed from the cpu backend by copying.
 */
import type { Geometry } from '../arithmetic';
import { tf, type TensorInfo } from '../tf';
import { siteOf } from './geometry';
import type { Heap } from './heap';
import * as layers from './layer';
import { registerKernel } from './register';

interface ConvAttrs {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly inputShape: [number, number, number, number];
  readonly filterShape: [number, number, number, number];
}

function geometryOf(
  input: readonly number[],
  filter: readonly number[],
  { strides, pad }: ConvAttrs,
  depthwise: boolean,
): Geometry {
  const info = tf.backend_util.computeConv2DInfo(
    input as ConvAttrs['inputShape'],
    filter as ConvAttrs['filterShape'],
    strides,
    1,
    pad,
    undefined,
    depthwise,
  );
  const { top, bottom, left, right } = info.padInfo;
  return {
    kind: depthwise ? 'depthwise' : 'conv',
    filterH: info.filterHeight,
    filterW: info.filterWidth,
    strideH: info.strideHeight,
    strideW: info.strideWidth,
    dilationH: 1,
    dilationW: 1,
    top,
    bottom,
    left,
    right,
    outH: info.outHeight,
    outW: info.outWidth,
    outC: info.outChannels,
    needsInputGradient: true,
    needsWeightGradient: true,
  };
}

/** Kernels that exist on cpu only. */
const borrowed = ['UnsortedSegmentSum', 'Einsum'] as const;

/** The backend whose kernels are borrowed; its package must have been imported. */
interface CpuBackend {
  write(values: unknown, shape: readonly number[], dtype: string): object;
  readSync(dataId: object): Float32Array;
  disposeData(dataId: object, force: boolean): boolean;
}

function borrow(kernelName: string, { backend }: Heap): void {
  const kernel = tf.getKernel(kernelName, 'cpu');
  const cpu = tf.engine().findBackend('cpu') as unknown as CpuBackend;
  const wasm = backend as unknown as {
    readSync(dataId: object): unknown;
    makeOutput(shape: readonly number[], dtype: string, at: undefined, values: unknown): TensorInfo;
  };
  registerKernel(kernelName, ({ inputs, attrs }) => {
    const copies = Object.entries(inputs).map(([name, { dataId, shape, dtype }]) => {
      const copy = { dataId: cpu.write(wasm.readSync(dataId), shape, dtype), shape, dtype };
      return [name, copy as TensorInfo] as const;
    });
    const made = kernel.kernelFunc({
      inputs: Object.fromEntries(copies),
      backend: cpu,
      attrs: attrs as never,
    });
    const results = (Array.isArray(made) ? made : [made]).map(({ dataId, shape, dtype }) => {
      const result = wasm.makeOutput(shape, dtype, undefined, cpu.readSync(dataId));
      cpu.disposeData(dataId, true);
      return result;
    });
    for (const [, { dataId }] of copies) cpu.disposeData(dataId, true);
    return Array.isArray(made) ? results : results[0]!;
  });
}

/** Registers them on the wasm backend. */
export function completeWasm(heap: Heap): void {
  const { at, make, backend } = heap;
  registerKernel('Identity', ({ inputs }) => {
    const { dataId, shape, dtype } = inputs['x']!;
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
  const gradients = [
    ['Conv2DBackpropInput', 'Conv2DBackpropFilter', false],
    ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter', true],
  ] as const;
  for (const [toInput, toFilter, depthwise] of gradients) {
    registerKernel(toInput, ({ inputs, attrs }) => {
      const dy = inputs['dy']!;
      const filter = inputs['filter']!;
      const { inputShape } = attrs as ConvAttrs;
      const geometry = geometryOf(inputShape, filter.shape, attrs as ConvAttrs, depthwise);
      const dx = make(inputShape);
      layers.inputGradient(heap, siteOf(geometry, inputShape), at(dy), at(filter), at(dx));
      return dx;
    });
    registerKernel(toFilter, ({ inputs, attrs }) => {
      const x = inputs['x']!;
      const { filterShape } = attrs as ConvAttrs;
      const geometry = geometryOf(x.shape, filterShape, attrs as ConvAttrs, depthwise);
      const dw = make(filterShape);
      layers.weightGradient(heap, siteOf(geometry, x.shape), at(x), at(inputs['dy']!), at(dw));
      return dw;
    });
  }
  for (const kernelName of borrowed) borrow(kernelName, heap);
}
