/**
 * The part of the WebGPU API that the engine uses, as structural types: the rooms below jobs are compiled
 * without the DOM library, and node has the API only through Dawn. Constants are those of the standard.
 */

export interface GpuBuffer {
  readonly size: number;
  mapAsync(mode: number): Promise<unknown>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

export interface GpuPass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(index: number, group: unknown): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}

export interface GpuEncoder {
  beginComputePass(): GpuPass;
  copyBufferToBuffer(
    from: GpuBuffer,
    fromOffset: number,
    to: GpuBuffer,
    toOffset: number,
    bytes: number,
  ): void;
  finish(): unknown;
}

export interface GpuPipeline {
  getBindGroupLayout(index: number): unknown;
}

export interface GpuQueue {
  writeBuffer(
    buffer: GpuBuffer,
    offset: number,
    data: ArrayBufferLike,
    dataOffset: number,
    bytes: number,
  ): void;
  submit(commands: readonly unknown[]): void;
  onSubmittedWorkDone(): Promise<unknown>;
}

export type GpuLimits = Readonly<Record<string, number>>;

export interface GpuDevice {
  readonly limits: GpuLimits;
  readonly queue: GpuQueue;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  createBuffer(descriptor: { size: number; usage: number }): GpuBuffer;
  createShaderModule(descriptor: { code: string }): unknown;
  createComputePipelineAsync(descriptor: {
    layout: 'auto';
    compute: { module: unknown; entryPoint: string };
  }): Promise<GpuPipeline>;
  createBindGroup(descriptor: {
    layout: unknown;
    entries: readonly { binding: number; resource: { buffer: GpuBuffer } }[];
  }): unknown;
  createCommandEncoder(): GpuEncoder;
  pushErrorScope(filter: 'validation' | 'out-of-memory' | 'internal'): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
  destroy(): void;
}

export interface GpuAdapter {
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly device?: string;
    readonly description?: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly limits: GpuLimits;
  requestDevice(descriptor: { requiredLimits: Record<string, number> }): Promise<GpuDevice>;
}

export interface Gpu {
  readonly wgslLanguageFeatures?: { has(name: string): boolean };
  requestAdapter(options?: { powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

/** GPUBufferUsage and GPUMapMode. */
export const usage = {
  mapRead: 1,
  copySource: 4,
  copyTarget: 8,
  uniform: 64,
  storage: 128,
} as const;
export const mapRead = 1;

/** The API of this thread; undefined where it has none. */
export function gpuHere(): Gpu | undefined {
  return (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;
}
