/**
 * What the page and the shell ask of the jobs, and what comes back. Plain data only: it crosses a
 * thread border. Wire, client and worker are generic over the table; a job is one line of it, one of
 * `lanes`, and a folder.
 */
import type {
  Check,
  DataSource,
  RoleOptions,
  RoleSummary,
  SamplePreview,
  TargetKind,
} from '../data/samples';
import type { Reading } from '../data/watch';
import type { FormatId, Imported, ModelFile } from '../formats/format';
import type { Graph, Issue } from '../model/graph';
import type { RecipeChange } from '../quant/change';
import type { Border, Recipe } from '../quant/types';
import type { Budget } from '../run/dial';
import type { Doctor } from '../run/doctor';
import type { Repair } from '../run/findings';
import type { PendingFigure, Run, RunUpdate } from '../run/types';
import type { Verification } from '../run/verification';
import type { WhatIf } from '../run/whatIf';
import type { Trials } from './data/trials';
import type { TrainingCheckpoint, TrainingUpdate } from './train/types';

export interface Progress {
  /** "Calibrating: sample 40 of 200" */
  readonly label: string;
  /** 0…1 over the whole job; phases and their shares belong to the job. */
  readonly fraction: number;
}

/** Result of the import job. `graph` is as imported; `optimized` is what is quantized and measured. */
export interface OpenedModel {
  /** SHA-256 over the files. */
  readonly key: string;
  readonly name: string;
  readonly format: FormatId;
  readonly description: string;
  readonly fileBytes: number;
  readonly graph: Graph;
  readonly optimized: Graph;
  readonly issues: readonly Issue[];
  /** Of a file with several models: their names, the one that was read, and the files, to read another. */
  readonly signatures?: NonNullable<Imported['signatures']> & {
    readonly files: readonly ModelFile[];
  };
  readonly summary: ModelSummary;
}
export interface ModelSummary {
  readonly layers: number;
  readonly params: number;
  readonly macs: number;
  readonly inputs: readonly { name: string; shape: readonly number[]; dtype: string }[];
  readonly outputs: readonly { name: string; shape: readonly number[]; dtype: string }[];
  readonly quantized: boolean;
  readonly unsupported: readonly string[];
  /** Each of them is an operator that Intact computes, with tensors that it doesn't: of a type, sparse, of open size. */
  readonly byTensors?: boolean;
}

/** What the page knows of opened samples; the samples themselves stay in the worker. */
export interface DataReport {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly count: number;
  readonly synthetic: boolean;
  readonly targets: readonly TargetKind[];
  readonly checks: readonly Check[];
  readonly parts?: { readonly training: number; readonly evaluation: number };
  readonly roles: readonly RoleSummary[];
  /** What the model answered meanwhile: handed to the jobs that open the same samples. */
  readonly trials?: Trials;
}

/** Arguments of every job that runs a model on samples. */
export interface SamplesRequest {
  readonly source: DataSource;
  readonly roles: RoleOptions;
  /** Of the report, so that nothing is tried twice; those of another request count for nothing. */
  readonly trials?: Trials;
}

export interface QuantizeRequest {
  readonly model: OpenedModel;
  /** Steps (training, repair) may start from another run's float graph; undefined: from the model. */
  readonly from?: Pick<Run, 'id' | 'made'>;
  readonly samples: SamplesRequest;
  readonly recipe: Recipe;
  /** The fix that the recipe came from. */
  readonly repair?: Repair;
  /** Of this very request, broken off: its training goes on from here. */
  readonly resume?: TrainingCheckpoint;
  /** The training ends at that checkpoint: what it had becomes the run. */
  readonly keepAsIs?: boolean;
  readonly measure: Readonly<Record<Exclude<PendingFigure, 'score'>, boolean>>;
  /** Of each layer's effect on the score; default: what a stated amount of work allows. */
  readonly sensitivitySamples?: SampleCount;
}
export interface WhatIfRequest {
  readonly run: {
    readonly id: string;
    readonly made: Pick<Run['made'], 'graph' | 'recipe' | 'plan' | 'stats' | 'samples'>;
  };
  readonly samples: SamplesRequest;
  /** An empty one only makes ready. */
  readonly change: RecipeChange;
}
/** Evaluation samples. */
export type SampleCount = number | 'all';
export interface EvaluateRequest {
  readonly model: OpenedModel;
  readonly samples: SamplesRequest;
  readonly measure: { readonly latency: boolean };
}

export interface DialRequest {
  readonly model: OpenedModel;
  /** What it has of a dial already is not measured again. */
  readonly run: Run;
  readonly samples: SamplesRequest;
  /** What is looked for; undefined: the whole curve. */
  readonly budget?: Budget;
  /** Every layer is timed at each precision. */
  readonly latency: boolean;
}

/** Who answers samples: the faster one of those that compute the same, or as the user says. */
export type BackendChoice = 'auto' | 'wasm' | 'webgpu';

/** What a job says meanwhile. `P`: what it sends before its result. */
export interface JobEvents<P = never> {
  progress(progress: Progress): void;
  partial?(update: P): void;
  /** Files are being read: the sample or set; undefined when it is done. Silence after it means that a reader hangs. */
  reading?: Reading;
}
/** Cooperative stop: the job ends at its next step's border and resolves with what it has. Cancel ends its worker. */
export interface StopFlag {
  /** Put down again by a phase that ends early for it and leaves the job to go on with what it has. */
  stopped: boolean;
  /** The job waits at its next step's border until this is no longer so. */
  readonly paused?: boolean;
}

/** The run as it grows; before it, how its training stands. */
export type QuantizeUpdate = RunUpdate | TrainingUpdate;

/** One line a job: arguments, result, and what it sends meanwhile. */
export interface JobTable {
  openModel: {
    args: { files: readonly ModelFile[]; signature?: string };
    result: OpenedModel;
    partial: never;
  };
  openData: {
    args: { model: OpenedModel; samples: SamplesRequest };
    result: DataReport;
    partial: never;
  };
  preview: {
    /** Of what is open, or of the samples that a run was made on, found by their key. */
    args: { samples: SamplesRequest; indices: readonly number[] } & (
      { model: OpenedModel } | { made: Pick<Run['made'], 'graph' | 'samples' | 'splits'> }
    );
    result: readonly SamplePreview[];
    partial: never;
  };
  quantize: { args: QuantizeRequest; result: Run; partial: QuantizeUpdate };
  /** The model as it is, float or quantized elsewhere, as a run. */
  evaluate: { args: EvaluateRequest; result: Run; partial: RunUpdate };
  /** Each layer's effect on the score of a finished run, on more samples than it was measured on. */
  sensitivity: {
    args: { run: Run; samples: SamplesRequest; count: SampleCount };
    result: Run;
    partial: RunUpdate;
  };
  /** Mixed precision: what each layer alone costs, and mixtures measured as wholes, in `figures.dial` of the run. */
  dial: { args: DialRequest; result: Run; partial: RunUpdate };
  /** All layers but one quantized, for each; and the whole model with weights alone, and activations alone, quantized. */
  spare: {
    args: { run: Run; samples: SamplesRequest; count?: SampleCount };
    result: Run;
    partial: RunUpdate;
  };
  /** Which calibration samples set the ranges of a run, and what they are without them. */
  doctor: {
    args: { run: Pick<Run, 'id' | 'made'>; samples: SamplesRequest };
    result: Doctor;
    partial: never;
  };
  /** A change of one layer of a run, on some samples; what the change doesn't reach is kept for the next. */
  whatIf: {
    args: WhatIfRequest;
    result: WhatIf;
    partial: never;
  };
  /** Bytes of the .tflite of a run; needs nothing but the run. */
  exportRun: {
    /** 'float': the float model as the recipe's steps left it, trained weights and all. */
    args: { made: Run['made']; border: Border | 'float' };
    result: Uint8Array;
    partial: never;
  };
  verify: {
    args: { made: Run['made']; samples: SamplesRequest };
    result: Verification;
    partial: never;
  };
  /** One sample through a run: its outputs, and what one layer (a node of the converted graph) makes of it. */
  activations: {
    args: {
      made: Pick<Run['made'], 'graph' | 'converted' | 'samples' | 'splits'>;
      samples: SamplesRequest;
      index: number;
      layer?: string;
    };
    result: SampleActivations;
    partial: never;
  };
}
export type JobName = keyof JobTable;
/** Real numbers, whatever the tensors' types. At most a million of each. */
export interface SampleActivations {
  readonly outputs: readonly NamedValues[];
  /** Absent where the run has no such layer, or its output is not computed on its own. */
  readonly activation?: Omit<NamedValues, 'name'>;
}
export interface NamedValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
/** `lane`: jobs of one lane run after each other in one worker; lanes run beside each other. */
export type Lane = 'main' | 'side' | 'long';
export const lanes: { readonly [N in JobName]: Lane } = {
  openModel: 'main',
  openData: 'main',
  preview: 'main',
  exportRun: 'main',
  verify: 'side',
  activations: 'side',
  quantize: 'long',
  sensitivity: 'long',
  dial: 'long',
  spare: 'long',
  doctor: 'long',
  whatIf: 'side',
  evaluate: 'long',
};

export type { Border, TrainingCheckpoint, TrainingUpdate, Verification };
