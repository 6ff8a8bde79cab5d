/** Models as the tests of exports take them: calibrated on made-up samples, and run on others. */
import { openSamples } from '../../data/open';
import type { Backend } from '../../engine/engine';
import type { Graph, Tensor } from '../../model/graph';
import { calibrate } from '../../quant/stats';
import type { Stats } from '../../quant/types';
import { needsOf } from '../needs';
import { feedsOf, runnable } from '../prepared';
import type { OpenedModel } from '../types';

/** Made-up samples beyond those that calibrate. */
export const SAMPLES = 5;
const CALIBRATION = 8;

export interface Calibrated {
  readonly graph: Graph;
  readonly stats: Stats;
  /** The samples beyond those that calibrated, as inputs of a graph that was made of this one. */
  given(converted: Graph): Promise<Tensor[][]>;
}

export async function calibrated(model: OpenedModel, backend: Backend): Promise<Calibrated> {
  const graph = model.optimized;
  const samples = await openSamples(
    {
      ...{ kind: 'synthetic', name: 'made up', key: 'made up', seed: 3, choices: {} },
      count: CALIBRATION + SAMPLES,
    },
    needsOf(model.graph),
  );
  const float = await backend.prepare(runnable(graph));
  const calibration = {
    length: CALIBRATION,
    at: async (index: number) => feedsOf(graph, await samples.read(index)),
  };
  const stats = await calibrate(graph, (given, tap) => float.run(given, tap), calibration, {
    method: 'minmax',
  });
  float.dispose();
  return {
    graph,
    stats,
    async given(converted) {
      const given: Tensor[][] = [];
      for (let index = CALIBRATION; index < CALIBRATION + SAMPLES; index++)
        given.push(feedsOf(converted, await samples.read(index)));
      return given;
    },
  };
}

export async function outputsOf(backend: Backend, graph: Graph, feeds: readonly Tensor[][]) {
  const executable = await backend.prepare(runnable(graph));
  const outputs: Tensor[][] = [];
  for (const feed of feeds) outputs.push(await executable.run(feed));
  executable.dispose();
  return outputs;
}
