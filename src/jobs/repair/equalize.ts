/** `equalize`: channels of layers that follow each other get weights of one size; the float function stays, which is tried. */
import {
  absorbableValues,
  absorbBias,
  cappedValues,
  equalize as equalized,
  replaceCaps,
} from '../../quant/repair';
import type { Equalized } from '../../quant/repair';
import type { Graph } from '../../model/graph';
import type { StepInput, StepRunner } from '../quantize/step';
import { channelRanges } from './channelRanges';
import { floatChange, SAME, type FloatChange } from './floatChange';
import { plural } from '../../analysis/format';
import { percent, ratio } from './words';

type Input = StepInput<Extract<StepInput['step'], { kind: 'equalize' }>>;

export const equalize: StepRunner<'equalize'> = async (input) => {
  const { graph, step, report, samples, learned } = input;
  const said: string[] = [];
  report('Equalizing layers', 0, 1);
  const start = step.relu6 === 'replace' ? await withoutCaps(input, said) : graph;
  const fixed = givenValues(input);
  const seen = await channelRanges(start, cappedValues(start), input, { from: 0, to: 0.4 });
  const even = await keeping(start, input, said, (powersOfTwo) =>
    equalized(start, { seen, fixed, powersOfTwo }),
  );
  if (samples.synthetic && cappedValues(even).length > 0)
    said.push(
      'The samples are made up: a channel that only real ones bring to the cap is cut elsewhere now.',
    );
  const after = step.absorb ? await absorbed(even, input, fixed, said) : even;
  if (learned && after !== graph)
    said.push('Ranges and scales that an earlier step learned are calibrated anew.');
  report('Equalizing layers', 1, 1);
  return { graph: after, said };
};

/** Names of values whose range the recipe gives in numbers: another unit would make them wrong. */
function givenValues({ recipe, graph }: Input): ReadonlySet<string> {
  const given = Object.entries(recipe.ranges ?? {}).flatMap(([layer, { method }]) =>
    method === 'given' ? [layer] : [],
  );
  const nodes = graph.nodes.filter(({ name }) => given.includes(name));
  return new Set([
    ...given,
    ...nodes.flatMap(({ outputs }) => outputs.map((index) => graph.values[index]!.name)),
  ]);
}

async function withoutCaps(input: Input, said: string[]): Promise<Graph> {
  const { graph, nodes } = replaceCaps(input.graph);
  if (nodes.length === 0) {
    said.push('There is no RELU6 between layers that could be replaced.');
    return graph;
  }
  const change = await floatChange(input.graph, graph, input, 200);
  said.push(`RELU6 became RELU in ${plural(nodes.length, 'layer')}. ${lossOf(change)}`);
  return graph;
}

/** What the float model lost by a change that isn't meant to keep its function. */
function lossOf({ scores, sqnr, samples }: FloatChange): string {
  const on = `on ${plural(samples, 'calibration sample')}`;
  if (sqnr === Infinity) return `The float model's outputs are the same ${on}.`;
  const likeness = `the float model's outputs have ${sqnr.toFixed(1)} dB to those before ${on}`;
  if (!scores) return `${likeness[0]!.toUpperCase()}${likeness.slice(1)}.`;
  const { label, unit, before, after } = scores;
  const value = (x: number) => (unit === '%' ? percent(x) : `${ratio(x)}${unit && ` ${unit}`}`);
  return `Float ${label} is ${value(after)} ${on}, ${value(before)} before; ${likeness}.`;
}

/** Scales as they come out, else powers of two, which change no digit, else none. */
async function keeping(
  before: Graph,
  input: Input,
  said: string[],
  make: (powersOfTwo: boolean) => Equalized,
): Promise<Graph> {
  let worst: FloatChange | undefined;
  for (const powersOfTwo of [false, true]) {
    const { graph, joints } = make(powersOfTwo);
    if (joints.length === 0) {
      said.push(
        'Nothing was equalized: no layer with weights is read by layers with weights alone, over operators that let a factor through.',
      );
      return before;
    }
    const change = await floatChange(before, graph, input);
    if (change.largest <= SAME) {
      said.push(sentence(joints, change) + (powersOfTwo ? roundedSentence(worst!) : ''));
      return graph;
    }
    worst = change;
  }
  if (Number.isNaN(worst!.largest)) {
    said.push('Nothing was equalized: the float outputs of a calibration sample hold no numbers.');
    return before;
  }
  said.push(
    `Nothing was equalized: the float outputs would have changed by ${ratio(worst!.largest)} of their largest magnitude, more than ${SAME}.`,
  );
  return before;
}

const roundedSentence = ({ largest }: FloatChange) =>
  ` Its scales are powers of two: others would have changed float outputs by ${ratio(largest)}.`;

function sentence(joints: Equalized['joints'], { largest, samples }: FloatChange): string {
  const channels = joints.reduce((sum, { scales }) => sum + scales.length, 0);
  const atCap = joints.reduce((sum, one) => sum + one.atCap, 0);
  const kept =
    atCap === 0
      ? ''
      : `; ${plural(atCap, 'channel')} of ${channels} kept scale 1 because ${atCap === 1 ? 'it reaches' : 'they reach'} the cap of their activation`;
  return `Equalized ${plural(joints.length, 'pair')} of layers${kept}. Float outputs change by at most ${ratio(largest)} of their largest magnitude on ${plural(samples, 'calibration sample')}.`;
}

async function absorbed(
  graph: Graph,
  input: Input,
  fixed: ReadonlySet<string>,
  said: string[],
): Promise<Graph> {
  if (input.samples.synthetic) {
    said.push(
      'No bias was absorbed: made-up samples do not tell what a channel never falls below.',
    );
    return graph;
  }
  const names = absorbableValues(graph);
  const seen = await channelRanges(graph, names, input, { from: 0.5, to: 0.9 });
  const { graph: after, channels, of } = absorbBias(graph, seen, fixed);
  if (channels === 0) {
    said.push(
      names.length === 0
        ? 'No bias was absorbed: every layer that could take one pads its input with zeros.'
        : `No bias was absorbed: none of ${plural(of, 'channel')} stays above zero in calibration.`,
    );
    return graph;
  }
  const change = await floatChange(graph, after, input);
  if (change.largest <= SAME) {
    said.push(
      `The biases of ${plural(channels, 'channel')} of ${of} were absorbed by the layer after; on calibration samples the float function is kept, elsewhere a channel that falls below what was seen is cut there.`,
    );
    return after;
  }
  said.push(
    `No bias was absorbed: float outputs would have changed by ${ratio(change.largest)} of their largest magnitude.`,
  );
  return graph;
}
