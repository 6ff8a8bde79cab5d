import { trainingSteps } from '../../bench/training/steps';
import type { StepsAnswer, StepsAsked } from './check';

interface Adapter {
  readonly info: { readonly vendor: string; readonly architecture: string };
}
interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

const bytes = async (name: string) =>
  new Uint8Array(await (await fetch(new URL(`/${name}`, self.location.origin))).arrayBuffer());

async function adapterOf(backend: string): Promise<string | undefined> {
  if (backend !== 'webgpu') return undefined;
  const adapter = await (navigator as { gpu?: Gpu }).gpu?.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  return `${adapter.info.vendor} ${adapter.info.architecture}`;
}

async function answer(asked: StepsAsked): Promise<StepsAnswer> {
  const adapter = await adapterOf(asked.backend);
  const [model, data] = [await bytes(asked.name), await bytes(asked.data)];
  const wasmPath = `${self.location.origin}/`;
  return { ...(await trainingSteps({ ...asked, model, data, wasmPath })), adapter };
}

self.addEventListener('message', ({ data }: MessageEvent<StepsAsked>) => {
  answer(data).then(
    (result) => {
      self.postMessage(result);
    },
    (error: unknown) => {
      self.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
  );
});
