/** What the page asks of the workers, and what comes back. Plain data only: it crosses a thread border. */
import type { LayerDetail, LayerResult, Score } from '../analysis/types';
import type { Dataset, Preprocessing, Split } from '../data/types';
import type { FormatId, ModelFile } from '../formats/format';
import type { Graph, Issue } from '../model/graph';
import type { Calibration, Plan, Recipe, SchemeId, Stats } from '../quant/types';

export interface Progress {
  /** "Calibrating: sample 40 of 200" */
  readonly label: string;
  /** 0…1 over the whole job. */
  readonly fraction: number;
}

/** Result of the import job. `graph` is as imported; `optimized` is what is quantized and measured. */
export interface OpenedModel {
  readonly name: string;
  readonly format: FormatId;
  readonly description: string;
  readonly fileBytes: number;
  readonly graph: Graph;
  readonly optimized: Graph;
  readonly issues: readonly Issue[];
  readonly summary: ModelSummary;
}
export interface ModelSummary {
  readonly layers: number;
  readonly params: number;
  readonly macs: number;
  readonly inputs: readonly { name: string; shape: readonly number[]; dtype: string }[];
  readonly outputs: readonly { name: string; shape: readonly number[]; dtype: string }[];
  /** Already holds integer activations: it can be inspected, run and verified, not quantized again. */
  readonly quantized: boolean;
  /** Names of what cannot run; empty = runnable. */
  readonly unsupported: readonly string[];
}

/** The samples as the network gets them; arguments of every job that runs a model. */
export interface Samples {
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  readonly split: Split;
}

export interface QuantizeRequest {
  readonly model: OpenedModel;
  readonly samples: Samples;
  readonly recipe: Recipe;
  /** Which measurements to do after scores, sizes and accumulated error, which always run. */
  readonly measure: {
    readonly isolated: boolean;
    readonly latency: boolean;
    readonly sensitivity: boolean;
  };
}

/** One finished or growing run: immutable; a growing one is replaced by its successor. */
export interface Run {
  readonly id: string;
  readonly createdAt: number;
  readonly modelName: string;
  readonly recipe: Recipe;
  readonly stats?: Stats;
  readonly plan: Plan;
  /** The converted graph; what Export writes. */
  readonly graph: Graph;
  readonly floatScore: Score;
  readonly score: Score;
  /** Agreement with float (top-1) or SQNR of the output, always present beside an accuracy. */
  readonly agreement: Score;
  /** Bytes of the exported .tflite, and of the float one. */
  readonly fileBytes: number;
  readonly floatFileBytes: number;
  readonly msFloat?: number;
  readonly msQuantized?: number;
  /** Picojoules per inference by the model of analysis/cost.ts. */
  readonly energyFloat: number;
  readonly energyQuantized: number;
  readonly layers: readonly LayerResult[];
  /** By layer id. */
  readonly details: Readonly<Record<string, LayerDetail>>;
  readonly issues: readonly Issue[];
  /** Backend label that made the figures: "WASM relaxed SIMD, 1 thread". */
  readonly engine: string;
  readonly samples: {
    readonly calibration: number;
    readonly evaluation: number;
    readonly synthetic: boolean;
    /** Evaluation samples on which each layer alone was measured. */
    readonly alone?: number;
  };
  /** Measurements still under way; empty when finished. */
  readonly pending: readonly string[];
}

export interface ChosenPreprocessing {
  readonly preprocessing: Preprocessing;
  /** Accuracy in per cent of every range that was tried; empty where nothing could be tried. */
  readonly tried: readonly {
    readonly preset: Preprocessing['preset'];
    readonly accuracy: number;
  }[];
  readonly samples?: number;
}

export interface Evaluation {
  readonly score: Score;
  /** Mean milliseconds per sample, preprocessing included. */
  readonly ms: number;
  readonly engine: string;
}

export interface Verification {
  readonly runtime: string;
  readonly samples: number;
  /** Samples whose every output element is identical. */
  readonly identical: number;
  readonly largestDifference: number;
  /** Largest difference in units of the output scale, where the output was quantized. */
  readonly largestSteps?: number;
}

/** Callbacks cross the thread border as comlink proxies. */
export interface JobEvents {
  progress(progress: Progress): void;
  /** Quantize only: the run so far. First when the table and charts can be drawn, then as figures come in. */
  partial?(run: Run): void;
}

/** The worker's surface: plain async functions, called through comlink in the page and directly in node. */
export interface Jobs {
  openModel(files: readonly ModelFile[], events: JobEvents): Promise<OpenedModel>;
  readData(
    files: readonly ModelFile[],
    inputShape: readonly number[],
    events: JobEvents,
  ): Promise<Dataset>;
  /** The value range that fits the model: tried on labelled bytes, else the usual one. */
  choosePreprocessing(
    model: OpenedModel,
    dataset: Dataset,
    events: JobEvents,
  ): Promise<ChosenPreprocessing>;
  syntheticData(inputShape: readonly number[], count: number, seed: number): Promise<Dataset>;
  quantize(request: QuantizeRequest, events: JobEvents): Promise<Run>;
  /** The model as it is, float or quantized, on the evaluation samples. */
  evaluate(model: OpenedModel, samples: Samples, events: JobEvents): Promise<Evaluation>;
  /** Bytes of the .tflite of this run, with int8 or float32 tensors at the border. */
  exportTflite(model: OpenedModel, run: Run, io: 'int8' | 'float32'): Promise<Uint8Array>;
  /** Runs the export (float32 border) in LiteRT.js on the evaluation samples, against our engine. */
  verify(model: OpenedModel, run: Run, samples: Samples, events: JobEvents): Promise<Verification>;
}

export type { Calibration, Dataset, Graph, Preprocessing, SchemeId, Split };
