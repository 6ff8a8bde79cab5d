/** What trains, as one flat vector: weights and biases first, then scales. */
import type { ChannelShape } from './arithmetic';

export interface Parameter {
  /** Name of the value; scales: of the value that they belong to. */
  readonly name: string;
  readonly kind: 'weights' | 'bias' | 'slope' | 'weight-scale' | 'scale';
  /** In TF.js' layout. */
  readonly shape: readonly number[];
  /** Place in the flat vector. */
  readonly offset: number;
  readonly size: number;
  readonly channels: ChannelShape;
  readonly initial: Float32Array;
  /** Largest integer of the grid, for weights that have one. */
  readonly levels?: number;
  /** LSQ's gradient scale, 1/√(n·q) (arXiv 1902.08153 §2.2); 1 for weights. */
  readonly factor: number;
}

export interface Layout {
  readonly parameters: readonly Parameter[];
  /** Floats of the flat vector, and of its part before the scales. */
  readonly size: number;
  readonly weightsSize: number;
}

/** Numbers them in order, weights before scales. */
export function layOut(parameters: readonly Omit<Parameter, 'offset'>[]): Layout {
  const isScale = ({ kind }: Omit<Parameter, 'offset'>) =>
    kind === 'scale' || kind === 'weight-scale';
  const sorted = [...parameters.filter((p) => !isScale(p)), ...parameters.filter(isScale)];
  let offset = 0;
  let weightsSize = 0;
  const placed = sorted.map((parameter) => {
    const at = offset;
    offset += parameter.size;
    if (!isScale(parameter)) weightsSize = offset;
    return { ...parameter, offset: at };
  });
  return { parameters: placed, size: offset, weightsSize };
}

export function initialVector({ parameters, size }: Layout): Float32Array {
  const flat = new Float32Array(size);
  for (const { initial, offset } of parameters) flat.set(initial, offset);
  return flat;
}
