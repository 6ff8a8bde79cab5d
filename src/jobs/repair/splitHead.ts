/** `split-head`: the CONCATENATION that ends the model is taken away; old and new signature are said. */
import type { Graph } from '../../model/graph';
import { splitHead as splitAt, type Split } from '../../quant/repair';
import { partKinds } from '../data/splitSamples';
import type { StepRunner } from '../quantize/step';
import { listed } from './words';

export const splitHead: StepRunner<'split-head'> = ({ graph, step, samples }) => {
  const { graph: after, split } = splitAt(graph, step.node);
  const labels = samples.targets.find(({ output }) => output === split.output);
  const lost =
    labels && partKinds(labels, split).length === 0
      ? [
          `The samples' labels (${labels.kind}) are those of the joint output; its parts are compared with the float model's.`,
        ]
      : [];
  return Promise.resolve({ graph: after, split, said: [sentence(graph, after, split), ...lost] });
};

function sentence(before: Graph, after: Graph, { output, joint, parts }: Split): string {
  const signature = ({ outputs, values }: Graph, from: number, count: number) =>
    listed(
      outputs.slice(from, from + count).map((index) => {
        const { name, shape } = values[index]!;
        return `"${name}" [${shape.join(', ')}]`;
      }),
    );
  const others = before.outputs.length - 1;
  return `The output ${signature(before, output, 1)} was split: it is now ${signature(after, output, parts.length)}, in this order${others > 0 ? `, beside ${others} other${others === 1 ? '' : 's'}` : ''}. Whoever reads "${joint.name}" must put them together again.`;
}
