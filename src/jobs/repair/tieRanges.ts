/** `tie-ranges`: the inputs of CONCATENATION and ADD get one range; the plan is made anew from it. */
import { plan as planOf } from '../../quant/plan';
import { MOST_UNLIKE, tieRanges as tied, type Tied } from '../../quant/repair';
import type { Plan, ValuePlan } from '../../quant/types';
import { keptRounding } from '../../quant/rounded';
import { why } from '../../quant/why';
import type { StepRunner } from '../quantize/step';
import { plural } from '../../analysis/format';
import { listed } from './words';

/** How many names are said before the rest is counted. */
const SAID = 4;

export const tieRanges: StepRunner<'tie-ranges'> = (input) => {
  const { graph, plan, stats, recipe, step, learned } = input;
  const unchanged = (sentence: string) => Promise.resolve({ graph, said: [sentence] });
  if (!stats) return unchanged('No range was tied: nothing has integer activations.');
  if (learned)
    return unchanged(
      'No range was tied: those of this run were learned, and are kept. Tie them before training or rounding.',
    );
  const found = tied(graph, plan, stats, step.nodes);
  const said = leftSentence(found.left);
  if (found.tied.length === 0)
    return unchanged(
      `No range was tied.${said || ' No CONCATENATION or ADD has inputs with ranges of their own.'}`,
    );
  const fresh = keptRounding({ graph, plan }, { graph, plan: planOf(graph, recipe, found.stats) });
  return Promise.resolve({
    ...{ graph, learned, stats: found.stats },
    plan: withReasons(fresh, plan, found.tied),
    said: [
      `The inputs of ${names(found.tied.map(({ node }) => node.name))} have one range at each now.${said}`,
    ],
  });
};

function names(all: readonly string[]): string {
  const quoted = all.slice(0, SAID).map((name) => `"${name}"`);
  return all.length > SAID ? `${quoted.join(', ')} and ${all.length - SAID} more` : listed(quoted);
}

function leftSentence(left: ReturnType<typeof tied>['left']): string {
  const of = (reason: string) => left.filter(({ why: one }) => one === reason).length;
  const parts = [
    ...(of('unlike') > 0
      ? [
          `${plural(of('unlike'), 'layer')} ${of('unlike') === 1 ? 'has' : 'have'} inputs whose ranges differ more than ${MOST_UNLIKE} times`,
        ]
      : []),
    ...(of('same') > 0 ? [`${plural(of('same'), 'layer')} had one range already`] : []),
    ...(of('fixed') > 0
      ? [`in ${plural(of('fixed'), 'layer')} fewer than two inputs can change theirs`]
      : []),
  ];
  return parts.length === 0 ? '' : ` Left as they are: ${parts.join('; ')}.`;
}

/** Values that have another grid now say why; those of a class follow their source as before. */
function withReasons(fresh: Plan, before: Plan, all: readonly Tied[]): Plan {
  const values: Record<string, ValuePlan> = { ...fresh.values };
  for (const { node, min, max, values: tiedNames } of all)
    for (const name of tiedNames) {
      const value = values[name];
      if (value?.why.code === 'calibrated' && before.values[name] !== value)
        values[name] = { ...value, why: why('tied', { op: node.op, node: node.name, min, max }) };
    }
  return { ...fresh, values };
}
