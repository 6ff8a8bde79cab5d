/**
 * `correct-bias` (arXiv 1906.04721 §4.2 and appendix D), empirical: layer by layer, each on what the layers before it
 * give in integers with their biases corrected already. What is met is the mean before the activation.
 * One pass of the float model and one of the quantized one; the corrected biases stand in the plan.
 */
import { toReal } from '../../analysis/tensors';
import { IntactError } from '../../model/error';
import type { Graph, Node, Value } from '../../model/graph';
import { draftOf } from '../../model/passes/draft';
import { linearNode, type LinearNode } from '../../model/passes/linearNode';
import { dequantizeTensor } from '../../quant/affine';
import { convert } from '../../quant/convert';
import {
  inputSums,
  meanOutput,
  onGrid,
  shifted,
  withBias,
  withOwnBiases,
  type InputSums,
} from '../../quant/repair';
import { keyOfConstant } from '../../quant/rounded';
import type { Plan } from '../../quant/types';
import { affordable, workOf } from '../measure/work';
import { feedsOf, prepare, runnable } from '../prepared';
import type { StepInput, StepRunner } from '../quantize/step';
import { inBlocks, mostKept } from './blocks';
import { plural } from '../../analysis/format';
import { ratio } from './words';

type Input = StepInput<Extract<StepInput['step'], { kind: 'correct-bias' }>>;

/** Samples by default; a mean over positions of so many is steady. */
const SAMPLES = 128;
/** Multiply-accumulates of both passes, and what is kept between blocks: half a minute at most. */
const MOST_WORK = 1e11;
const MOST_BYTES = 256 * 2 ** 20;
/** Shares of the step's bar. */
const bar = { float: 0.4, blocks: 0.6 } as const;

interface Layer {
  readonly node: Node;
  readonly linear: LinearNode;
  /** E[x] of the float model, by place in the kernel and channel. */
  readonly float: InputSums;
}

export const correctBias: StepRunner<'correct-bias'> = async (input) => {
  const { context, stats, learned, report, samples } = input;
  const names = onGrid(input.graph, input.plan);
  if (names.length === 0)
    return {
      graph: input.graph,
      said: ['No bias was corrected: no layer has its weights on a grid of integers.'],
    };
  const { graph, plan } = withOwnBiases(input.graph, input.plan, new Set(names));
  const layers = layersOf(graph, names);
  const chosen = chosenSamples(input, graph, plan);
  await floatMeans(input, graph, layers, chosen);

  const converted = runnable(convert(graph, plan));
  const feeds = [];
  for (const index of chosen) feeds.push(feedsOf(converted, await input.samples.read(index)));
  const blocks = inBlocks(input.backend, converted, feeds);
  let corrected = plan;
  let worst: Shift | undefined;
  let done = 0;
  for (const layer of layers) {
    if (context.stop.stopped) break;
    const { node, linear } = layer;
    const at = converted.nodes.findIndex(({ name }) => name === node.name);
    await blocks.advance(at, context.share.border);
    const twin = converted.nodes[at]!;
    const sums = inputSums(graph, node, linear);
    const data = twin.inputs[linear.data]!;
    const { quant } = converted.values[data]!;
    for (let sample = 0; sample < chosen.length; sample += 1) {
      const { data: numbers } = blocks.value(sample, data);
      sums.add(toReal(numbers, quant, new Float32Array(numbers.length)));
    }
    const bias = twin.inputs[linear.bias]!;
    const own = realConstant(converted, bias);
    const shift = shiftOf(layer, sums, realConstant(converted, twin.inputs[linear.weights]!), own);
    const key = keyOfConstant(corrected, graph.values[node.inputs[linear.bias]!]!, node);
    const rounded = shifted(key === undefined ? undefined : corrected.values[key], own, shift);
    blocks.setConstant(bias, rounded);
    corrected = withBias(corrected, graph, node, linear.bias, rounded);
    worst = larger(worst, { layer: node.name, shift, scale: scaleOf(converted, twin) });
    done += 1;
    report(
      `Correcting biases: ${done} of ${layers.length} layers`,
      bar.float + (bar.blocks * done) / layers.length,
      1,
    );
  }
  const stopped = context.stop.stopped;
  // Kept: what follows measures the run as any other.
  if (stopped) context.stop.stopped = false;
  return {
    ...{ graph, plan: corrected, learned },
    ...(stats ? { stats } : {}),
    said: [
      sentence(done, layers.length, chosen.length, worst, stopped),
      ...(samples.synthetic
        ? ['The samples are made up: real ones have other means, and other mean errors.']
        : []),
    ],
  };
};

function layersOf(graph: Graph, names: readonly string[]): Layer[] {
  const draft = draftOf(graph);
  const wanted = new Set(names);
  return graph.nodes.flatMap((node) => {
    const linear = wanted.has(node.name) ? linearNode(draft, node) : null;
    return linear ? [{ node, linear, float: inputSums(graph, node, linear) }] : [];
  });
}

/** As many calibration samples as were asked for, can be paid for and can be kept. */
function chosenSamples({ roles, step }: Input, graph: Graph, plan: Plan): readonly number[] {
  const { calibration } = roles;
  if (calibration.length === 0)
    throw new IntactError(
      'bad-data',
      'There are no calibration samples that could say how far the layers are off. Give samples, or take the bias correction out of the recipe.',
    );
  const kept = Math.max(1, mostKept(convert(graph, plan)));
  const wanted = Math.min(step.samples ?? SAMPLES, Math.max(1, Math.floor(MOST_BYTES / kept)));
  const least = Math.min(wanted, 8);
  return calibration.slice(0, affordable(MOST_WORK, 2 * workOf(graph), { least, most: wanted }));
}

async function floatMeans(
  { backend, samples, context, report }: Input,
  graph: Graph,
  layers: readonly Layer[],
  chosen: readonly number[],
): Promise<void> {
  const prepared = await prepare(backend, graph);
  try {
    const index = new Map(prepared.graph.values.map(({ name }, at) => [name, at]));
    const byValue = new Map<number, InputSums[]>();
    for (const { node, linear, float } of layers) {
      const at = index.get(graph.values[node.inputs[linear.data]!]!.name)!;
      byValue.set(at, [...(byValue.get(at) ?? []), float]);
    }
    for (const [position, sample] of chosen.entries()) {
      if (context.stop.stopped) return;
      await context.share.border();
      await prepared.run(await samples.read(sample), (value, { data }) => {
        for (const sums of byValue.get(value) ?? []) sums.add(data as Float32Array);
      });
      report(
        `Means of the float model: sample ${position + 1} of ${chosen.length}`,
        (bar.float * (position + 1)) / chosen.length,
        1,
      );
    }
  } finally {
    prepared.dispose();
  }
}

/** What each output channel lacks: E[Wx + b] of float minus that of the quantized layer, before activation. */
function shiftOf(
  { node, linear, float }: Layer,
  sums: InputSums,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
): Float64Array {
  const expected = meanOutput(node, linear, linear.kernel, float.mean());
  const got = meanOutput(node, linear, weights, sums.mean());
  return expected.map((mean, channel) => {
    const shift = mean + (linear.offsets?.[channel] ?? 0) - got[channel]! - bias[channel]!;
    return Number.isFinite(shift) ? shift : 0;
  });
}

/** Real numbers of a constant, also behind the DEQUANTIZE that float arithmetic reads it through. */
function realConstant(graph: Graph, index: number): ArrayLike<number> {
  const value: Value = graph.values[index]!;
  const { data, quant, shape } = value;
  if (data === undefined) {
    const maker = graph.nodes.find(({ outputs }) => outputs.includes(index))!;
    return realConstant(graph, maker.inputs[0]!);
  }
  return data instanceof Float32Array ? data : dequantizeTensor(data, shape, quant!);
}

interface Shift {
  readonly layer: string;
  readonly shift: Float64Array;
  /** Of the layer's output; undefined where that is float. */
  readonly scale: number | undefined;
}
const scaleOf = ({ values }: Graph, { outputs }: Node) => values[outputs[0]!]!.quant?.scale[0];

const stepsOf = ({ shift, scale }: Shift) =>
  shift.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / (scale ?? Infinity);
const larger = (a: Shift | undefined, b: Shift) => (!a || stepsOf(b) > stepsOf(a) ? b : a);

function sentence(
  done: number,
  of: number,
  samples: number,
  worst: Shift | undefined,
  stopped: boolean,
): string {
  const most = worst ? stepsOf(worst) : 0;
  const largest =
    worst && most > 0
      ? `; the largest mean error was ${ratio(most)} steps of the output of "${worst.layer}"`
      : '';
  const end = stopped ? ` Stopped by hand after ${done} of ${plural(of, 'layer')}.` : '';
  return `Corrected the biases of ${plural(done, 'layer')} on ${plural(samples, 'calibration sample')}${largest}.${end}`;
}
