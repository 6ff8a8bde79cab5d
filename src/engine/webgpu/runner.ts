/**
 * A planned graph on a device: pipelines, buffers, bind groups. One encoder, one pass, one submit and one
 * readback for each batch; two batches are under way at a time. Anything that the device refuses or its loss
 * rejects; executable.ts goes on in WASM then.
 */
import { IntactError } from '../../model/error';
import type { Tensor } from '../../model/graph';
import type { Device } from './device';
import { mapRead, usage, type GpuBuffer, type GpuPass, type GpuPipeline } from './gpu';
import { load, store } from './layout';
import type { GpuPlan } from './plan';
import { mostGroups, type Groups, type Program } from './program';
import { planSlots } from './slots';

/** writeBuffer is slow above 4 MB, the size of Dawn's staging ring (measured). */
const PIECE = 3.5 * 2 ** 20;
/** Batches that are encoded while an earlier one computes. */
const AT_ONCE = 2;

/** How long word of a loss may come after what it broke. */
const LOSS_MS = 200;

type Samples = readonly (readonly Tensor[])[];

/** Inputs that stay on the device. */
export interface Held {
  readonly samples: number;
  run(): Promise<Tensor[][]>;
  dispose(): void;
}

export interface Runner {
  readonly batch: number;
  runMany(samples: Samples): Promise<Tensor[][]>;
  /** At most a batch of samples, uploaded once. */
  hold(samples: Samples): Held;
  /** Milliseconds of one call of a node's programs, on what its inputs hold now. */
  timeNode(node: number, repeats: number, samples?: number): Promise<number>;
  /** Milliseconds of one run of the alternative, for tune.ts. */
  timeStep(step: number, alternative: number, repeats: number): Promise<number>;
  choose(step: number, alternative: number): void;
  /** The chosen programs' names, by step. */
  names(): readonly { readonly node: number; readonly name: string }[];
  dispose(): void;
}

interface Ready {
  readonly program: Program;
  readonly pipeline: GpuPipeline;
  readonly group: unknown;
}

/** A batch that was submitted: where its answers will be, and what was refused of it. */
interface UnderWay {
  readonly readback: GpuBuffer;
  readonly fault: Promise<{ readonly message: string } | null>;
}

const noDevice = (why: string) => new IntactError('internal', `The GPU device was lost: ${why}.`);

export async function createRunner(
  device: Device,
  plan: GpuPlan,
  { keepAll = false }: { readonly keepAll?: boolean } = {},
): Promise<Runner> {
  const { gpu } = device;
  const { graph, batch, steps, rootOf, layoutAt } = plan;
  const wordsOf = (root: number) => batch * layoutAt(root).words;
  const isConstant = (value: number) => graph.values[value]!.data !== undefined;
  const active = (list: readonly number[]) =>
    list.filter((value) => !isConstant(value)).map((value) => rootOf(value));
  const pinned = new Set([...graph.inputs, ...graph.outputs.map(rootOf)]);
  const { slots, sizes } = planSlots(
    steps.map(({ alternatives: [program] }) => ({
      reads: active(program!.reads),
      writes: active(program!.writes),
    })),
    wordsOf,
    pinned,
    keepAll,
  );
  const large = sizes.find((size) => 4 * size > device.mostBytes);
  if (large !== undefined)
    throw new IntactError(
      'limit',
      `A tensor of ${batch} samples takes ${mebibytes(4 * large)}; one buffer of this adapter holds ${mebibytes(device.mostBytes)}.`,
    );
  const { maxComputeWorkgroupsPerDimension: most = mostGroups } = gpu.limits;
  for (const { node, alternatives } of steps)
    if (alternatives.some(({ groups }) => groups(batch).some((count) => count > most)))
      throw new IntactError(
        'limit',
        `"${graph.nodes[node]!.name}" takes more workgroups for ${batch} samples than this adapter starts at once (${most} a dimension).`,
      );
  const owned: GpuBuffer[] = [];
  const create = (bytes: number, use: number) => {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const made = gpu.createBuffer({ size, usage: use });
    owned.push(made);
    return made;
  };
  const write = (buffer: GpuBuffer, data: ArrayBufferLike, from: number, bytes: number, at = 0) => {
    for (let done = 0; done < bytes; done += PIECE) {
      const part = Math.min(PIECE, bytes - done);
      gpu.queue.writeBuffer(buffer, at + done, data, from + done, part);
    }
  };
  const uploaded = (view: ArrayBufferView<ArrayBuffer>, use: number) => {
    const bytes = Math.ceil(view.byteLength / 4) * 4;
    const buffer = create(bytes, use | usage.copyTarget);
    const whole = view.byteLength === bytes ? view : padded(view, bytes);
    write(buffer, whole.buffer, whole.byteOffset, bytes);
    return buffer;
  };
  const pipelines = await Promise.all(
    steps.map(({ alternatives }) =>
      Promise.all(alternatives.map(({ code }) => device.pipeline(code))),
    ),
  );
  const { storage, copySource, copyTarget } = usage;
  // Scopes are a stack of the device: nothing is waited for before both are popped.
  gpu.pushErrorScope('out-of-memory');
  gpu.pushErrorScope('validation');
  const buffers = sizes.map((size) => create(4 * size, storage | copySource | copyTarget));
  const bufferOf = (value: number) => buffers[slots.get(rootOf(value))!]!;
  const constants = new Map<ArrayBufferView | number, GpuBuffer>();
  const held = (
    key: ArrayBufferView | number,
    view: () => ArrayBufferView<ArrayBuffer>,
    use: number,
  ) => {
    const found = constants.get(key) ?? uploaded(view(), use);
    constants.set(key, found);
    return found;
  };
  const constantValue = (value: number) => {
    const words = () => {
      const layout = layoutAt(value);
      const made = new Uint32Array(layout.words);
      store(layout, graph.values[value]!.data!, made.buffer, 0);
      return made;
    };
    return held(value, words, storage);
  };
  const readyOf = (program: Program, pipeline: GpuPipeline): Ready => {
    const { uniform } = program;
    const bound = [
      ...program.reads.map((value) => (isConstant(value) ? constantValue(value) : bufferOf(value))),
      ...program.writes.map(bufferOf),
      ...program.constants.map((view) => held(view, () => view, storage)),
      ...(uniform ? [held(uniform, () => uniform, usage.uniform)] : []),
    ];
    const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const layout = pipeline.getBindGroupLayout(0);
    return { program, pipeline, group: gpu.createBindGroup({ layout, entries }) };
  };
  const ready = steps.map(({ alternatives }, step) =>
    alternatives.map((program, at) => readyOf(program, pipelines[step]![at]!)),
  );
  const scopes = [gpu.popErrorScope(), gpu.popErrorScope()];
  const [invalid, full] = await Promise.all(scopes);
  const fault = full ?? invalid;
  if (fault) {
    for (const buffer of owned) buffer.destroy();
    throw full
      ? new IntactError(
          'limit',
          `The GPU has no memory left for a batch of ${batch}: ${full.message}`,
        )
      : new IntactError('unsupported', `The GPU refuses the graph: ${fault.message}`);
  }

  const chosen = steps.map(() => 0);
  const inputs = graph.inputs.map((value) => ({
    layout: layoutAt(value),
    buffer: bufferOf(value),
    staging: new ArrayBuffer(4 * batch * layoutAt(value).words),
  }));
  let offset = 0;
  const outputs = graph.outputs.map((value) => {
    const layout = layoutAt(value);
    const at = offset;
    offset += 4 * batch * layout.words;
    const { shape, dtype } = graph.values[value]!;
    return { layout, buffer: bufferOf(value), at, shape, dtype };
  });
  const readBytes = offset;
  const readbacks: GpuBuffer[] = [];

  const dispatch = (pass: GpuPass, { program, pipeline, group }: Ready, samples: number) => {
    const [x, y, z]: Groups = program.groups(samples);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
  };

  /** `before`: copies that are encoded in front of the pass. */
  const submit = (
    samples: number,
    before?: (encoder: ReturnType<typeof gpu.createCommandEncoder>) => void,
  ): UnderWay => {
    // What is refused here would leave old numbers in the readback.
    gpu.pushErrorScope('validation');
    const encoder = gpu.createCommandEncoder();
    before?.(encoder);
    const pass = encoder.beginComputePass();
    ready.forEach((alternatives, step) => {
      dispatch(pass, alternatives[chosen[step]!]!, samples);
    });
    pass.end();
    const readback = readbacks.pop() ?? create(readBytes, usage.mapRead | copyTarget);
    for (const { layout, buffer, at } of outputs)
      encoder.copyBufferToBuffer(buffer, 0, readback, at, 4 * samples * layout.words);
    gpu.queue.submit([encoder.finish()]);
    return { readback, fault: gpu.popErrorScope().catch(() => null) };
  };

  const collect = async ({ readback, fault }: UnderWay, samples: number): Promise<Tensor[][]> => {
    const why = device.lost();
    if (why !== undefined) throw noDevice(why);
    const refused = await fault;
    if (refused)
      throw new IntactError('unsupported', `The GPU refuses a batch: ${refused.message}.`);
    await readback.mapAsync(mapRead).catch(async (thrown: unknown) => {
      // The mapping is refused a moment before the loss is told.
      const told = new Promise<undefined>((resolve) => setTimeout(resolve, LOSS_MS, undefined));
      const lost = await Promise.race([device.whenLost, told]);
      throw lost === undefined ? thrown : noDevice(lost);
    });
    const mapped = readback.getMappedRange();
    const answers = Array.from({ length: samples }, (_, sample) =>
      outputs.map(({ layout, at, shape, dtype }): Tensor => {
        const data = load(layout, mapped, at / 4 + sample * layout.words);
        return { shape, dtype, data };
      }),
    );
    readback.unmap();
    readbacks.push(readback);
    return answers;
  };

  const stage = (samples: Samples, targets: readonly GpuBuffer[]) => {
    inputs.forEach(({ layout, staging }, position) => {
      samples.forEach((feeds, at) => {
        store(layout, feeds[position]!.data, staging, at * layout.words);
      });
      write(targets[position]!, staging, 0, 4 * samples.length * layout.words);
    });
  };

  const timed = async (list: readonly Ready[], repeats: number, samples: number) => {
    const why = device.lost();
    if (why !== undefined) throw noDevice(why);
    await gpu.queue.onSubmittedWorkDone();
    const start = performance.now();
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < repeats; i++) for (const one of list) dispatch(pass, one, samples);
    pass.end();
    gpu.queue.submit([encoder.finish()]);
    await gpu.queue.onSubmittedWorkDone();
    const lost = device.lost();
    if (lost !== undefined) throw noDevice(lost);
    return (performance.now() - start) / repeats;
  };

  return {
    batch,
    async runMany(samples) {
      const answers: Tensor[][] = [];
      const underWay: Promise<Tensor[][]>[] = [];
      try {
        for (let first = 0; first < samples.length; first += batch) {
          const part = samples.slice(first, first + batch);
          stage(
            part,
            inputs.map(({ buffer }) => buffer),
          );
          underWay.push(collect(submit(part.length), part.length));
          if (underWay.length === AT_ONCE) answers.push(...(await underWay.shift()!));
        }
        for (const one of underWay) answers.push(...(await one));
      } catch (thrown) {
        await Promise.allSettled(underWay);
        throw thrown;
      }
      return answers;
    },
    hold(samples) {
      const copies = inputs.map(({ layout }) =>
        gpu.createBuffer({
          size: Math.ceil((4 * samples.length * layout.words) / 16) * 16,
          usage: copySource | copyTarget,
        }),
      );
      stage(samples, copies);
      return {
        samples: samples.length,
        run: () => {
          const readback = submit(samples.length, (encoder) => {
            inputs.forEach(({ layout, buffer }, at) => {
              const bytes = 4 * samples.length * layout.words;
              encoder.copyBufferToBuffer(copies[at]!, 0, buffer, 0, bytes);
            });
          });
          return collect(readback, samples.length);
        },
        dispose() {
          for (const copy of copies) copy.destroy();
        },
      };
    },
    async timeNode(node, repeats, samples = 1) {
      const own = steps.flatMap((step, at) =>
        step.node === node ? [ready[at]![chosen[at]!]!] : [],
      );
      return own.length === 0 ? 0 : timed(own, repeats, samples);
    },
    timeStep: (step, alternative, repeats) => timed([ready[step]![alternative]!], repeats, batch),
    choose(step, alternative) {
      chosen[step] = alternative;
    },
    names: () =>
      steps.map(({ node, alternatives }, at) => ({ node, name: alternatives[chosen[at]!]!.name })),
    dispose() {
      for (const buffer of owned) buffer.destroy();
      owned.length = 0;
    },
  };
}

function padded(view: ArrayBufferView<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes);
  whole.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return whole;
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
