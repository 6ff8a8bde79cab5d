/**
 * Layers whose scales are powers of two, so that many results lie half-way between two integers: they round
 * to the even one before the zero point is added, whether that is even or odd.
 */
import type { Value } from '../../model/graph';
import type { Random } from '../../testing/random';
import type { SuiteCase } from '../suite/build';
import { convolutionCase, fullyConnectedCase } from './cases';

export function tiesCase(random: Random): SuiteCase {
  const kind = random.int(0, 2);
  const made =
    kind === 2 ? fullyConnectedCase(random, 'int8') : convolutionCase(random, 'int8', kind === 1);
  const { graph } = made;
  const node = graph.nodes[0]!;
  const [input, weights, bias] = node.inputs;
  const exponents = new Map([
    [input, -5],
    [weights, -6],
    [bias, -11],
    [node.outputs[0], -10 + random.int(0, 8)],
  ]);
  const values = graph.values.map((value, index): Value => {
    const exponent = exponents.get(index);
    if (!value.quant || exponent === undefined) return value;
    return {
      ...value,
      quant: { ...value.quant, scale: value.quant.scale.map(() => 2 ** exponent) },
    };
  });
  return { ...made, name: `${made.name}, ties`, graph: { ...graph, values } };
}
