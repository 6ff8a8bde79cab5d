/**
 * Computes the gradients of one micro-batch: in this thread here, in a worker behind port.ts. Which one
 * does it never shows in the numbers.
 */
import { IntactError } from '../model/error';
import type { Graph } from '../model/graph';
import type { Plan } from '../quant/types';
import { openBackend, type TrainBackend } from './backend';
import { lossOf, type Target } from './loss';
import { compile, type Program, type ProgramOptions } from './program';
import { createRuntime, type Runtime } from './runtime';
import { tf, type TfTensor } from './tf';

/** What a worker needs to begin. Plain data. */
export interface WorkerSetup {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly options: ProgramOptions;
  readonly backend: TrainBackend;
  /** As openBackend takes it. */
  readonly wasmPath: string;
  /** The float model that will be asked; undefined: none will. */
  readonly teacher: Graph | undefined;
  /** Compare numbers even where outputs are class-like. */
  readonly numbers: boolean;
}

export interface MicroBatch {
  /** Per graph input the samples' numbers one after the other. */
  readonly inputs: readonly Float32Array[];
  readonly count: number;
  /** Samples of the whole step. */
  readonly total: number;
  /** `teacher`: to be asked in this pass. */
  readonly target: Target | { readonly kind: 'ask-teacher' };
}

export interface MicroGradients {
  /** This pass's share of the step's loss. */
  readonly loss: number;
  /** As the program's layout has it. */
  readonly gradients: Float32Array;
  /** Per head, when it was asked. */
  readonly teacher?: readonly Float32Array[];
}

export interface GradientWorker {
  /** New numbers for all parameters. */
  load(parameters: Float32Array): Promise<void>;
  /** @param into becomes the answer's `gradients`: an array that was added up is used again, not thrown away */
  gradients(batch: MicroBatch, into?: Float32Array): Promise<MicroGradients>;
  /** Loss alone, with the parameters loaded last. */
  loss(batch: MicroBatch): Promise<Omit<MicroGradients, 'gradients'>>;
  /** The fake-quantized outputs (or the float model's), per graph output; `taps`: also values by name. */
  outputs(request: OutputsRequest): Promise<Outputs>;
  dispose(): void;
}
export interface OutputsRequest {
  readonly inputs: readonly Float32Array[];
  readonly count: number;
  readonly model: 'trained' | 'teacher';
  readonly taps?: boolean;
}
export interface Outputs {
  readonly outputs: readonly Float32Array[];
  /** Real numbers by value name, the batch in one array. */
  readonly taps: Readonly<Record<string, Float32Array>>;
}

/** Reading is asynchronous on webgpu, where `dataSync` gives zeros. */
const read = async (tensor: TfTensor, backend: TrainBackend): Promise<Float32Array> =>
  Float32Array.from(
    (backend === 'webgpu' ? await tensor.data() : tensor.dataSync()) as ArrayLike<number>,
  );

/** Memory that ran out, in a sentence; other errors as they are. */
export function explained(thrown: unknown): unknown {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const known = thrown instanceof IntactError && thrown.code !== 'internal';
  if (known || !/memory|allocation|out of bounds|array length|Aborted\(|OOM/i.test(text))
    return thrown;
  return new IntactError(
    'limit',
    `Training ran out of memory (${text}). The last checkpoint is kept. Close other tabs, or set a smaller micro-batch in the training settings; a new training then starts with it.`,
  );
}

const answered = (batch: MicroBatch, target: Target): Pick<MicroGradients, 'teacher'> =>
  batch.target.kind === 'ask-teacher' && target.kind === 'teacher' ? { teacher: target.heads } : {};

/** Several heads weigh by one over the square of their planned range; one head by 1. */
function headWeights({ heads, classes }: Program): number[] {
  return heads.map(({ value, kind }) => {
    const entry = heads.length > 1 && kind === 'plain' ? classes.get(value) : undefined;
    return entry ? 1 / (255 * entry.plan.scale[0]!) ** 2 : 1;
  });
}

/** Opens the backend in this thread and compiles the graph. */
export async function createGradientWorker(setup: WorkerSetup): Promise<GradientWorker> {
  const opened = await openBackend(setup.backend, setup.wasmPath);
  const program = compile(setup.graph, setup.plan, setup.options);
  const student = createRuntime(program, opened);
  const teacher: Runtime | undefined = setup.teacher
    ? createRuntime(compile(setup.teacher, undefined, setup.options), opened)
    : undefined;
  const weights = headWeights(program);
  const { layout } = program;
  const id = setup.backend;

  async function asked(batch: MicroBatch): Promise<Float32Array[]> {
    const made = tf.tidy(() => teacher!.forward(batch.inputs, batch.count, 'heads'));
    try {
      return await Promise.all(made.map((tensor) => read(tensor, id)));
    } finally {
      tf.dispose(made);
    }
  }
  async function targetOf(batch: MicroBatch): Promise<Target> {
    return batch.target.kind === 'ask-teacher'
      ? { kind: 'teacher', heads: await asked(batch) }
      : batch.target;
  }
  const loss = (batch: MicroBatch, target: Target) =>
    lossOf(
      student.forward(batch.inputs, batch.count, 'heads'),
      program.heads,
      weights,
      target,
      batch.count,
      batch.total,
      setup.numbers,
    );

  return {
    load(parameters) {
      student.load(parameters);
      return Promise.resolve();
    },
    async gradients(batch, given) {
      const target = await targetOf(batch);
      const differentiate = () =>
        tf.engine().gradients(() => loss(batch, target), [...student.tensors], undefined, true);
      let made: ReturnType<typeof differentiate>;
      try {
        made = tf.tidy(differentiate);
      } catch (error) {
        throw explained(error);
      }
      const { value, grads } = made;
      const flat = given?.fill(0) ?? new Float32Array(layout.size);
      try {
        for (const [index, { offset, size, factor }] of layout.parameters.entries()) {
          const gradient = grads[index] as TfTensor | null;
          if (!gradient) continue;
          const into = flat.subarray(offset, offset + size);
          if (opened.heap) opened.heap.read(gradient, into);
          else into.set(await read(gradient, id));
          if (factor !== 1) into.forEach((x, i) => (into[i] = x * factor));
        }
        const [total] = await read(value, id);
        return { loss: total!, gradients: flat, ...answered(batch, target) };
      } finally {
        tf.dispose([value, ...grads.filter((gradient) => gradient !== null)]);
      }
    },
    async loss(batch) {
      const target = await targetOf(batch);
      const value = tf.tidy(() => loss(batch, target));
      const [total] = await read(value, id);
      value.dispose();
      return { loss: total!, ...answered(batch, target) };
    },
    async outputs({ inputs, count, model, taps }) {
      const runtime = model === 'teacher' ? teacher : student;
      const seen: [string, TfTensor][] = [];
      const made = tf.tidy(() =>
        runtime!.forward(
          inputs,
          count,
          'outputs',
          taps
            ? (value, tensor) => {
                seen.push([setup.graph.values[value]!.name, tf.keep(tf.clone(tensor))]);
              }
            : undefined,
        ),
      );
      const outputs = await Promise.all(made.map((tensor) => read(tensor, id)));
      const tapped: Record<string, Float32Array> = {};
      for (const [name, tensor] of seen) {
        tapped[name] = await read(tensor, id);
        tensor.dispose();
      }
      tf.dispose(made);
      return { outputs, taps: tapped };
    },
    dispose() {
      student.dispose();
      teacher?.dispose();
    },
  };
}
