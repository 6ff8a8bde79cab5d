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
 * How an op is int8: `range` its output has a range of its own; `same` every float input and output
 * shares one scale and zero point; `fixed` the kernel prescribes the output's.
 */
export type Int8Rule =
  | { readonly output: 'range' | 'same' }
  | { readonly output: 'fixed'; readonly scale: number; readonly zeroPoint: number };

/** What a runtime takes. The plan asks it; it decides nothing by itself. */
export interface Target {
  readonly id: string;
  readonly label: string;
  /** Ops with an int8 kernel. */
  readonly int8: Readonly<Partial<Record<OpName, Int8Rule>>>;
  /** Ops with int8 weights between float tensors, activations quantized per run. */
  readonly dynamic: ReadonlySet<OpName>;
  readonly weights: Readonly<Partial<Record<OpName, WeightLayout>>>;
  /** Ops that hand out rows of a table, and the input position of the table. */
  readonly tables: Readonly<Partial<Record<OpName, number>>>;
  /** Ops that read the shape only, so that any type will do. */
  readonly anyType: ReadonlySet<OpName>;
}
