/** Each quantized layer alone, one after the other: error at its output, and the change of the score. */
import { primaryIndex } from '../../analysis/score';
import type { Graph, Node } from '../../model/graph';
import type { LayerFacts, LayerFigures } from '../../run/types';
import { keptSample, samplesThatFit, type KeptSample } from './floatActivations';
import type { Measured } from './measured';
import { layerSensitivity, type MadeOf } from './sensitivity';
import { affordable, workOf } from './work';

/** Multiply-accumulates that all layers together may take: tens of seconds. */
const WORK = 6e10;
/** Samples per layer. */
const SAMPLES = { least: 8, most: 256 } as const;

/** Samples on which each of `layers` layers alone is measured; each costs half a run on average. */
export function samplesAlone(graph: Graph, layers: number): number {
  const each = workOf(graph) * Math.max(1, layers / 2);
  return Math.min(affordable(WORK, each, SAMPLES), samplesThatFit(graph));
}

export async function eachLayerAlone(measured: Measured, made: MadeOf): Promise<void> {
  const { backend, samples, roles, scorings, float, growing, context } = measured;
  const report = measured.report.alone;
  const layers = growing.run.made.layers.filter(isMeasurable);
  const most = samplesAlone(float.graph, layers.length);
  const chosen = roles.evaluation.slice(0, most);
  const kept: KeptSample[] = [];
  for (const index of chosen) {
    report(`Keeping the float model's numbers on ${chosen.length} samples`, 0, 1);
    kept.push(await keptSample(float, await samples.read(index)));
    await context.share.border();
    if (context.stop.stopped) return;
  }
  growing.set({ counts: { ...growing.run.figures.counts, isolated: chosen.length } });
  const scoring = scorings[primaryIndex(scorings)]!;
  for (const [position, { id }] of layers.entries()) {
    if (context.stop.stopped) return;
    report(
      `Layer ${position + 1} of ${layers.length} alone, on ${chosen.length} samples: ${id}`,
      position,
      layers.length,
    );
    const { isolated, change } = await layerSensitivity(id, {
      backend,
      made,
      kept,
      samples,
      scoring,
    });
    const figures: LayerFigures = { isolated, sensitivity: change };
    growing.setLayers(new Map([[id, figures]]));
    growing.publish('soon');
    await context.share.border();
  }
  growing.done('isolated', 'sensitivity');
  growing.publish('now');
}

/** Nodes that only relabel or move bytes lose nothing of their own. */
const movers: ReadonlySet<string> = new Set<Node['op']>([
  'RESHAPE',
  'SQUEEZE',
  'EXPAND_DIMS',
  'TRANSPOSE',
]);
const isMeasurable = ({ scheme, op }: LayerFacts) => scheme !== 'float32' && !movers.has(op);
