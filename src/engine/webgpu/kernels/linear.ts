/** What convolutions and matrix products share: packed weights, and the programs to choose from. */
import type { Stage } from '../stage';
import { stageTable } from '../stage';
import {
  matrixShader,
  matrixUniform,
  shapeName,
  tileOf,
  type MatrixNumbers,
  type MatrixOptions,
  type Operand,
  type Shape,
} from '../shaders/matrix';
import { mostGroups, type Groups, type Program } from '../program';
import type { GpuSite } from './site';

/** Weights of output channels: element k of channel n. */
export interface Weights {
  readonly data: ArrayLike<number>;
  readonly channels: number;
  /** Elements of a channel; in rows of `width`, which lie padded to words in A. */
  readonly depth: number;
  readonly width: number;
}

/** Words of a channel as A has them. */
export function depthWords({ depth, width }: Weights, isFloat: boolean): number {
  return isFloat ? depth : (depth / width) * Math.ceil(width / 4);
}

/** [steps along K][columns] of vec4: 16 int8 or 4 float32 each, zeros where nothing is. */
export function packWeights(weights: Weights, isFloat: boolean): ArrayBufferView<ArrayBuffer> {
  const { data, channels, depth, width } = weights;
  const steps = Math.ceil(depthWords(weights, isFloat) / 4);
  const columns = isFloat ? channels : Math.ceil(channels / 4) * 4;
  const perStep = isFloat ? 4 : 16;
  const padded = isFloat ? width : Math.ceil(width / 4) * 4;
  const packed = isFloat
    ? new Float32Array(steps * columns * 4)
    : new Int8Array(steps * columns * 16);
  const place = new Int32Array(depth);
  for (let k = 0; k < depth; k++) {
    const at = Math.floor(k / width) * padded + (k % width);
    place[k] = Math.floor(at / perStep) * columns * perStep + (at % perStep);
  }
  for (let n = 0; n < channels; n++) {
    const from = n * depth;
    const to = n * perStep;
    for (let k = 0; k < depth; k++) packed[place[k]! + to] = data[from + k]!;
  }
  return packed;
}

/** bias − zero · Σ w, so that the kernel sums what is stored. */
export function biasesOf(
  { data, channels, depth }: Weights,
  bias: ArrayLike<number> | undefined,
  inputZero: number,
): Int32Array {
  return Int32Array.from({ length: channels }, (_, n) => {
    let sum = 0;
    for (let k = n * depth; k < (n + 1) * depth; k++) sum += data[k]!;
    return ((bias?.[n] ?? 0) - inputZero * sum) | 0;
  });
}

const directs: readonly Shape[] = [
  { kind: 'direct', columns: 16, rows: 4, slices: 4 },
  { kind: 'direct', columns: 8, rows: 4, slices: 8 },
  { kind: 'direct', columns: 8, rows: 2, slices: 16 },
];
const tileOfK = (steps: number): Shape => ({ kind: 'tile', steps: steps <= 2 ? 2 : 4 });

const small: readonly Shape[] = [{ kind: 'direct', columns: 4, rows: 4, slices: 1 }];
const every: readonly Shape[] = [{ kind: 'row' }, ...small, ...directs, tileOfK(2), tileOfK(4)];

/**
 * Shapes worth trying, the likeliest first. Cut-overs as measured on 132 multiprocessors: tiles pay from
 * about five a multiprocessor, splitting K below; the choice itself is measured (tune.ts).
 */
export function shapesFor(rows: number, columns: number, steps: number): readonly Shape[] {
  if (rows === 1) return [{ kind: 'row' }, directs[2]!];
  const tiles = Math.ceil(rows / 64) * Math.ceil(columns / 64);
  const own = tileOfK(steps);
  if (tiles >= 512) return [own, directs[0]!];
  if (rows <= 64) return [directs[2]!, directs[1]!];
  return tiles >= 48 ? [directs[0]!, own, directs[1]!] : [directs[1]!, directs[0]!, directs[2]!];
}

export interface Linear {
  readonly label: string;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly operand: Operand;
  readonly numbers: Omit<MatrixNumbers, 'zero' | 'low' | 'high'>;
  /** Rows of one sample. */
  readonly rowsOfSample: number;
  readonly weights: Weights;
  readonly stage:
    | { readonly kind: 'int8'; readonly stage: Stage; readonly biases: ArrayLike<number> }
    | {
        readonly kind: 'float32';
        readonly low: number;
        readonly high: number;
        readonly biases: ArrayLike<number> | undefined;
      };
}

/** The same product in every shape worth trying. */
export function linearPrograms(
  linear: Linear,
  { abilities: { arithmetic }, shapes }: Pick<GpuSite, 'abilities' | 'shapes'>,
): readonly Program[] {
  const { numbers, rowsOfSample, stage, weights, operand, label } = linear;
  const isFloat = stage.kind === 'float32';
  const table = isFloat
    ? Float32Array.from({ length: weights.channels }, (_, n) => stage.biases?.[n] ?? 0)
    : stageTable(stage.stage, stage.biases);
  const constants = [packWeights(weights, isFloat), table];
  const own = isFloat ? undefined : stage.stage;
  const uniform = matrixUniform({
    ...numbers,
    ...{ zero: own?.zeroPoint ?? 0, low: own?.low ?? 0, high: own?.high ?? 0 },
  });
  const { rows, columns, steps } = numbers;
  const tried = shapes ? { every, small }[shapes] : shapesFor(rows, columns, steps);
  return tried.map((shape): Program => {
    const options: MatrixOptions = {
      shape,
      operand,
      arithmetic: isFloat ? 'float32' : arithmetic,
      stage: isFloat ? stage : { kind: 'int8', mode: stage.stage.mode },
    };
    const tile = tileOf(shape);
    return {
      family: 'matrix',
      name: `${label} ${isFloat ? 'float32' : 'int8'} ${shapeName(shape)}`,
      code: matrixShader(options),
      reads: linear.reads,
      writes: linear.writes,
      constants,
      uniform,
      groups: (samples): Groups => {
        const down = Math.ceil((samples * rowsOfSample) / tile.rows);
        return [
          Math.ceil(numbers.columns / tile.columns),
          Math.min(down, mostGroups),
          Math.ceil(down / mostGroups),
        ];
      },
    };
  });
}
