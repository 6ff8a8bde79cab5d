/**
 * What a target is: what a runtime takes and how it computes. The plan asks it; it decides nothing by
 * itself. Lists move with the runtime's versions, so each says where it is from and of when.
 */
import type { Rounding } from '../../model/graph';
import type { OpName } from '../../model/ops';

/** Where a linear op keeps its constants. */
export interface WeightLayout {
  /** Input positions; `bias` may be absent in a node. */
  readonly data: number;
  readonly weights: number;
  readonly bias: number;
  /** Axis of the weights that has one scale per output channel. */
  readonly axis: number;
}

/**
 * How an op is computed in integers: `range` its output has a range of its own; `same` every float input and output
 * shares one scale and zero point; `fixed` the kernel prescribes the output's.
 */
export type IntegerRule =
  | { readonly output: 'range' | 'same' }
  | { readonly output: 'fixed'; readonly scale: number; readonly zeroPoint: number };

/**
 * Weights with one scale per output channel. `stock`: stock recipes ask for them. `on-request`: the
 * target runs them, but only a recipe's own rule asks. An op that is not listed has one scale.
 */
export type PerChannel = Readonly<Partial<Record<OpName, 'stock' | 'on-request'>>>;

/** Types of quantized activations; each has a table of ops in a target. */
export const integerTypes = ['int8', 'int16'] as const;
export type IntegerType = (typeof integerTypes)[number];

/** True for the schemes that are named after their activations' type. */
export const isIntegerType = (scheme: string | undefined): scheme is IntegerType =>
  scheme === 'int8' || scheme === 'int16';

export interface Target<Id extends string = string> {
  /** Stands in recipes and plans: never changes. */
  readonly id: Id;
  readonly label: string;
  /** One line: who has it. */
  readonly note: string;
  /** Where the lists are from, the version they hold for, and when they were read (YYYY-MM-DD). */
  readonly source: string;
  readonly version: string;
  readonly date: string;
  /** Ops with an int8 kernel. */
  readonly int8: Readonly<Partial<Record<OpName, IntegerRule>>>;
  /** Ops with an int16 kernel: activations int16 with zero point 0, weights int8, bias int64. */
  readonly int16: Readonly<Partial<Record<OpName, IntegerRule>>>;
  /** Ops with int8 weights between float tensors, activations quantized per run. */
  readonly dynamic: ReadonlySet<OpName>;
  readonly weights: Readonly<Partial<Record<OpName, WeightLayout>>>;
  /** Ops with int4 weights, by what stands around them. */
  readonly int4: Readonly<Record<IntegerType | 'dynamic' | 'weight-only', ReadonlySet<OpName>>>;
  readonly perChannel: {
    readonly int8: PerChannel;
    readonly int16: PerChannel;
    readonly dynamic: PerChannel;
  };
  /** Of linear ops, and where their per-channel form differs from it. */
  readonly rounding: {
    readonly usual: Rounding;
    readonly perChannel: Readonly<Partial<Record<OpName, Rounding>>>;
  };
  /** False where TRANSPOSE_CONV can't end in an activation, which then is a node of its own on the same scale. */
  readonly fusesTransposeConv: boolean;
  /** What becomes of an op that the target has no int8 kernel for: it alone runs in float. */
  readonly fallback: 'per-op';
  /** Ops that hand out rows of a table, and the input position of the table. */
  readonly tables: Readonly<Partial<Record<OpName, number>>>;
  /** Ops that read the shape only, so that any type will do. */
  readonly anyType: ReadonlySet<OpName>;
}
