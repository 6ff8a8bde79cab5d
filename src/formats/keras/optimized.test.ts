/** Real Keras models with BatchNorm: everything folds, and the numbers stay. */
import { describe, expect, it } from 'vitest';
import { openFiles } from '../index';
import { hasShared, readShared } from '../../testing/shared';
import { optimize } from '../../model/passes/optimize';
import { distance, results } from '../../testing/graphs';

describe.skipIf(!hasShared)('MLPerf Tiny', () => {
  it.each(['resnet8', 'vww_96', 'ad01', 'str_ww_ref_model'])(
    '%s.h5',
    { timeout: 30_000 },
    async (name) => {
      const bytes = readShared(`models/mlperf-tiny/${name}.h5`);
      const { graph: imported } = await openFiles([{ path: `${name}.h5`, bytes }]);
      const { graph, issues } = optimize(imported);
      expect(issues).toEqual([]);
      expect(graph.nodes.filter(({ op }) => op === 'MUL' || op === 'RELU')).toEqual([]);
      expect(distance(await results(imported), await results(graph))).toBeLessThan(1e-5);
    },
  );
});
