/** An adapter's device with the largest buffers it has, its compiled pipelines, and word of its loss. */
import { IntactError } from '../../model/error';
import type { Gpu, GpuAdapter, GpuDevice, GpuPipeline } from './gpu';
import { dotFeature } from './shaders/wgsl';

export interface Device {
  readonly gpu: GpuDevice;
  /** "nvidia ampere (…)": what the browser tells of the adapter. */
  readonly name: string;
  /** Computes on the CPU. */
  readonly isSoftware: boolean;
  readonly hasDot: boolean;
  /** Largest bytes of one binding. */
  readonly mostBytes: number;
  /** Why it is gone; undefined while it is there. */
  lost(): string | undefined;
  /** Resolves when it goes. */
  readonly whenLost: Promise<string>;
  /** Compiled once for each code. Rejects with IntactError `unsupported` where the adapter refuses it. */
  pipeline(code: string): Promise<GpuPipeline>;
}

/** Limits that are asked for above the standard's defaults, where the adapter has them. */
const raised = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;
/** What every kernel takes: bindings of a move of several inputs, threads and memory of a tile. */
const needed: Readonly<Record<string, number>> = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 32,
  maxComputeWorkgroupSizeZ: 16,
  maxComputeWorkgroupStorageSize: 16384,
};

/** What is known of an adapter before anything is opened on it. */
export interface AdapterFacts {
  /** "nvidia ampere (…)": what the browser tells of it, driver and all where it does. */
  readonly name: string;
  /** It computes on the CPU. */
  readonly isSoftware: boolean;
}

async function findAdapter(gpu: Gpu | undefined): Promise<GpuAdapter | string> {
  if (!gpu) return 'This browser has no WebGPU, or not on this page.';
  const adapter = await gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  if (!adapter) return 'This browser has WebGPU, but no adapter that it would use.';
  for (const [limit, least] of Object.entries(needed)) {
    const has = adapter.limits[limit] ?? 0;
    if (has < least) return `The adapter's ${limit} is ${has}; the kernels take ${least}.`;
  }
  return adapter;
}

function factsOf({ info = {} }: GpuAdapter): AdapterFacts {
  const words = [info.vendor, info.architecture, info.description || info.device];
  const name = [...new Set(words.filter((word) => word))].join(' ') || 'unnamed adapter';
  const isSoftware =
    info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name);
  return { name, isSoftware };
}

/** The adapter that a device would be opened on; or a sentence that says why there is none. */
export async function adapterFacts(gpu: Gpu | undefined): Promise<AdapterFacts | string> {
  const adapter = await findAdapter(gpu);
  return typeof adapter === 'string' ? adapter : factsOf(adapter);
}

/** A device, or a sentence that says why there is none. */
export async function openDevice(gpu: Gpu | undefined): Promise<Device | string> {
  const adapter = await findAdapter(gpu);
  if (typeof adapter === 'string') return adapter;
  const { limits } = adapter;
  const requiredLimits = Object.fromEntries(
    raised.flatMap((limit) => (limits[limit] === undefined ? [] : [[limit, limits[limit]]])),
  );
  let opened: GpuDevice;
  try {
    opened = await adapter.requestDevice({ requiredLimits });
  } catch (thrown) {
    return `The adapter gives no device: ${thrown instanceof Error ? thrown.message : String(thrown)}.`;
  }
  return deviceOf(opened, {
    ...factsOf(adapter),
    hasDot: gpu?.wgslLanguageFeatures?.has(dotFeature) === true,
  });
}

function deviceOf(gpu: GpuDevice, about: Pick<Device, 'name' | 'isSoftware' | 'hasDot'>): Device {
  let lost: string | undefined;
  const whenLost = gpu.lost.then(({ reason, message }) => {
    lost = message || reason || 'no reason was given';
    return lost;
  });
  const pipelines = new Map<string, Promise<GpuPipeline>>();
  const compile = async (code: string) => {
    // Scopes are a stack of the device: pushed and popped without waiting in between.
    gpu.pushErrorScope('validation');
    const module = gpu.createShaderModule({ code });
    const scope = gpu.popErrorScope();
    try {
      const made = gpu.createComputePipelineAsync({
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
      return await made;
    } catch (thrown) {
      pipelines.delete(code);
      const said = (await scope)?.message ?? (thrown instanceof Error ? thrown.message : '');
      throw new IntactError('unsupported', `The GPU's compiler refuses a kernel: ${said}`);
    }
  };
  const { maxBufferSize = 0, maxStorageBufferBindingSize = 0 } = gpu.limits;
  return {
    ...about,
    gpu,
    mostBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize, 2 ** 32 - 4),
    lost: () => lost,
    whenLost,
    pipeline(code) {
      let made = pipelines.get(code);
      if (!made) pipelines.set(code, (made = compile(code)));
      return made;
    },
  };
}
