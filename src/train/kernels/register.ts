/** Our kernels as TF.js knows them: forward and gradient under one name, on the tape like its own. */
import { tf, type TensorInfo, type TfTensor } from '../tf';
import type { Heap } from './heap';

type Named<Names extends string> = Readonly<Record<Names, TensorInfo>>;

interface Definition<Names extends string, A extends object> {
  /** Inputs that the gradient reads. */
  readonly save: readonly Names[];
  /** The gradient also reads the second output. */
  readonly saveSecond?: boolean;
  /** The first output is the result. */
  forward(inputs: Named<Names>, attrs: A): TensorInfo[];
  /** Gradients of the inputs, by name; what is left out has none. */
  gradient(
    dy: TensorInfo,
    inputs: Named<Names>,
    second: TensorInfo | undefined,
    attrs: A,
  ): Partial<Named<Names>>;
}

interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: unknown;
}

/** Puts a kernel of ours in the place of TF.js' own of this name, or beside them. */
export function registerKernel(
  kernelName: string,
  run: (call: KernelCall) => TensorInfo | TensorInfo[],
): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: run as never });
}

/** Registers the kernel and gives the function that runs it on the tape. */
export function defineKernel<Names extends string, A extends object>(
  { backend }: Heap,
  kernelName: string,
  { save, saveSecond = false, forward, gradient }: Definition<Names, A>,
): (inputs: Readonly<Record<Names, TfTensor>>, attrs: A) => TfTensor {
  registerKernel(kernelName, ({ inputs, attrs }) => forward(inputs as Named<Names>, attrs as A));
  if (tf.getGradient(kernelName)) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: [...save],
    outputsToSave: [false, saveSecond],
    gradFunc(dys, saved, attrs) {
      const dy = Array.isArray(dys) ? dys[0]! : dys;
      const inputs: Record<string, TensorInfo> = {};
      save.forEach((name, i) => (inputs[name] = saved[i]!));
      const second = saveSecond ? saved[save.length] : undefined;
      const made = gradient(dy, inputs as Named<Names>, second, attrs as unknown as A);
      const counted = new Set<object>([dy.dataId]);
      const results = Object.fromEntries(
        Object.entries<TensorInfo>(made as Record<string, TensorInfo>).map(([name, info]) => {
          // A second tensor on the same memory holds it too.
          if (counted.has(info.dataId)) backend.incRef(info.dataId);
          counted.add(info.dataId);
          const { dataId, shape, dtype } = info;
          const tensor = tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
          return [name, () => tensor];
        }),
      );
      // Nobody asks for them again, but the tape would hold all of them until the whole pass is over.
      tf.dispose([dy as TfTensor, ...saved]);
      return results;
    },
  });
  return (inputs, attrs) => {
    const outputs: unknown = tf.engine().runKernel(kernelName, inputs as never, attrs as never);
    return (Array.isArray(outputs) ? outputs[0] : outputs) as TfTensor;
  };
}
