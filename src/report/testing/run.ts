/** A run that can be reported: as those of the comparison's tests, with a model of no nodes. */
import { int8, said, sqnr, testRun } from '../../analysis/compareRuns/testing/runs';
import type { Graph } from '../../model/graph';
import type { Run } from '../../run/types';

const graph: Graph = { name: 'net', values: [], nodes: [], inputs: [], outputs: [], layers: [] };

interface Options {
  readonly layers: readonly string[];
  readonly sqnr: readonly number[];
  readonly model?: string;
}

export function testReportRun(id: string, { layers, sqnr: decibels, model }: Options): Run {
  const run = testRun({
    ...{ id, recipe: int8 },
    ...(model === undefined ? {} : { model }),
    layers: layers.map((name, at) => ({ id: name, accumulated: sqnr(decibels[at]!) })),
    answers: said([
      [1, true],
      [2, false],
    ]),
  });
  return { ...run, made: { ...run.made, graph, converted: graph, details: {}, issues: [] } };
}
