import { expect, it } from 'vitest';
import { builder, dense, plain } from '../testing/graphs';
import { flowOf } from './flow';
import { headsOf } from './heads';

/** x → a → FLOOR → ADD ← b ← x; ADD → logits → SOFTMAX; and a layer that no output needs. */
function branching() {
  const b = builder();
  const x = b.input('x', [1, 4]);
  const layer = (name: string, from: number) =>
    b.node('FULLY_CONNECTED', name, dense, [from, b.constant(`${name}/w`, [4, 4])], [1, 4]);
  const floor = b.node('FLOOR', 'floor', {}, [layer('a', x)], [1, 4]);
  const sum = b.node('ADD', 'sum', plain, [floor, layer('b', x)], [1, 4]);
  const scaled = b.node('MUL', 'scaled', plain, [sum, b.constant('c', [4])], [1, 4]);
  layer('unused', x);
  const logits = layer('logits', scaled);
  return b.graph([b.node('SOFTMAX', 'softmax', { beta: 1 }, [logits], [1, 4])]);
}

it('takes the loss before the activation that ends the graph', () => {
  const graph = branching();
  const [head] = headsOf(graph);
  expect(graph.values[head!.value]!.name).toBe('logits:0');
  expect(head!.kind).toBe('classes');
});

it('freezes and names what no gradient reaches; the rest trains', () => {
  const graph = branching();
  const flow = flowOf(graph, headsOf(graph), []);
  expect([...flow.trains].map(({ name }) => name)).toEqual(['b', 'logits']);
  expect(flow.frozen).toEqual([
    {
      node: 'a',
      why: 'no gradient comes back through FLOOR "floor": its result moves in steps, so that its gradient is 0',
    },
    {
      node: 'scaled',
      why: 'its constants stay as they are: the weights of convolutions and dense layers train, and slopes',
    },
    { node: 'unused', why: 'no output depends on it' },
  ]);
});
