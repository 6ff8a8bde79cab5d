/** A run before anything was measured: what it was made of, sizes, costs, details. */
import { energy, macs, parameters } from '../analysis/cost';
import { layerDetails } from '../analysis/details';
import { constantBytes } from '../analysis/size';
import { roleSummaries } from '../data/roles';
import type { Backend } from '../engine/engine';
import type { Graph, Node } from '../model/graph';
import type { NodePlan } from '../quant/types';
import { why } from '../quant/why';
import { runId } from '../run/id';
import type { LayerFacts, Made, PendingFigure, Run, SamplesRef, Whole } from '../run/types';
import type { OpenedSamples } from './data/samples';
import { fileOf } from './export';
import type { OpenedModel } from './types';

/** What the makers of runs decide; the rest follows from it. */
export type Making = Pick<
  Made,
  | 'recipe'
  | 'graph'
  | 'stats'
  | 'plan'
  | 'converted'
  | 'log'
  | 'from'
  | 'repair'
  | 'repaired'
  | 'splits'
> & {
  readonly model: OpenedModel;
  readonly opened: OpenedSamples;
  readonly backend: Backend;
};

export function madeOf({ model, opened, backend, ...decided }: Making): Made {
  const { graph, converted, plan, stats } = decided;
  const { key, name, format, fileBytes, issues, signatures } = model;
  return {
    ...decided,
    createdAt: Date.now(),
    subject: {
      key,
      name,
      format,
      fileBytes,
      ...(signatures ? { signature: signatures.read } : {}),
    },
    layers: layerFacts(
      graph,
      converted,
      (node) => plan?.nodes[node.name] ?? asItIs(converted, node),
    ),
    details: plan ? layerDetails(graph, plan, stats) : {},
    issues,
    samples: samplesRef(opened),
    engine: backend.label,
  };
}

/** A run with nothing measured yet. `float`: the graph that it is held against, undefined where there is none. */
export function draftRun(
  made: Made,
  float: Graph | undefined,
  pending: readonly PendingFigure[],
): Run {
  const whole = unmeasured(made.converted);
  return {
    id: runId(made.createdAt),
    made,
    figures: {
      whole,
      float: float ? unmeasured(float) : { scores: [], fileBytes: NaN, energy: NaN },
      likeness: [],
      layers: {},
      samples: [],
      counts: { evaluated: 0 },
      alarms: [],
    },
    pending,
  };
}

function unmeasured(graph: Graph): Whole {
  return { scores: [], fileBytes: fileOf(graph).length, energy: energyOf(graph) };
}

/** Of one inference, picojoules. */
function energyOf(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => {
    const { compute, memory } = energy(graph, node, macs(graph, node));
    return sum + compute + memory;
  }, 0);
}

function samplesRef({ samples, roles }: OpenedSamples): SamplesRef {
  const { key, name, synthetic, checks } = samples;
  return { key, name, synthetic, checks, roles: roleSummaries(samples, roles), seed: roles.seed };
}

function layerFacts(
  graph: Graph,
  converted: Graph,
  planned: (node: Node) => NodePlan,
): readonly LayerFacts[] {
  const bytesFloat = constantBytes(graph);
  const bytes = constantBytes(converted);
  const twins = new Map(converted.nodes.map((node) => [node.name, node]));
  return graph.nodes.map((node): LayerFacts => {
    const work = macs(graph, node);
    const twin = twins.get(node.name);
    const layer = graph.layers[node.layer];
    const output = graph.values[node.outputs[0]!]!;
    const { scheme, why: reason } = planned(node);
    return {
      id: node.name,
      layer: layer?.name ?? node.name,
      type: layer?.type ?? node.op,
      op: node.op,
      output: output.name,
      outputShape: output.shape,
      params: parameters(graph, node),
      macs: work,
      scheme,
      why: reason,
      bytesFloat: bytesFloat.get(node.name) ?? 0,
      bytesQuantized: bytes.get(node.name) ?? 0,
      energyFloat: energy(graph, node, work),
      energyQuantized: twin ? energy(converted, twin, work) : { compute: 0, memory: 0 },
    };
  });
}

/** Of a model that no plan was made for: by what its output holds. */
function asItIs(graph: Graph, node: Node): NodePlan {
  const dtype = graph.values[node.outputs[0]!]?.dtype;
  const scheme =
    dtype === 'int8' || dtype === 'uint8' ? 'int8' : dtype === 'int16' ? 'int16' : 'float32';
  return { scheme, why: why('recorded', { text: 'as it is in the file' }) };
}
