/** Cases of 4-bit weights, which the runtime rounds in fixed point: also with shifts to the left and far right. */
import type { Value } from '../../model/graph';
import type { Random } from '../../testing/random';
import type { SuiteCase } from '../suite/build';
import { convolutionCase, fullyConnectedCase } from './cases';

/** Factors on the output's scale: 1 is an ordinary layer, 1e-4 shifts sums to the left, 1e6 to nothing. */
const outputs = [1, 1, 1, 0.1, 1e-4, 1e-7, 1e3, 1e6] as const;

const scaled = ({ quant, ...value }: Value, by: number): Value =>
  quant ? { ...value, quant: { ...quant, scale: quant.scale.map((s) => s * by) } } : value;

/** The same layer with the low bits of its weights; scales 16 times as large, as far as they go. */
export function int4Case(random: Random): SuiteCase {
  const kind = random.int(0, 2);
  const made =
    kind === 2 ? fullyConnectedCase(random, 'int8') : convolutionCase(random, 'int8', kind === 1);
  const { graph } = made;
  const node = graph.nodes[0]!;
  const by = random.pick(outputs);
  const values = graph.values.map((value, index): Value => {
    if (index === node.inputs[1]) {
      const data = Int8Array.from(value.data as Int8Array, (w) => w % 8);
      return { ...scaled(value, 16), dtype: 'int4', data };
    }
    if (index === node.inputs[2]) return scaled(value, 16);
    return index === node.outputs[0] ? scaled(value, by) : value;
  });
  return { ...made, name: `${made.name}, int4, output × ${by}`, graph: { ...graph, values } };
}
