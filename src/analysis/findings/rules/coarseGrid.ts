/** A layer alone errs by much more than its output's grid rounds. */
import { number, plural } from '../../format';
import { quality } from '../../figures/quality';
import { remedies } from '../fixes';
import type { Rule } from '../rule';

const figure = quality.find(({ id }) => id === 'rmseOverScale')!;
const thresholds = { steps: 0.7, share: 0.05 } as const;

export const coarseGrid: Rule = {
  id: 'coarse-grid',
  title: 'Errors of more than rounding',
  source: `TFLite’s quantization debugger (tensorflow.org/lite/performance/quantization_debugger): RMSE / scale above 0.7 is suspicious. ${figure.definition}`,
  thresholds,
  kind: 'sign',
  needsRealSamples: false,
  find: (ground) => {
    const layers = ground.measured.filter(
      ({ row, share, scoreShare, grid }) =>
        grid?.why.code !== 'fixed-by-op' &&
        (row.isolated?.rmseOverScale ?? 0) > thresholds.steps &&
        Math.max(share, scoreShare ?? 0) > thresholds.share,
    );
    if (layers.length === 0) return [];
    const [worst] = [...layers].sort((a, b) => steps(b) - steps(a));
    const isWeights = worst!.weightPart > 0.5;
    return [
      {
        layers: layers.map((layer) => ({
          id: layer.id,
          explains: 1 - 1 / (12 * steps(layer) ** 2),
        })),
        reason: `Alone, “${worst!.id}” errs by ${number(steps(worst!))} steps of its output’s grid (root mean square), where rounding makes 0.29. ${isWeights ? 'Most of it comes from its weights' : 'Most of it comes from its activations’ grids'}.${layers.length > 1 ? ` So do ${plural(layers.length - 1, 'other layer')}.` : ''}`,
        fixes: remedies(layers, ground),
      },
    ];
  },
};

const steps = ({ row }: { row: { isolated?: { rmseOverScale?: number } } }) =>
  row.isolated?.rmseOverScale ?? 0;
