/**
 * What a run is. Types only: storage, jobs, comparison, report and findings speak of runs in these terms.
 * `made` is settled when the run is made, sent once and never changed; `figures` grow as they are measured.
 */
import type { Check, RoleSummary } from '../data/samples';
import type { Graph, Issue } from '../model/graph';
import type { Split } from '../quant/repair';
import type { NodeScheme, Plan, Recipe, Stats, Step, Why } from '../quant/types';
import type { LayerDetail } from './details';
import type { Dial } from './dial';
import type { Energy, Score, TensorError } from './figures';
import type { Evidence, Finding, Repair } from './findings';
import type { Outcome } from './outcome';

/** The model that a run was made from. */
export interface Subject {
  /** Key of the files' content (SHA-256). */
  readonly key: string;
  readonly name: string;
  readonly format: string;
  readonly fileBytes: number;
  /** Of a file with several models: the one that was read. */
  readonly signature?: string;
}

/** The samples that a run was measured on, so that they can be found again and compared by key. */
export interface SamplesRef {
  /** Key of the content and of every choice that alters what the network gets. */
  readonly key: string;
  readonly name: string;
  readonly synthetic: boolean;
  /** Number and key of each role's samples. */
  readonly roles: readonly RoleSummary[];
  /** Draws the roles; absent in runs of before it was kept. */
  readonly seed?: number;
  /** What was proven, asked or assumed of them when the run was made. */
  readonly checks: readonly Check[];
}

/** What a training was, as it stands in the run that it made. */
export interface TrainingLog {
  /** "wasm" */
  readonly backend: string;
  readonly workers: number;
  /** Why so many: "one pass a step: more workers would wait". */
  readonly workersWhy: string;
  /** Loss of steps; every so manieth where they are many. */
  readonly steps: readonly TrainingPoint[];
  readonly epochs: readonly TrainedEpoch[];
  /** The epoch whose weights were taken, and why. */
  readonly chosen: { readonly epoch: number; readonly why: string };
  readonly stopped: 'finished' | 'patience' | 'user';
  readonly frozen: readonly { readonly node: string; readonly why: string }[];
  /** Weights that swung between two integers and were frozen, of all. */
  readonly oscillating: { readonly frozen: number; readonly of: number };
  /** Numbers that were trained. */
  readonly trainable: { readonly weights: number; readonly scales: number };
  /** Samples that it was trained and its epoch chosen with. */
  readonly samples: { readonly training: number; readonly selection: number };
  readonly seconds: number;
  /** What was not carried out as asked, in sentences. */
  readonly notes: readonly string[];
}
export interface TrainingPoint {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
}
export interface TrainedEpoch {
  /** 0: before training. */
  readonly epoch: number;
  /** Mean over the epoch's steps; undefined before training. */
  readonly loss?: number;
  /** Of the integer model on the selection samples: loss, and accuracy in per cent where there are labels. */
  readonly selectionLoss?: number;
  readonly selectionAccuracy?: number;
}

/** Facts of one layer that are known when the run is made. Rows are nodes of the optimized float graph. */
export interface LayerFacts {
  /** Node name: the key in every view. */
  readonly id: string;
  /** Name of the layer that the user knows, and its type. */
  readonly layer: string;
  readonly type: string;
  readonly op: string;
  /** Name of the value that the node makes: the key into stats and plan. */
  readonly output: string;
  readonly outputShape: readonly number[];
  readonly params: number;
  readonly macs: number;
  readonly scheme: NodeScheme;
  readonly why: Why;
  /** Bytes in the exported file: weights + scales + bias of this node. */
  readonly bytesFloat: number;
  readonly bytesQuantized: number;
  readonly energyFloat: Energy;
  readonly energyQuantized: Energy;
}

/** What a step has changed, in sentences. */
export interface Repaired {
  readonly kind: Step['kind'];
  readonly sentences: readonly string[];
}

export interface Made {
  readonly createdAt: number;
  readonly subject: Subject;
  /** Undefined for the model as it is: a float run, or a file that was quantized elsewhere. */
  readonly recipe?: Recipe;
  /** The float graph that the plan was made for: optimized, and changed by the recipe's steps. Equal to `converted` without a recipe. */
  readonly graph: Graph;
  readonly stats?: Stats;
  readonly plan?: Plan;
  /** What Export writes with the recipe's own border. */
  readonly converted: Graph;
  readonly log?: TrainingLog;
  /** The run that a step (training, repair) started from. */
  readonly from?: string;
  /** The fix of a finding that it was made by. */
  readonly repair?: Repair;
  /** What each repairing step of the recipe changed, in their order. */
  readonly repaired?: readonly Repaired[];
  /** Outputs that were split, in this run and those that it started from. */
  readonly splits?: readonly Split[];
  readonly layers: readonly LayerFacts[];
  /** By layer id; drawn by the inspector. */
  readonly details: Readonly<Record<string, LayerDetail>>;
  readonly issues: readonly Issue[];
  readonly samples: SamplesRef;
  /** Engine that made the figures: "WASM relaxed SIMD, 1 thread". */
  readonly engine: string;
}

/** What is measured of one layer; undefined while not measured (yet). */
export interface LayerFigures {
  /** Only this layer quantized, at its own output. */
  readonly isolated?: TensorError;
  /** Whole model quantized, at this layer's output. */
  readonly accumulated?: TensorError;
  /** Of a trained run: SQNR of the integer model to the fake-quantized one that training saw, dB; Infinity where equal. */
  readonly drift?: number;
  /** Score with only this layer quantized minus the float score on the same samples. */
  readonly sensitivity?: number;
  /** Score with all layers but this one quantized minus the score with all of them, on the same samples. */
  readonly spared?: number;
  /** Median ms in this browser, same engine and threads. */
  readonly msFloat?: number;
  readonly msQuantized?: number;
  /** ms of one sample's layer in the quantized graph on WebGPU, where that was chosen. */
  readonly msWebGpu?: number;
}

/** One evaluation sample through one model: enough to compare any two runs sample by sample. */
export interface SampleFigures {
  /** Content key of the sample. */
  readonly key: string;
  readonly index: number;
  /** Per scored output. */
  readonly outputs: readonly SampleAnswer[];
}
export interface SampleAnswer {
  /** Most likely class, where there is one. */
  readonly answer?: number;
  readonly correct?: boolean;
  /** Absolute error, 1 − IoU, or noise power; in the score's own terms. */
  readonly error?: number;
}

/** Where samples were answered whose layers nobody looked at, and why there. What decides a plan is always WASM in float. */
export interface Computed {
  readonly backend: 'wasm' | 'webgpu';
  /** A sentence that begins with the backend: "WASM: measured 3.1 times as fast as WebGPU on this model." */
  readonly why: string;
  /** What was computed in float on the GPU, whose last digits depend on the adapter; absent: nothing. */
  readonly floats?: string;
  /** Why the WASM kernels are those that the engine's label names: "usdot is faster, but …". */
  readonly kernels?: string;
  /** Samples that the GPU answered; absent where it fell back. */
  readonly answered?: number;
  /** A sentence: the GPU was given up in the middle, and the rest computed in WASM. */
  readonly fellBack?: string;
}

/** Figures of a whole model. */
export interface Whole {
  /** One per scored output, in the graph's order. Empty while unknown. */
  readonly scores: readonly Score[];
  /** Bytes of the exported .tflite. */
  readonly fileBytes: number;
  readonly ms?: number;
  /** Picojoules per inference by the 45 nm model. */
  readonly energy: number;
}

/** An output, or a block of columns of one, that quantization has made useless however good the average looks. */
export interface Alarm {
  readonly kind: 'flattened';
  readonly output: string;
  /** Columns [from, to) of the last axis; undefined: the whole output. */
  readonly columns?: readonly [number, number];
  /** The axis that `columns` count along, where it isn't the last. */
  readonly axis?: number;
  /** The operator where it became constant. */
  readonly node: string;
  readonly sentence: string;
}

export interface Figures {
  readonly whole: Whole;
  /** The float model on the same samples, in turn with this one. */
  readonly float: Whole;
  /** Likeness to float, one per output: agreement of the most likely class, or SQNR. */
  readonly likeness: readonly Score[];
  /** By layer id. */
  readonly layers: Readonly<Record<string, LayerFigures>>;
  readonly samples: readonly SampleFigures[];
  /** Float's own answers to the same samples. */
  readonly floatSamples?: readonly SampleFigures[];
  /** Evaluation samples that each was measured on. */
  readonly counts: {
    readonly evaluated: number;
    readonly isolated?: number;
    readonly accumulated?: number;
    /** Runs made before it was measured apart from `isolated` have none: it was on the same samples. */
    readonly sensitivity?: number;
    readonly spared?: number;
    /** Layers whose sensitivity was measured, those that lose most by themselves; absent: all. */
    readonly sensitivityLayers?: number;
  };
  /** The whole model with one half of the quantization, on the same evaluation samples; measured on request. */
  readonly parts?: {
    /** Absent where the recipe leaves that half in float. */
    readonly weightsOnly?: Outcome;
    readonly activationsOnly?: Outcome;
    /** Both. */
    readonly whole: Outcome;
    readonly samples: number;
  };
  readonly alarms: readonly Alarm[];
  readonly evidence?: Evidence;
  /** Worst first. Absent: not looked for (yet). */
  readonly findings?: readonly Finding[];
  /** Mixtures of precisions, measured on samples that choose. */
  readonly dial?: Dial;
  /** Absent in runs of before it was kept. */
  readonly computed?: Computed;
  /** Of a trained run: the fake-quantized model that training saw, beside the integer one. */
  readonly fakeQuant?: {
    /** On the first evaluation samples, and of the integer model on the same ones. */
    readonly scores: readonly Score[];
    readonly integerScores: readonly Score[];
    /** By layer id: SQNR of the integer model to the fake-quantized one, dB; Infinity where equal. */
    readonly drift: Readonly<Record<string, number>>;
    readonly driftSamples: number;
  };
}

export type PendingFigure = 'score' | 'latency' | 'isolated' | 'sensitivity';

/** Immutable; a growing one is replaced by its successor. */
export interface Run {
  readonly id: string;
  readonly made: Made;
  readonly figures: Figures;
  /** Measurements still under way; empty when finished. */
  readonly pending: readonly PendingFigure[];
}

/** A growing run as it crosses the thread border: `made` with the first update only. */
export interface RunUpdate {
  /** Other updates of the same job have one. */
  readonly kind?: undefined;
  readonly id: string;
  readonly made?: Made;
  readonly figures: Figures;
  readonly pending: readonly PendingFigure[];
}

/** A layer's facts and figures joined: what tables, charts and reports show. */
export type LayerRow = LayerFacts & LayerFigures;
