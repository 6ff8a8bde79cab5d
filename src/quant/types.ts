/**
 * Contracts of the quantizer: recipe → stats → plan → int8 graph.
 * Deciding (plan) never edits a graph; editing (convert) never decides.
 */
import type { DType, Graph, Tensor } from '../model/graph';

/** Runs a graph on one sample; `tap` sees every value. Handed in by the caller: quant knows no engine. */
export type Runner = (
  feeds: readonly Tensor[],
  tap?: (valueIndex: number, tensor: Tensor) => void,
) => Promise<readonly Tensor[]>;

// ── Recipe ─────────────────────────────────────────────────────────────────────────────────────

/** LiteRT Quantizer's (ai-edge-quantizer) JSON, key for key, so that its files are read and written as they are. */
export interface TensorConfig {
  readonly num_bits: number;
  readonly symmetric: boolean;
  readonly granularity: 'TENSORWISE' | 'CHANNELWISE';
  readonly dtype: 'INT' | 'FLOAT';
}
export interface OpConfig {
  readonly activation_tensor_config?: TensorConfig;
  readonly weight_tensor_config?: TensorConfig;
  readonly compute_precision: 'INTEGER' | 'FLOAT';
  readonly explicit_dequantize: boolean;
  readonly skip_checks?: boolean;
  readonly min_weight_elements?: number;
}
export interface RecipeRule {
  /** Regular expression tested against the node's name (LiteRT: the op's output tensor names). */
  readonly regex: string;
  /** TFLite op name, "*" for all. */
  readonly operation: string;
  readonly algorithm_key: 'min_max_uniform_quantize' | 'float_casting' | 'no_quantize';
  readonly op_config: OpConfig;
}

export type Calibration =
  | { readonly method: 'minmax' }
  /** Exponential moving average of per-sample extremes; `decay` e.g. 0.9 (arXiv 1712.05877 §3). */
  | { readonly method: 'moving-average'; readonly decay: number }
  /** Keeps this per cent of the values of each tensor, e.g. 99.99. */
  | { readonly method: 'percentile'; readonly percentile: number };

export type SchemeId = 'float16' | 'dynamic' | 'int8' | 'int8-per-tensor';

/** Everything that decides a result, seed included. Later rules win. */
export interface Recipe {
  readonly name: string;
  readonly scheme: SchemeId | 'custom';
  readonly rules: readonly RecipeRule[];
  readonly calibration: Calibration;
  /** Tensors at the model's border. int8 only where the scheme quantizes activations. */
  readonly io: 'int8' | 'float32';
  readonly seed: number;
}

// ── Stats ──────────────────────────────────────────────────────────────────────────────────────

/** What calibration saw of one activation value, over all calibration samples. */
export interface ValueStats {
  /** Range chosen by the calibration method; what the plan uses. */
  readonly min: number;
  readonly max: number;
  /** Smallest and largest value seen. */
  readonly seenMin: number;
  readonly seenMax: number;
  readonly mean: number;
  readonly std: number;
  /** Counts over equal bins from seenMin to seenMax; of a part of the values where they are many. */
  readonly histogram: Float64Array;
  /** Indices (into the calibration set) of the samples that set seenMin and seenMax. */
  readonly minSample: number;
  readonly maxSample: number;
}
export interface Stats {
  readonly samples: number;
  readonly calibration: Calibration;
  /** By value name. */
  readonly values: Readonly<Record<string, ValueStats>>;
}

// ── Plan ───────────────────────────────────────────────────────────────────────────────────────

/** How a node computes in the converted graph. */
export type NodeScheme = 'float32' | 'float16' | 'dynamic' | 'int8' | 'weight-only';

export interface NodePlan {
  readonly scheme: NodeScheme;
  /** In words: which rule, or why it stays float. */
  readonly why: string;
}
export interface ValuePlan {
  readonly dtype: DType;
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly axis: number;
  /** "min-max of 200 samples: [-1.2, 6]", "same as input (MAX_POOL_2D)", "fixed by SOFTMAX: 1/256" */
  readonly why: string;
}
export interface Plan {
  /** By node name. */
  readonly nodes: Readonly<Record<string, NodePlan>>;
  /** By value name: quantized activations, weights and biases. */
  readonly values: Readonly<Record<string, ValuePlan>>;
  readonly io: 'int8' | 'float32';
}

// ── Functions of this room (signatures that others build on) ──────────────────────────────────
//   stockRecipe(scheme: SchemeId, options?: { calibration?, io?, seed? }): Recipe            recipe.ts
//   withOverrides(recipe, overrides: Record<nodeName, 'int8' | 'float'>): Recipe             recipe.ts
//   readRecipeJson(text) / writeRecipeJson(recipe)   LiteRT Quantizer's form                   recipe.ts
//   calibrate(graph, run, samples, calibration, onSample?): Promise<Stats>                   stats.ts
//   plan(graph, recipe, stats?): Plan      (stats needed only when activations are quantized) plan.ts
//   convert(graph, plan): Graph                                                              convert.ts
//   quantizeTensor / dequantizeTensor                                                        affine.ts
// and in model/passes/optimize.ts: optimize(graph): { graph: Graph; issues: Issue[] }
//   (folds constants and BatchNorm, fuses activations; issues say what was not folded, and why)
export type Convert = (graph: Graph, plan: Plan) => Graph;
