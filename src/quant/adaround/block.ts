/**
 * AdaRound of the layers between two joints together (BRECQ, arXiv 2102.05426; QDrop): the loss is taken
 * behind the last of them, and every layer's weights move at once. A sampled position is a tile of the
 * block's input that holds all that the position sees; the layers between compute what it needs of them.
 */
import { activationOf } from './activations';
import { WORTH } from './adaround';
import { maskOf, streamOf, turns } from './draw';
import type { Rounder } from './module';
import type { AdaRoundOptions, Linear, Positions } from './problem';
import {
  countChanged,
  gradientsFrom,
  hardened,
  lean,
  nearestIntegers,
  outputsInto,
  putFloat,
  putIntegers,
  putSoft,
  softWeights,
  stepBy,
  type SoftWeights,
} from './soft';
import { addColumns, columnsInto, type Window } from './tiles';

export interface BlockLayer extends Linear {
  readonly window: Window;
  /** Grid of its output, where another layer of the block reads it in integers. */
  readonly grid?: {
    readonly scale: number;
    readonly zeroPoint: number;
    readonly low: number;
    readonly high: number;
  };
  /** [position][tile of its output]: 1 in the map, 0 in the border of the next layer. The last has none. */
  readonly inside?: Uint8Array;
}

export interface BlockProblem extends Positions {
  readonly layers: readonly BlockLayer[];
  /** Tiles of the first layer's input, [position][height][width][channels], borders 0: in both models. */
  readonly float: Float32Array;
  readonly quantized: Float32Array;
}

export interface RoundedBlock {
  /** By layer, in the order of its weights. */
  readonly integers: readonly Int8Array[];
  readonly changed: readonly number[];
  /** Mean squared error behind the block on held positions. */
  readonly nearest: number;
  readonly rounded: number;
}

interface Stage {
  readonly layer: BlockLayer;
  readonly soft: SoftWeights;
  /** Rows of one position, and floats of a row. */
  readonly rows: number;
  readonly length: number;
  readonly columns: number;
  readonly outputs: number;
  readonly errors: number;
  readonly back: number;
  /** Behind the activation, on its grid, 0 outside the map: what the next layer reads. */
  readonly made: Float32Array;
  /** Whether a made number lets gradients through. */
  readonly open: Float32Array;
  /** Of each channel: from gradients of h to units of what a whole step costs. */
  readonly unit: Float32Array;
}

/** `starts`: integers of another way, which are kept where the block finds none better. */
export async function adaroundBlock(
  rounder: Rounder,
  problem: BlockProblem,
  options: AdaRoundOptions,
  starts: readonly Int8Array[] | undefined,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<RoundedBlock> {
  rounder.clear();
  const batch = Math.max(4, Math.floor(options.batch / 8) * 4);
  const stages = problem.layers.map((layer) => stageOf(rounder, layer, batch));
  const size = tileSize(problem);
  const all = problem.training + problem.held;
  const last = stages.at(-1)!;
  const channels = last.soft.layout.channels;
  const target = new Float32Array(all * channels);
  const run = (tiles: Float32Array, positions: Int32Array, grid: boolean) => {
    forward(rounder, stages, tiles, positions, grid);
    return last.made;
  };
  /** Calls with batches of positions [from, to); a short last batch is filled up with its first. */
  const eachBatch = (
    from: number,
    to: number,
    visit: (rows: Int32Array, count: number) => void,
  ) => {
    for (let at = from; at < to; at += batch) {
      const count = Math.min(batch, to - at);
      visit(
        Int32Array.from({ length: batch }, (_, i) => at + (i < count ? i : 0)),
        count,
      );
    }
  };
  const gathered = (source: Float32Array, rows: Int32Array) => {
    const tiles = new Float32Array(rows.length * size);
    rows.forEach((row, i) => {
      tiles.set(source.subarray(row * size, (row + 1) * size), i * size);
    });
    return tiles;
  };
  for (const { layer, soft } of stages) putFloat(rounder, layer, soft);
  eachBatch(0, all, (rows, count) => {
    const made = run(gathered(problem.float, rows), rows, false);
    target.set(made.subarray(0, count * channels), rows[0]! * channels);
  });
  const errorOf = (integers: readonly Int8Array[]) => {
    stages.forEach(({ layer, soft }, at) => putIntegers(rounder, layer, soft, integers[at]!));
    const [from, to] = problem.held > 0 ? [problem.training, all] : [0, problem.training];
    let sum = 0;
    eachBatch(from, to, (rows, count) => {
      const made = run(gathered(problem.quantized, rows), rows, true);
      for (let i = 0; i < count * channels; i++)
        sum += (made[i]! - target[rows[0]! * channels + i]!) ** 2;
    });
    return sum / ((to - from) * last.layer.channels);
  };
  const nearest = stages.map(({ layer }) => nearestIntegers(layer));
  const before = errorOf(nearest);
  const next = turns(problem.training, options.seed);
  const rows = new Int32Array(batch);
  units(
    rounder,
    stages,
    () => {
      for (const { layer, soft } of stages) putFloat(rounder, layer, soft);
      next(rows);
      run(gathered(problem.quantized, rows), rows, true);
      return batch;
    },
    options.seed,
  );
  if (starts) stages.forEach(({ layer, soft }, at) => lean(rounder, layer, soft, starts[at]!));
  for (let step = 0; step < options.iterations; step++) {
    if (step % 4 === 0) await between();
    next(rows);
    const tiles = mixed(problem, rows, size, options, step);
    for (const { layer, soft } of stages) putSoft(rounder, layer, soft);
    const made = run(tiles, rows, true);
    const errors = new Float32Array(batch * channels);
    for (let i = 0; i < batch; i++)
      for (let c = 0; c < channels; c++)
        errors[i * channels + c] =
          (made[i * channels + c]! - target[rows[i]! * channels + c]!) / batch;
    backward(rounder, stages, errors, batch);
    for (const { soft, unit } of stages) {
      const { layout } = soft;
      const gradients = rounder.floats(soft.gradients, layout.size);
      scaleChannels(gradients, unit, layout.width);
      stepBy(rounder, soft, options, step);
    }
  }
  const relaxed = stages.map(({ layer, soft }) => hardened(rounder, layer, soft));
  let best = { integers: nearest as readonly Int8Array[], rounded: before };
  for (const integers of [...(starts ? [starts] : []), relaxed]) {
    const rounded = errorOf(integers);
    if (rounded < best.rounded && rounded < before * WORTH) best = { integers, rounded };
  }
  return {
    ...best,
    changed: best.integers.map((integers, at) => countChanged(integers, nearest[at]!)),
    nearest: before,
  };
}

/** [panel][k][width] times the factor of each channel. */
function scaleChannels(numbers: Float32Array, unit: Float32Array, width: number): void {
  const each = (numbers.length / unit.length) * width;
  for (let i = 0; i < numbers.length; i++)
    numbers[i]! *= unit[Math.floor(i / each) * width + (i % width)]!;
}

const tileSize = ({ layers }: BlockProblem): number => {
  const { inHeight, inWidth, inChannels } = layers[0]!.window;
  return inHeight * inWidth * inChannels;
};

export function stageOf(rounder: Rounder, layer: BlockLayer, batch: number): Stage {
  const soft = softWeights(rounder, layer);
  const { channels } = soft.layout;
  const rows = layer.window.height * layer.window.width;
  const length = layer.kind === 'full' ? layer.k : layer.k * channels;
  const all = rows * batch;
  return {
    ...{ layer, soft, rows, length },
    columns: rounder.take(all * length),
    outputs: rounder.take(all * channels),
    errors: rounder.take(all * channels),
    back: rounder.take(all * length),
    made: new Float32Array(all * channels),
    open: new Float32Array(all * channels),
    unit: new Float32Array(channels).fill(1),
  };
}

export function forward(
  rounder: Rounder,
  stages: readonly Stage[],
  tiles: Float32Array,
  positions: Int32Array,
  onGrid: boolean,
): void {
  let from: { numbers: Float32Array; channels: number } = {
    numbers: tiles,
    channels: stages[0]!.layer.window.inChannels,
  };
  for (const stage of stages) {
    const { layer, soft, rows, length, made, open } = stage;
    const { channels } = soft.layout;
    const all = rows * positions.length;
    columnsInto(
      layer,
      from,
      positions.length,
      rounder.floats(stage.columns, all * length),
      channels,
    );
    outputsInto(rounder, layer, soft, stage.columns, stage.outputs, all);
    const outputs = rounder.floats(stage.outputs, all * channels);
    const act = activationOf(layer.activation, layer.alpha);
    const grid = onGrid ? layer.grid : undefined;
    for (let row = 0, at = 0; row < all; row++) {
      const position = positions[Math.floor(row / rows)]!;
      const isIn = !layer.inside || layer.inside[position * rows + (row % rows)] === 1;
      for (let c = 0; c < channels; c++, at++) {
        const x = outputs[at]! + soft.bias[c]!;
        const real = act.of(x);
        const q = grid ? real / grid.scale + grid.zeroPoint : 0;
        const clipped = grid !== undefined && (q < grid.low || q > grid.high);
        made[at] = !isIn
          ? 0
          : grid
            ? (Math.min(grid.high, Math.max(grid.low, Math.round(q))) - grid.zeroPoint) * grid.scale
            : real;
        open[at] = isIn && !clipped ? act.slope(x) : 0;
      }
    }
    from = { numbers: made, channels };
  }
}

/** Gradients of every stage's weights from those behind the block. */
export function backward(
  rounder: Rounder,
  stages: readonly Stage[],
  errors: Float32Array,
  batch: number,
): void {
  let behind = errors;
  for (let at = stages.length - 1; at >= 0; at--) {
    const stage = stages[at]!;
    const { layer, soft, rows, length, open } = stage;
    const { channels } = soft.layout;
    const all = rows * batch;
    const own = rounder.floats(stage.errors, all * channels);
    for (let i = 0; i < own.length; i++) own[i] = behind[i]! * open[i]!;
    gradientsFrom(rounder, layer, soft, stage.columns, stage.errors, all);
    if (at === 0) return;
    rounder.kernels[layer.kind === 'full' ? 'back' : 'backDepthwise'](
      stage.errors,
      soft.weights,
      stage.back,
      all,
      layer.k,
      layer.kind === 'full' ? soft.layout.panels : channels,
    );
    const before = stages[at - 1]!;
    const width = before.soft.layout.channels;
    behind = new Float32Array(before.rows * batch * width);
    addColumns(
      layer,
      rounder.floats(stage.back, all * length),
      batch,
      { numbers: behind, channels: width },
      channels,
    );
  }
}

/**
 * Units of each layer's channels: what a step of a weight costs behind the block, by its inputs' mean square
 * and by how far an error of the channel reaches (gradients of random signs, Hutchinson's estimate).
 */
function units(rounder: Rounder, stages: readonly Stage[], run: () => number, seed: number): void {
  const draw = streamOf(seed, 5);
  const sums = stages.map(({ unit }) => new Float64Array(unit.length));
  const squares = stages.map(() => 0);
  const rounds = 4;
  for (let round = 0; round < rounds; round++) {
    const batch = run();
    const channels = stages.at(-1)!.soft.layout.channels;
    const signs = Float32Array.from({ length: batch * channels }, () => (draw() < 0.5 ? -1 : 1));
    backward(rounder, stages, signs, batch);
    stages.forEach(({ soft, rows, length, errors, columns }, at) => {
      const { channels: width } = soft.layout;
      rounder.floats(errors, batch * rows * width).forEach((g, i) => {
        sums[at]![i % width]! += (g * g) / (batch * rounds);
      });
      const numbers = rounder.floats(columns, batch * rows * length);
      squares[at]! += numbers.reduce((sum, x) => sum + x * x, 0) / (numbers.length * rounds);
    });
  }
  stages.forEach(({ unit, layer }, at) => {
    const mean = sums[at]!.reduce((a, b) => a + b, 0) / layer.channels;
    for (let c = 0; c < unit.length; c++) {
      const scale = layer.scale[c] ?? 1;
      // A channel that hardly reaches the end counts as a tenth of the usual one: else noise would move it.
      const cost = scale * squares[at]! * Math.max(sums[at]![c]!, 0.1 * mean);
      unit[c] = cost > 0 && c < layer.channels ? 2 / cost : 0;
    }
  });
}

/** Tiles of the step's positions, number by number from the quantized prefix or the float model. */
function mixed(
  { float, quantized }: BlockProblem,
  rows: Int32Array,
  size: number,
  { seed, quantizedChance: chance }: AdaRoundOptions,
  step: number,
): Float32Array {
  const draw = streamOf(maskOf(seed, step, chance).seed, 6);
  const tiles = new Float32Array(rows.length * size);
  for (let i = 0, at = 0; i < rows.length; i++)
    for (let j = 0, from = rows[i]! * size; j < size; j++, at++, from++)
      tiles[at] = chance >= 1 || draw() < chance ? quantized[from]! : float[from]!;
  return tiles;
}
