/**
 * Contracts of the quantizer: recipe → stats → plan → int8 graph.
 * Deciding (plan) never edits a graph; editing (convert) never decides.
 */
import type { DType, Tensor } from '../model/graph';
import type { Calibration } from './observers';
import type { RepairStep } from './repairSteps';
import type { TargetId } from './targets';
import type { SchemeId } from './stockSchemes';
import type { TrainOptions } from './training';
import type { Why } from './why';

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
  /** MSE and OCTAV choose scales of weights at least squared error (weightScales.ts); activations alike. */
  readonly algorithm_key:
    'min_max_uniform_quantize' | 'MSE' | 'OCTAV' | 'float_casting' | 'no_quantize';
  readonly op_config: OpConfig;
}

export type { Calibration, CalibrationMethod } from './observers';
export type { TargetId } from './targets';

export type { SchemeId } from './stockSchemes';

/** How the range of one layer's output is chosen. */
export type RangeChoice =
  Calibration | { readonly method: 'given'; readonly min: number; readonly max: number };

/** Type of the tensors at the model's border. An integer one is that of the plan where only one is possible. */
export type Border = 'int8' | 'int16' | 'float32';

/** Everything that decides a result, but for the samples. Later rules win. */
export interface Recipe {
  readonly name: string;
  readonly scheme: SchemeId | 'custom';
  /** The runtime that the model is made for: what it takes, and how it rounds (targets/). */
  readonly target: TargetId;
  readonly rules: readonly RecipeRule[];
  readonly calibration: Calibration;
  /** Of single layers (or inputs), by name of node or input: another method, or a range that is given. */
  readonly ranges?: Readonly<Record<string, RangeChoice>>;
  /** Keys of samples that are left out of calibration. */
  readonly leaveOut?: readonly string[];
  /** Tensors at the model's border. Integers only where a rule quantizes activations. */
  readonly io: Border;
  /** In order. */
  readonly steps: readonly Step[];
}

/**
 * What changes the float graph, or how it is rounded, before the plan is carried out. Each with its
 * own parameters and, where it chooses at random, its own seed.
 */
export type Step = TrainStep | RepairStep;

/**
 * Quantization-aware training (train/). What `options` leaves out is recommended from the model, the
 * plan and the samples; the recipe of a run that was trained has them all.
 */
export interface TrainStep {
  readonly kind: 'train';
  /** Of the order of samples, their augmentation and everything else that training draws. */
  readonly seed: number;
  readonly options: Partial<Omit<TrainOptions, 'seed'>>;
  /** Training samples at most, the first of that role. Default: all. */
  readonly samples?: number;
  /** The control: the float model is trained as long on the same batches, and then quantized. */
  readonly control?: boolean;
}
export type { TrainOptions } from './training';
export type { RepairStep } from './repairSteps';

// ── Stats ──────────────────────────────────────────────────────────────────────────────────────

/** What calibration saw of one activation value, over all calibration samples. */
export interface ValueStats {
  /** Range chosen by the calibration method; what the plan uses. */
  readonly min: number;
  readonly max: number;
  /** The same for a grid of 16 bits, where the method's choice depends on it. */
  readonly wide?: { readonly min: number; readonly max: number };
  /** How it was chosen, where not as `Stats.calibration` says. */
  readonly choice?: RangeChoice;
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
  /** How far the extremes of two halves of the samples are apart, as a part of the range. */
  readonly halves?: number;
}
export type { Why, WhyCode } from './why';

export interface Stats {
  readonly samples: number;
  readonly calibration: Calibration;
  /** By value name. */
  readonly values: Readonly<Record<string, ValueStats>>;
}

// ── Plan ───────────────────────────────────────────────────────────────────────────────────────

/** How a node computes in the converted graph: `int8` and `int16` by its activations, also with int4 weights, which ValuePlan tells. */
export type NodeScheme = 'float32' | 'float16' | 'dynamic' | 'int8' | 'int16' | 'weight-only';

export interface NodePlan {
  readonly scheme: NodeScheme;
  /** Which rule, or why it stays float; words.ts says it. */
  readonly why: Why;
}
export interface ValuePlan {
  readonly dtype: DType;
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly axis: number;
  /** Where scale and zero point come from; words.ts says it. */
  readonly why: Why;
  /**
   * Of a constant: its integers in the order of its data, where they aren't the nearest (rounded.ts); of a bias
   * that stays float, the numbers in place of its own.
   */
  readonly rounded?: Int8Array | Int32Array | BigInt64Array | Float32Array;
}
export interface Plan {
  /** Of the recipe: convert and the engine take from it what the runtime does. */
  readonly target: TargetId;
  /** By node name. */
  readonly nodes: Readonly<Record<string, NodePlan>>;
  /**
   * By value name: quantized activations, weights and biases. An activation that is needed in int8 and
   * in int16 has the other form under formKey(value, type).
   */
  readonly values: Readonly<Record<string, ValuePlan>>;
  /** 'float32' where nothing is an integer, and the integer type that is possible, whatever the recipe says. */
  readonly io: Border;
}

// ── Functions of this room (signatures that others build on) ──────────────────────────────────
//   stockRecipe(scheme, options?: { target?, calibration?, io?, steps? }): Recipe            recipe.ts
//   recipeOf(name, scheme, rules, options?): Recipe      a recipe of the user's own rules    recipe.ts
//   schemes, schemeLabel(id), quantizesActivations(id)      the stock ones, as offered   stockSchemes.ts
//   needsCalibration(recipe): boolean                                                        recipe.ts
//   withOverrides(recipe, overrides: Record<nodeName, Override>): Recipe, overridesOf(rules)  recipe.ts
//   namedRecipe(name, options?), recipeNames          LiteRT Quantizer's by name      recipeNames.ts
//   changed(recipe, change): Recipe                a fix of a finding, a step, a sample left out     change.ts
//   readRecipeJson(text, name?, options?) / writeRecipeJson(recipe)   LiteRT Quantizer's form recipe.ts
//   observers, defaultCalibration, calibrationProblem, calibrationLabel, calibrationForms,
//   parseCalibration (shell), readCalibration (JSON)                                observers/index.ts
//   targets, defaultTarget, targetOf(id)                                              targets/index.ts
//   calibrate(graph, run, samples, calibration, onSample?): Promise<Stats>                    stats.ts
//   calibrateAll(…, calibrations, …): Promise<Stats[]>    the same pass, ranges by every method  stats.ts
//   calibrationsOf(recipe), rangesOf(graph, recipe, stats[])       methods of single layers  layerRanges.ts
//   plan(graph, recipe, stats?): Plan      (stats needed only when activations are quantized)  plan.ts
//   bordersOf(graph, plan), withBorder(plan, io)                                             border.ts
//   convert(graph, plan): Graph                                                             convert.ts
//   withRounded(plan, integers), keptRounding, bakedRounding    integers that aren't the nearest   rounded.ts
//   inWords(why), short(why)                                                                  words.ts
//   quantizeTensor / dequantizeTensor                                                        affine.ts
// and in model/passes/optimize.ts: optimize(graph): { graph: Graph; issues: Issue[] }
//   (folds constants and BatchNorm, fuses activations; issues say what was not folded, and why)
