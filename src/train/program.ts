/**
 * Graph and plan → what trains and how a pass runs. Fake quantization stands where the integer graph
 * rounds: the forms of values are those of quant/conversion.ts. Without a plan everything is float.
 */
import { IntactError } from '../model/error';
import type { Graph, Node, Value } from '../model/graph';
import type { Plan, ValuePlan } from '../quant/types';
import { constantKey } from '../quant/constantPlan';
import { SCALE_FLOOR } from '../quant/weightScales';
import { flowOf, type Frozen } from './flow';
import { headsOf, type Head } from './heads';
import { layers } from './ops';
import { weightLayouts, type WeightLayout } from './ops/linear';
import type { TrainOptions } from './options';
import { layOut, type Layout, type Parameter } from './parameters';
import { permutation, permuted } from './permute';
import { isInteger, scaleClasses, type ScaleClass } from './scaleClasses';
import { startScales } from './startScales';
import type { ChannelShape } from './arithmetic';

/** Weights of a linear node: where their numbers come from, and their grid. */
export interface WeightSite {
  /** Name of the constant, and of its parameter where it trains. */
  readonly value: Value;
  readonly shape: readonly number[];
  readonly channels: ChannelShape;
  /** Element order from the graph's layout; null: the same. */
  readonly order: Int32Array | null;
  readonly grid: WeightGrid | undefined;
  /** Index into the layout's parameters, where it trains. */
  parameter?: number;
}
export interface WeightGrid {
  /** Key in Plan.values. */
  readonly key: string;
  readonly start: Float32Array;
  readonly levels: number;
  readonly many: boolean;
  parameter?: number;
}
export interface BiasSite {
  readonly value: Value;
  /** Key in Plan.values; undefined in float. */
  readonly key: string | undefined;
  parameter?: number;
}

export interface NodeSite {
  readonly node: Node;
  readonly integer: boolean;
  readonly moves: boolean;
  readonly stopped: boolean;
  readonly needsInputGradient: boolean;
  /** Its outputs' leading size grows with the batch. */
  readonly batched: boolean;
  readonly layout?: WeightLayout;
  readonly weights?: WeightSite;
  readonly bias?: BiasSite;
  /** PRELU's slope where it trains: index into the layout's parameters. */
  slope?: number;
}

export interface Program {
  readonly graph: Graph;
  readonly plan: Plan | undefined;
  readonly heads: readonly Head[];
  readonly sites: readonly NodeSite[];
  /** How many of the sites the heads need; the rest only makes the outputs. */
  readonly layout: Layout;
  readonly classes: ReadonlyMap<number, ScaleClass>;
  /** Of a learned scale: index into the layout's parameters. */
  readonly scaleParameters: ReadonlyMap<ScaleClass, number>;
  readonly neededByHeads: ReadonlySet<Node>;
  readonly frozen: readonly Frozen[];
}

export interface ProgramOptions extends Pick<TrainOptions, 'frozenNodes' | 'ranges' | 'weights'> {
  /** Gradients of the graph's inputs are wanted too. */
  readonly liveInputs?: boolean;
}

const levelsOf = ({ dtype }: ValuePlan): number => (dtype === 'int4' ? 7 : 127);

/** The form of a constant at a node, and its key in the plan. */
export function formOf(
  plan: Plan | undefined,
  node: Node,
  value: Value,
): { key: string; form: ValuePlan } | undefined {
  if (!plan) return undefined;
  for (const key of [constantKey(value.name, node.name), value.name])
    if (Object.hasOwn(plan.values, key)) return { key, form: plan.values[key]! };
  return undefined;
}

const isFloatConstant = (value: Value | undefined): value is Value =>
  value?.dtype === 'float32' && value.data !== undefined;

function requireTrainable(graph: Graph): void {
  const refused = graph.nodes.flatMap((node) => {
    const layer = layers[node.op];
    return layer.kind === 'refused' ? [`${node.name} (${layer.why})`] : [];
  });
  if (refused.length > 0)
    throw new IntactError(
      'unsupported',
      `"${graph.name}" can't be trained, because of ${refused.join(', ')}. Replace ${refused.length === 1 ? 'this layer' : 'these layers'}, or quantize what stands before.`,
      { list: refused },
    );
}

/**
 * @param plan undefined: float, and nothing trains (a teacher)
 * @throws IntactError `unsupported` where an operator can't run in training
 */
export function compile(graph: Graph, plan: Plan | undefined, options: ProgramOptions): Program {
  requireTrainable(graph);
  const heads = headsOf(graph);
  const classes = plan ? scaleClasses(graph, plan) : new Map<number, ScaleClass>();
  const flow = flowOf(graph, heads, options.frozenNodes);
  const parameters: Omit<Parameter, 'offset'>[] = [];
  const learned = plan !== undefined && options.ranges === 'learned';

  const scaleOwners = new Map<ScaleClass, Omit<Parameter, 'offset'>>();
  if (learned)
    for (const entry of new Set(classes.values())) {
      const flows = entry.members.some((member) => flow.reachesHead.has(member));
      if (!entry.learnable || !flows) continue;
      const value = graph.values[entry.members[0]!]!;
      const n = value.shape.reduce((a, b) => a * b, 1);
      const parameter: Omit<Parameter, 'offset'> = {
        name: value.name,
        kind: 'scale',
        shape: [1],
        size: 1,
        channels: { outer: 1, channels: 1, inner: 1 },
        initial: entry.plan.scale.slice(),
        factor: 1 / Math.sqrt(Math.max(1, n) * 127),
      };
      scaleOwners.set(entry, parameter);
      parameters.push(parameter);
    }

  const owners = new Map<string, Omit<Parameter, 'offset'>>();
  /** The parameter of this key, made once. */
  const own = (key: string, make: () => Omit<Parameter, 'offset'>) => {
    let parameter = owners.get(key);
    if (!parameter) {
      owners.set(key, (parameter = make()));
      parameters.push(parameter);
    }
    return parameter;
  };
  const pending: ((layout: Layout) => void)[] = [];
  const place = (parameter: Omit<Parameter, 'offset'>, set: (index: number) => void) => {
    pending.push((layout) => {
      set(layout.parameters.findIndex(({ initial }) => initial === parameter.initial));
    });
  };

  const live = new Set<number>(options.liveInputs ? graph.inputs : []);
  const batched = new Set<number>(graph.inputs);
  for (const [index, entry] of classes) if (scaleOwners.has(entry)) live.add(index);

  const sites = graph.nodes.map((node): NodeSite => {
    const integer = isInteger(plan, node);
    const trains = plan !== undefined && flow.trains.has(node);
    const needsInputGradient = node.inputs.some((input) => live.has(input));
    const isBatched = node.inputs.some((input) => batched.has(input));
    if (isBatched) for (const output of node.outputs) batched.add(output);
    const kind = layers[node.op].kind;
    const site: NodeSite = {
      node,
      integer,
      moves: kind === 'moves',
      stopped: flow.stops(node),
      needsInputGradient,
      batched: isBatched,
      ...linearSite(node),
    };
    const found = weightLayouts[node.op];
    const slope = node.op === 'PRELU' ? graph.values[node.inputs[1]!] : undefined;
    if (trains && isFloatConstant(slope)) {
      const parameter = own(`slope ${slope.name}`, () => ({
        name: slope.name,
        kind: 'slope',
        shape: slope.shape,
        size: (slope.data as Float32Array).length,
        channels: { outer: 1, channels: 1, inner: (slope.data as Float32Array).length },
        initial: (slope.data as Float32Array).slice(),
        factor: 1,
      }));
      place(parameter, (index) => (site.slope = index));
    }
    if (found && site.weights && trains) ownWeights(site.weights);
    if (found && site.bias && trains) ownBias(site.bias);
    if (trains || needsInputGradient) for (const output of node.outputs) live.add(output);
    return site;
  });

  function linearSite(node: Node): Pick<NodeSite, 'layout' | 'weights' | 'bias'> {
    const found = weightLayouts[node.op];
    const value = found && graph.values[node.inputs[found.weights] ?? -1];
    if (!found || !isFloatConstant(value)) return {};
    const quantized = formOf(plan, node, value);
    const scheme = plan?.nodes[node.name]?.scheme;
    const integerWeights =
      quantized && (scheme === 'int8' || scheme === 'dynamic' || scheme === 'weight-only');
    const shape = shapeFor(graph, node, value, found);
    const order = found.order && permutation(value.shape, found.order);
    const data = value.data as Float32Array;
    const channels = channelsOf(shape, node, found);
    const weights: WeightSite = {
      value,
      shape,
      channels,
      order,
      grid: integerWeights
        ? gridOf(quantized, order ? permuted(data, order) : data, channels, options.weights)
        : undefined,
    };
    const bias = graph.values[node.inputs[found.bias] ?? -1];
    if (!isFloatConstant(bias)) return { layout: found, weights };
    const key = scheme === 'int8' ? formOf(plan, node, bias)?.key : undefined;
    return { layout: found, weights, bias: { value: bias, key } };
  }

  function ownWeights(weights: WeightSite): void {
    const { value, shape, channels, order, grid } = weights;
    const data = value.data as Float32Array;
    const parameter = own(`weights ${value.name} ${shape.join()}`, () => ({
      name: value.name,
      kind: 'weights',
      shape,
      size: data.length,
      channels,
      initial: order ? permuted(data, order) : data.slice(),
      factor: 1,
      ...(grid ? { levels: grid.levels } : {}),
    }));
    place(parameter, (index) => (weights.parameter = index));
    if (!grid || !learned) return;
    const scale = own(`scale ${grid.key}`, () => ({
      name: grid.key,
      kind: 'weight-scale',
      shape: [grid.start.length],
      size: grid.start.length,
      channels: { outer: 1, channels: grid.start.length, inner: 1 },
      initial: grid.start.slice(),
      levels: grid.levels,
      factor: 1 / Math.sqrt((data.length / grid.start.length) * grid.levels),
    }));
    place(scale, (index) => (grid.parameter = index));
  }

  function ownBias(bias: BiasSite): void {
    const data = bias.value.data as Float32Array;
    const parameter = own(`bias ${bias.value.name}`, () => ({
      name: bias.value.name,
      kind: 'bias',
      shape: [data.length],
      size: data.length,
      channels: { outer: 1, channels: 1, inner: data.length },
      initial: data.slice(),
      factor: 1,
    }));
    place(parameter, (index) => (bias.parameter = index));
  }

  const layout = layOut(parameters);
  for (const set of pending) set(layout);
  const scaleParameters = new Map(
    [...scaleOwners].map(([entry, { initial }]) => [
      entry,
      layout.parameters.findIndex((parameter) => parameter.initial === initial),
    ]),
  );
  return {
    graph,
    plan,
    heads,
    sites,
    layout,
    classes,
    scaleParameters,
    neededByHeads: flow.neededByHeads,
    frozen: flow.frozen,
  };
}

/** Shape of the weights in TF.js' layout. */
function shapeFor(graph: Graph, node: Node, value: Value, layout: WeightLayout): number[] {
  if (layout.order) return layout.order.map((axis) => value.shape[axis]!);
  const [, h, w, c] = value.shape as [number, number, number, number];
  const inC = graph.values[node.inputs[layout.data]!]!.shape[3]!;
  return [h, w, inC, c / inC];
}

function channelsOf(shape: readonly number[], node: Node, layout: WeightLayout): ChannelShape {
  const size = shape.reduce((a, b) => a * b, 1);
  const at = layout.channelAxis;
  const channels = node.op === 'DEPTHWISE_CONV_2D' ? shape[2]! * shape[3]! : shape[at]!;
  const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1);
  return { outer: size / (channels * inner), channels, inner };
}

function gridOf(
  { key, form }: { key: string; form: ValuePlan },
  data: Float32Array,
  channels: ChannelShape,
  method: TrainOptions['weights'],
): WeightGrid {
  const many = form.scale.length > 1;
  const levels = levelsOf(form);
  const planned = form.scale.map((scale) => Math.max(scale, SCALE_FLOOR));
  const searched = method === 'plan' ? planned : startScales(data, channels, many, levels, method);
  // A dead channel keeps the scale that its bias needs.
  const start = searched.map((scale, i) => (scale > SCALE_FLOOR ? scale : planned[i]!));
  return { key, start, levels, many };
}
