/** Each layer quantized while all others are float, one after the other: the change of the score. */
import { primaryIndex } from '../../analysis/score';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { keptSample, samplesThatFit, type KeptSample } from './floatActivations';
import { isMeasurable } from './isolated';
import type { Measured } from './measured';
import { layerSensitivity, type MadeOf } from './sensitivity';
import { affordable, workOf } from './work';

/** Multiply-accumulates that all layers together may take: some tens of seconds. */
const WORK = 6e10;
/** Samples per layer. */
const SAMPLES = { least: 8, most: 256 } as const;

/** Samples on which each of `layers` layers alone is measured; each costs half a run on average. */
export function samplesOfSensitivity(graph: Graph, layers: number): number {
  const each = workOf(graph) * Math.max(1, layers / 2);
  return Math.min(affordable(WORK, each, SAMPLES), samplesThatFit(graph));
}

/** @param engine what runs behind the layer is float; another than WASM where the user asks for it */
export async function everySensitivity(
  measured: Measured,
  made: MadeOf,
  engine: { readonly backend: Backend; readonly batch: number } = {
    backend: measured.backend,
    batch: 1,
  },
): Promise<void> {
  const { samples, roles, scorings, float, growing, context } = measured;
  const report = measured.report.alone;
  const layers = growing.run.made.layers.filter(isMeasurable);
  const most = samplesOfSensitivity(float.graph, layers.length);
  const chosen = roles.evaluation.slice(0, most);
  const kept: KeptSample[] = [];
  for (const index of chosen) {
    report(`Keeping the float model's numbers on ${chosen.length} samples`, 0, 1);
    kept.push(await keptSample(float, await samples.read(index)));
    await context.share.border();
    if (context.stop.stopped) return;
  }
  growing.set({ counts: { ...growing.run.figures.counts, sensitivity: chosen.length } });
  const scoring = scorings[primaryIndex(scorings)]!;
  for (const [position, { id }] of layers.entries()) {
    if (context.stop.stopped) return;
    report(
      `Layer ${position + 1} of ${layers.length} alone, on ${chosen.length} samples: ${id}`,
      position,
      layers.length,
    );
    const change = await layerSensitivity(id, {
      ...{ made, kept, samples, scoring },
      ...{ backend: engine.backend, batch: engine.batch },
    });
    growing.setLayers(new Map([[id, { sensitivity: change }]]));
    growing.publish('soon');
    await context.share.border();
  }
  growing.done('sensitivity');
  growing.publish('now');
}
