/** The compiled training kernels (assembly/) over any memory: addresses and counts, nothing static. */
import { base64 } from './generated/training';

type Call = (...args: number[]) => void;

export interface TrainingKernels {
  readonly conv: Call;
  readonly columnsToImage: Call;
  readonly pack: Call;
  readonly packTransposed: Call;
  readonly weightGradient: Call;
  readonly winogradInput: Call;
  readonly winogradOutput: Call;
  readonly winogradWeights: Call;
  readonly winogradGradient: Call;
  readonly winogradTaps: Call;
  readonly depthwise: Call;
  readonly depthwiseGradient: Call;
  readonly add: Call;
  readonly columnSum: Call;
  readonly crop: Call;
  readonly pad: Call;
  readonly repeat: Call;
  readonly spread: Call;
  readonly sumGroups: Call;
  readonly clamp: Call;
  readonly clampGradient: Call;
  readonly fakeQuantize: Call;
  readonly fakeQuantizeGradient: Call;
  readonly fakeQuantizeBias: Call;
  readonly fakeQuantizeWeights: Call;
  readonly fakeQuantizeWeightsGradient: Call;
  readonly adam: Call;
  readonly adamScales: Call;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** One instance on this memory. */
export async function instantiateKernels(memory: WebAssembly.Memory): Promise<TrainingKernels> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  const instance = new WebAssembly.Instance(await compiled, { env: { memory } });
  return instance.exports as unknown as TrainingKernels;
}
