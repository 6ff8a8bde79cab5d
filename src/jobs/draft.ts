import { energy, macs, parameters } from '../analysis/cost';
import { layerDetails } from '../analysis/details';
import { constantBytes } from '../analysis/size';
import type { LayerResult, Score } from '../analysis/types';
import type { Backend } from '../engine/engine';
import type { Graph } from '../model/graph';
import { needsCalibration } from '../quant/recipe';
import type { Plan, Stats } from '../quant/types';
import { why } from '../quant/why';
import { fileOf } from './export';
import type { QuantizeRequest, Run } from './types';

/** The run before anything was measured: plan, sizes, costs, details. */
export function draftRun(
  { model, samples, recipe, measure }: QuantizeRequest,
  backend: Backend,
  made: { stats: Stats | undefined; plan: Plan; converted: Graph },
): Run {
  const graph = model.optimized;
  const { plan, converted, stats } = made;
  const floatBytes = constantBytes(graph);
  const bytes = constantBytes(converted);
  const twins = new Map(converted.nodes.map((node) => [node.name, node]));
  const layers = graph.nodes.map((node): LayerResult => {
    const work = macs(graph, node);
    const twin = twins.get(node.name);
    const layer = graph.layers[node.layer];
    return {
      id: node.name,
      layer: layer?.name ?? node.name,
      type: layer?.type ?? node.op,
      op: node.op,
      output: graph.values[node.outputs[0]!]!.name,
      outputShape: graph.values[node.outputs[0]!]!.shape,
      params: parameters(graph, node),
      macs: work,
      scheme: plan.nodes[node.name]?.scheme ?? 'float32',
      why: plan.nodes[node.name]?.why ?? why('no-rule', {}),
      bytesFloat: floatBytes.get(node.name) ?? 0,
      bytesQuantized: bytes.get(node.name) ?? 0,
      energyFloat: energy(graph, node, work),
      energyQuantized: twin ? energy(converted, twin, work) : { compute: 0, memory: 0 },
    };
  });
  const unknown: Score = {
    kind: 'accuracy',
    value: NaN,
    unit: '%',
    samples: 0,
    synthetic: samples.dataset.synthetic,
  };
  return {
    id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`,
    createdAt: Date.now(),
    modelName: model.name,
    recipe,
    ...(stats ? { stats } : {}),
    plan,
    graph: converted,
    floatScore: unknown,
    score: unknown,
    agreement: unknown,
    fileBytes: fileOf(converted).length,
    floatFileBytes: fileOf(graph).length,
    energyFloat: total(graph),
    energyQuantized: total(converted),
    layers,
    details: layerDetails(graph, plan, stats),
    issues: model.issues,
    engine: backend.label,
    samples: {
      calibration: needsCalibration(recipe) ? samples.split.calibration.length : 0,
      evaluation: samples.split.evaluation.length,
      synthetic: samples.dataset.synthetic,
    },
    pending: [
      'score',
      ...(measure.latency ? ['latency'] : []),
      ...(measure.isolated ? ['isolated'] : []),
      ...(measure.sensitivity ? ['sensitivity'] : []),
    ],
  };
}

function total(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => {
    const { compute, memory } = energy(graph, node, macs(graph, node));
    return sum + compute + memory;
  }, 0);
}
