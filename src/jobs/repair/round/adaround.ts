/**
 * `round` by AdaRound (quant/adaround): layer by layer in the model's order, each on what the quantized layers
 * before it give. The integers go into the plan; the graph stays as it is.
 */
import { grouped } from '../../../analysis/format';
import { IntactError } from '../../../model/error';
import type { Sample } from '../../../data/samples';
import type { Graph } from '../../../model/graph';
import { openRounder, type AdaRoundOptions } from '../../../quant/adaround';
import { convert, type Constants } from '../../../quant/convert';
import { withRounded } from '../../../quant/rounded';
import { runnable } from '../../prepared';
import type { StepInput, StepRunner } from '../../quantize/step';
import { blocksOf, roundedBlock } from './blocks';
import { roundedSite, type Input, type SiteRounding, type UseInputs } from './layer';
import { BATCH, recommended, refinedPositions } from './options';
import { sitesOf, type Left, type Site } from './sites';
import { walk, type Kept, type Walk } from './walk';

type RoundInput = StepInput<Extract<StepInput['step'], { kind: 'round' }>>;

const RATE = 3e-2;
const LAMBDA = 3;

export const adaroundStep: StepRunner<'round'> = async (input) => {
  const { graph, plan, step, roles, context } = input;
  const { share, stop } = context;
  const { sites, left } = sitesOf(graph, plan);
  refuse(input, sites, left);
  const rounder = openRounder();
  if (!rounder)
    throw new IntactError(
      'unsupported',
      'AdaRound needs WebAssembly with SIMD, which is missing here. Round by SQuant, which needs neither it nor samples.',
    );
  const options = recommended(step, graph, sites, roles.calibration.length);
  const chosen = chosenSamples(input, options.samples);
  const samples: Sample[] = [];
  for (const index of chosen.indices) {
    samples.push(await input.samples.read(index));
    await share.border();
  }
  const between = () => share.border();
  const constants: Constants = new Map();
  const rounding = new Map<string, Int8Array>();
  const quantizedNow = () => runnable(convert(graph, withRounded(plan, rounding), constants));
  const models = {
    float: walk(runnable(graph), samples, input.backend, between),
    quantized: walk(quantizedNow(), samples, input.backend, between),
  };
  const done: Done[] = [];
  const shares = { positions: options.positions, training: chosen.training, held: chosen.held };
  const settings = (number: number): AdaRoundOptions => ({
    ...{ iterations: options.iterations, quantizedChance: options.quantized },
    ...{ seed: step.seed + number, batch: BATCH, rate: RATE, lambda: LAMBDA },
    refined: refinedPositions(sites),
  });
  const stopNow = async () => {
    await share.border();
    return stop.stopped;
  };
  let number = 0;
  for (const block of options.unit === 'block'
    ? blocksOf(graph, sites)
    : sites.map((one) => [one])) {
    const inBlock: (Done & { readonly inputs: readonly UseInputs[] })[] = [];
    let back: () => void = () => undefined;
    for (const site of block) {
      const name = site.uses[0]!.node.name;
      input.report(
        `AdaRound: layer ${number + 1} of ${sites.length}, ${name}`,
        number,
        sites.length,
      );
      if (await stopNow()) break;
      const inputs = await inputsOf(site, runnable(graph), quantizedNow(), models);
      if (inBlock.length === 0) back = models.quantized.mark();
      const result = await roundedSite(
        ...([rounder, graph, site, inputs, shares, settings(number), between] as const),
      );
      number++;
      if (!result) {
        left.push({ node: name, why: 'its groups of channels don’t divide' });
        continue;
      }
      inBlock.push({ site, result, inputs });
      put(rounding, site, result);
    }
    if (block.length > 1 && inBlock.length === block.length && !(await stopNow())) {
      const name = block.map(({ uses }) => uses[0]!.node.name).join(', ');
      input.report(`AdaRound: together ${name}`, number - 1, sites.length);
      const starts = inBlock.map(({ result }) => result.integers);
      const { inputs } = inBlock[0]!;
      const together = await roundedBlock(
        ...([
          rounder,
          graph,
          plan,
          block,
          inputs[0]!,
          starts,
          shares,
          settings(number - 1),
          between,
        ] as const),
      );
      back();
      inBlock.forEach(({ site }, at) => {
        const { nearest, rounded, integers, changed } = together;
        const result = { integers: integers[at]!, changed: changed[at]!, nearest, rounded };
        done.push({ site, result, together: integers[at] !== starts[at] });
        put(rounding, site, result);
      });
    } else done.push(...inBlock.map(({ site, result }) => ({ site, result })));
    if (stop.stopped) break;
  }
  const { stopped } = stop;
  // Kept: what follows measures the run as any other.
  if (stopped) stop.stopped = false;
  return {
    graph,
    plan: withRounded(plan, rounding),
    learned: input.learned,
    ...(input.stats ? { stats: input.stats } : {}),
    step: { ...step, options },
    said: said(done, sites.length, left, stopped, samples.length, input.samples.synthetic),
  };
};

interface Done {
  readonly site: Site;
  readonly result: SiteRounding;
  /** By its block, not alone. */
  readonly together?: boolean;
}

function put(rounding: Map<string, Int8Array>, { key }: Site, { changed, integers }: SiteRounding) {
  if (changed > 0) rounding.set(key, integers);
  else rounding.delete(key);
}

function refuse(
  { plan, roles, recipe }: RoundInput,
  sites: readonly Site[],
  left: readonly Left[],
) {
  if (roles.calibration.length === 0)
    throw new IntactError(
      'bad-data',
      'AdaRound rounds by what layers do on calibration samples, and there are none. Add data, or round by SQuant, which needs no samples.',
    );
  if (sites.length === 0)
    throw new IntactError(
      'unsupported',
      `"${recipe.name}" leaves no weights on an integer grid that AdaRound could round${left.length > 0 ? ` (${left[0]!.node}: ${left[0]!.why})` : ''}. Choose a scheme with int8 or int4 weights.`,
      { nodes: Object.keys(plan.nodes) },
    );
}

/** Calibration samples that train, then those that judge: of the selection, else the last of calibration. */
function chosenSamples({ roles }: RoundInput, count: number) {
  const apart = roles.selection.slice(0, Math.ceil(count / 4));
  if (apart.length >= 8) {
    const training = roles.calibration.slice(0, count);
    return { indices: [...training, ...apart], training: training.length, held: apart.length };
  }
  const indices = roles.calibration.slice(0, count);
  const held = indices.length < 5 ? 0 : Math.ceil(indices.length / 5);
  return { indices, training: indices.length - held, held };
}

/** What the site's nodes read in both models. A use that comes later is looked ahead at, as the model stands. */
async function inputsOf(
  site: Site,
  float: Graph,
  quantized: Graph,
  models: { readonly float: Walk; readonly quantized: Walk },
): Promise<UseInputs[]> {
  const [first, ...later] = site.uses;
  await models.float.advance(float, first!.node.name);
  await models.quantized.advance(quantized, first!.node.name);
  const of = async (graph: Graph, model: Walk, use: Site['uses'][number]): Promise<Input> => {
    const node = graph.nodes.find(({ name }) => name === use.node.name)!;
    const value = node.inputs[use.data]!;
    const { name } = graph.values[value]!;
    const known: Kept = model.kept.has(name)
      ? model.kept
      : await model.peek(graph, node.name, [name]);
    return { graph, value, tensors: known.get(name)! };
  };
  const inputs: UseInputs[] = [];
  for (const use of [first!, ...later])
    inputs.push({
      use,
      float: await of(float, models.float, use),
      quantized: await of(quantized, models.quantized, use),
    });
  return inputs;
}

function said(
  done: readonly Done[],
  all: number,
  left: readonly Left[],
  stopped: boolean,
  samples: number,
  synthetic: boolean,
): string[] {
  const better = done.filter(({ result }) => result.changed > 0);
  const changed = better.reduce((sum, { result }) => sum + result.changed, 0);
  const weights = done.reduce((sum, { site }) => sum + site.weights.data!.length, 0);
  const nameOf = ({ uses }: Site) => `"${uses[0]!.node.name}"`;
  const together = done.filter((one) => one.together).length;
  const kept = done.filter(({ result }) => result.changed === 0);
  return [
    `AdaRound on ${grouped(samples)} samples: ${grouped(changed)} of ${grouped(weights)} weights went to the other neighbour, in ${better.length} of ${all} layers.`,
    ...(together > 0
      ? [`${together} of them were settled with the other layers of their block.`]
      : []),
    ...(kept.length > 0
      ? [
          `To the nearest, which was no worse on held-out positions: ${kept.map(({ site }) => nameOf(site)).join(', ')}.`,
        ]
      : []),
    ...(stopped
      ? [`Stopped after ${done.length} of ${all} layers; the others are rounded to the nearest.`]
      : []),
    ...left.map(({ node, why }) => `"${node}" is rounded to the nearest: ${why}.`),
    ...(synthetic
      ? ['The samples are synthetic: on real ones layers may do something else. SQuant needs none.']
      : []),
  ];
}
