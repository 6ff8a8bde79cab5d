/**
 * Reasons of the plan, as data: a code and its parameters. words.ts turns them into sentences, nothing
 * else does. Codes stand in stored runs and reports: they are added to, never renamed.
 */
import type { DType } from '../model/graph';
import type { OpName } from '../model/ops';
import type { CalibrationMethod } from './observers';

/** The rule that decided, counted from 1; its regex and operation as they stand in the recipe. */
export interface ByRule {
  readonly rule: number;
  readonly regex: string;
  readonly operation: string;
}

/** Default: the activations are int8. */
interface Wide {
  readonly activations?: 'int16';
}
type Grain = 'per-channel' | 'per-tensor';
interface AtNode {
  readonly op: OpName;
  readonly node: string;
}
interface WeightChoice {
  /** Default: 8. */
  readonly bits?: 4;
  /** Default: from the largest magnitude. */
  readonly range?: 'mse' | 'octav';
}
type Nothing = Readonly<Record<never, never>>;

/** Every code with its parameters. */
export interface WhyParams {
  // Nodes: which rule, or why it stays float.
  'no-rule': Nothing;
  'float-by-rule': ByRule;
  'float16-constants': ByRule;
  'no-float-constants': Nothing;
  'no-int8-kernel': { readonly target: string; readonly op: OpName };
  'no-int16-kernel': { readonly target: string; readonly op: OpName };
  'no-float-input': Nothing;
  'output-not-float': { readonly dtype: DType };
  'activation-not-int8': { readonly activation: string } & Wide;
  'activation-not-int8-of': { readonly op: OpName; readonly activation: string } & Wide;
  'weights-not-constant': Nothing;
  'bias-not-constant': Nothing;
  'no-weights': Nothing;
  'too-few-weights': ByRule & { readonly elements: number; readonly least: number };
  int8: ByRule;
  int16: ByRule;
  'int8-weights': ByRule & { readonly granularity: Grain } & Wide;
  'int4-weights': ByRule & { readonly granularity: Grain } & Wide;
  /** The recipe asks for 4-bit weights, which the target doesn't take in this op. */
  'no-int4-kernel': ByRule & {
    readonly granularity: Grain;
    readonly target: string;
    readonly op: OpName;
  } & Wide;
  'int8-table': ByRule;
  dynamic: ByRule & { readonly granularity: Grain; readonly bits?: 4 };
  /** The rule asks for per-channel weights, which the target doesn't take in this op and scheme. */
  'per-tensor-only': ByRule & {
    readonly scheme: 'int8' | 'int16' | 'dynamic';
    readonly target: string;
    readonly op: OpName;
  };
  'weight-only': ByRule & { readonly granularity: Grain; readonly bits?: 4 };
  'no-dynamic-kernel': {
    readonly bits?: 4;
    readonly granularity: Grain;
    readonly target: string;
    readonly op: OpName;
  };
  // Values: where scale and zero point come from.
  calibrated: {
    /** Observer's id, and its number where it takes one. */
    readonly method: CalibrationMethod;
    readonly parameter?: number;
    readonly samples: number;
    readonly min: number;
    readonly max: number;
  };
  /** By the recipe, for this layer. */
  'given-range': { readonly min: number; readonly max: number };
  /** One range for all inputs of an op. */
  tied: AtNode & { readonly min: number; readonly max: number };
  'same-as': { readonly value: string };
  /** An op with several inputs imposes the parameters of its result. */
  'same-as-imposed': AtNode & { readonly value: string };
  'fixed-by-op': { readonly op: OpName; readonly scale: number; readonly zeroPoint: number };
  'range-of-table': AtNode;
  'range-of-constant': Nothing;
  'same-as-output': AtNode;
  'stored-float16': Nothing;
  'weights-per-channel': WeightChoice & { readonly channels: number };
  'weights-per-tensor': WeightChoice & { readonly elements: number };
  'input-scale-times-weight-scale': Nothing;
  /** A float bias, moved by the mean error of its layer. */
  corrected: Nothing;
  /** Has no int8 form. */
  'not-quantized': Nothing;
  /** Of a run that was stored before reasons had codes. */
  recorded: { readonly text: string };
}
export type WhyCode = keyof WhyParams;

/** Discriminated on `code`, so that `params` narrows. */
export type Why = {
  [C in WhyCode]: { readonly code: C; readonly params: WhyParams[C] };
}[WhyCode];

export function why<C extends WhyCode>(code: C, params: WhyParams[C]): Why {
  return { code, params } as Why;
}
