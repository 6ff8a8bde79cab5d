/** Small nets of dense layers whose worst layers are known by construction, and runs of them. */
import type { Roles, Sample, Samples } from '../../../data/samples';
import type { Graph } from '../../../model/graph';
import type { Recipe } from '../../../quant/types';
import type { Run } from '../../../run/types';
import { builder, dense, numbers, plain } from '../../../testing/graphs';
import type { OpenedSamples } from '../../data/samples';
import { needsOf } from '../../needs';
import { quantize } from '../../quantize';
import { listening, tinyContext, tinyModel, tinySource } from '../../testing/tiny';
import type { OpenedModel } from '../../types';

const UNITS = 8;
const CLASSES = 4;

/** Rows of an orthogonal matrix: nothing is lost or gained from layer to layer. */
function rotation(seed: number): number[][] {
  const rows: number[][] = [];
  const random = numbers(UNITS * UNITS, seed);
  for (let i = 0; i < UNITS; i++) {
    let row = Array.from(random.slice(i * UNITS, (i + 1) * UNITS));
    for (const before of rows) {
      const dot = row.reduce((sum, x, k) => sum + x * before[k]!, 0);
      row = row.map((x, k) => x - dot * before[k]!);
    }
    const length = Math.hypot(...row);
    rows.push(row.map((x) => x / length));
  }
  return rows;
}

type Builder = ReturnType<typeof builder>;

function layer(b: Builder, name: string, from: number, rows: number[][], bias: number[] = []) {
  const units = rows.length;
  const ins = [
    from,
    b.constant(`${name}/w`, [units, UNITS], rows.flat()),
    b.constant(
      `${name}/b`,
      [units],
      Float32Array.from({ length: units }, (_, i) => bias[i] ?? 0),
    ),
  ];
  return b.node('FULLY_CONNECTED', name, dense, ins, [1, units]);
}

const head = (b: Builder, from: number) =>
  b.graph([layer(b, 'head', from, rotation(99).slice(0, CLASSES))]);

export interface Faults {
  /** The first number that this layer makes is always 300, and nobody uses it: it sets the range of all. */
  readonly wideAt?: number;
  /** A weight of 100 on an input that is always 0: per tensor, it sets the scale of all. */
  readonly weightAt?: number;
}

/** dense1 … dense`count`, and a head of four classes. */
export function chain(count: number, { wideAt, weightAt }: Faults = {}): Graph {
  const b = builder();
  let at = b.input('x', [1, UNITS]);
  for (let i = 1; i <= count; i++) {
    const rows = rotation(i);
    const zeros = () => new Array<number>(UNITS).fill(0);
    if (i === wideAt) rows[0] = zeros();
    if (i - 1 === wideAt) for (const row of rows) row[0] = 0;
    if (i + 1 === weightAt) rows[7] = zeros();
    if (i === weightAt) rows[0] = [...zeros().slice(1), 100];
    at = layer(b, `dense${i}`, at, rows, i === wideAt ? [300] : []);
  }
  return head(b, at);
}

/** left and right are the same layer of a wide range, and left − right is added to a third: their errors cancel. */
export function cancelling(): Graph {
  const b = builder();
  const x = b.input('x', [1, UNITS]);
  const [left, right] = ['left', 'right'].map((name) => layer(b, name, x, rotation(1), [300])) as [
    number,
    number,
  ];
  const third = layer(b, 'third', x, rotation(2));
  const none = b.node('SUB', 'none', plain, [left, right], [1, UNITS]);
  return head(b, b.node('ADD', 'sum', plain, [third, none], [1, UNITS]));
}

export interface Sizes {
  readonly calibration: number;
  readonly selection: number;
  readonly evaluation: number;
}

/** Unlabelled numbers in [−1, 1), with disjoint roles. */
export function openedFor(graph: Graph, sizes: Sizes, bad: number[] = []): OpenedSamples {
  const { calibration, selection, evaluation } = sizes;
  const count = calibration + selection + evaluation;
  const indices = Array.from({ length: count }, (_, index) => index);
  const samples: Samples = {
    ...{ key: 'chain-samples', name: 'numbers', description: 'numbers', count },
    ...{ synthetic: false, targets: [], checks: [], inputShapes: [[1, UNITS]] },
    read: (index) => {
      const input = numbers(UNITS, index + 1);
      if (bad.includes(index)) input[0] = NaN;
      return Promise.resolve<Sample>({ inputs: [input], targets: [] });
    },
    sampleKey: (index) => Promise.resolve(`sample ${index}`),
    preview: (index) =>
      Promise.resolve({
        ...{ name: `sample ${index}`, min: -1, mean: 0, max: 1 },
        numbers: numbers(UNITS, index + 1),
      }),
  };
  const roles: Roles = {
    training: indices.slice(0, calibration),
    calibration: indices.slice(0, calibration),
    selection: indices.slice(calibration, calibration + selection),
    evaluation: indices.slice(calibration + selection),
    seed: 1,
  };
  return { samples, roles, needs: needsOf(graph) };
}

export interface Bench {
  readonly model: OpenedModel;
  readonly run: Run;
  readonly opened: OpenedSamples;
}

const sizesUsed: Sizes = { calibration: 40, selection: 70, evaluation: 20 };

/** A run of the net, and the samples that it was made on. */
export async function bench(
  graph: Graph,
  recipe: Recipe,
  { sizes = sizesUsed, bad = [] }: { sizes?: Sizes; bad?: number[] } = {},
): Promise<Bench> {
  const model: OpenedModel = { ...tinyModel, name: 'chain', graph, optimized: graph };
  const opened = openedFor(graph, sizes, bad);
  const context = tinyContext(listening<never>(), { openSamples: () => Promise.resolve(opened) });
  const run = await quantize(
    {
      ...{ model, samples: tinySource, recipe },
      measure: { isolated: false, latency: false, sensitivity: false },
    },
    context,
  );
  return { model, run, opened };
}
