/** Labels → a target per output, by name, then in their order; a model that gives back its input is its own target. */
import type { LabelColumn, RawSet } from '../raw';
import { product } from '../raw';
import type { Check, Choices, ModelNeeds, OutputNeed, TargetKind, TargetValue } from '../samples';
import { fitLabel } from './kinds';
import type { Target } from './target';

export interface Targets {
  readonly kinds: readonly TargetKind[];
  readonly checks: readonly Check[];
  readonly alternatives: Target['alternatives'];
  values(index: number): Promise<readonly (TargetValue | undefined)[]>;
  /** Whether a sample has any target. */
  has(index: number): boolean;
}

const bare = (name: string) => name.toLowerCase().replace(/:\d+$/, '').replace(/^.*\//, '');

/** @param inputShapes of the samples as fitted, without batch */
export function targetsOf(
  raw: RawSet,
  needs: ModelNeeds,
  inputShapes: readonly (readonly number[])[],
  choices: Choices,
): Targets {
  const unused = new Set<LabelColumn>(raw.labels);
  const targets: Target[] = [];
  const labels: LabelColumn[] = [];
  const problems: string[] = [];
  const own = reconstruction(needs, inputShapes);
  /** Labels that read as classes of an output that is as wide as the input. */
  let doubtful: Target | undefined;
  needs.outputs.forEach((need, output) => {
    const byName = [...unused].find((label) => bare(label.name) === bare(need.name));
    const order = byName
      ? [byName, ...[...unused].filter((label) => label !== byName)]
      : [...unused];
    for (const label of order) {
      const fit = fitLabel(label, need, output, choices);
      if ('problem' in fit) {
        if (!problems.includes(fit.problem)) problems.push(fit.problem);
        continue;
      }
      if (own?.output === output && gives(fit, need, label) === 'reconstruction') {
        doubtful = fit;
        if (choices.target !== 'labels' && !areClasses(choices)) continue;
      }
      targets.push(fit);
      labels.push(label);
      unused.delete(label);
      return;
    }
  });
  const checks: Check[] = targets.flatMap((target) => target.checks);
  if (targets.length === 0) {
    if (problems.length > 0 && raw.labels.length > 0)
      checks.push({
        id: 'label-fit',
        label: 'Labels',
        status: 'asked',
        value: 'none',
        sentence: problems[0]!,
        choices: [],
      });
    if (own)
      return {
        kinds: [own],
        checks: [
          ...checks,
          {
            id: 'target',
            label: 'Target',
            status: choices.target === 'reconstruction' ? 'chosen' : 'assumed',
            value: 'reconstruction',
            sentence: doubtful
              ? "The output has the input's shape and the labels name fewer classes than it gives numbers: it is taken to give back its input and is compared with the input as the network gets it."
              : "The output has the input's shape and there are no labels for it: it is compared with the input as the network gets it.",
            choices: doubtful ? targetChoices : [],
          },
        ],
        alternatives: [],
        values: () => Promise.resolve([undefined]),
        has: () => true,
      };
  }
  if (doubtful && targets.includes(doubtful) && choices.target === 'labels')
    checks.push({
      id: 'target',
      label: 'Target',
      status: 'chosen',
      value: 'labels',
      sentence: "The labels are the classes of an output that has the input's shape, as chosen.",
      choices: targetChoices,
    });
  const missing = labels.map(({ values, shape }) => ({
    values,
    length: Math.max(1, product(shape)),
  }));
  return {
    kinds: targets.map(({ kind }) => kind),
    checks,
    alternatives: targets.flatMap(({ alternatives }) => alternatives),
    values: (index) => Promise.all(targets.map((target) => target.value(index))),
    has: (index) =>
      missing.some(({ values, length }) => !values || !Number.isNaN(values[index * length]!)),
  };
}

const targetChoices: Check['choices'] = [
  {
    value: 'reconstruction',
    label: 'The input, given back',
    effect: 'the output is compared with the input',
  },
  { value: 'labels', label: 'The labels', effect: 'the output gives classes' },
];

/** Whoever says how labels are read says that they are what the model gives. */
const areClasses = (choices: Choices) =>
  ['label', 'label-base', 'class-order'].some((id) => choices[id] !== undefined);

/** What an output as wide as the input is for: all of its numbers are classes only where all have labels. */
function gives(
  fit: Target,
  { ends }: OutputNeed,
  label: LabelColumn,
): 'classes' | 'reconstruction' {
  if (fit.kind.kind !== 'classes' || ends === 'softmax') return 'classes';
  const seen = label.names?.length ?? new Set(label.values ?? []).size;
  return seen < fit.kind.count ? 'reconstruction' : 'classes';
}

/** The one output that has the one input's shape. */
function reconstruction(
  { inputs, outputs }: ModelNeeds,
  shapes: readonly (readonly number[])[],
): TargetKind | undefined {
  if (inputs.length !== 1) return undefined;
  const [shape] = shapes;
  const size = product(shape!);
  const squeezed = (sizes: readonly number[]) => sizes.filter((value) => value !== 1).join();
  const output = outputs.findIndex(
    (need) =>
      squeezed(need.shape.slice(1)) === squeezed(shape!) ||
      squeezed(need.shape.slice(1)) === squeezed(inputs[0]!.shape.slice(1)),
  );
  return output >= 0 && size > 1 ? { kind: 'reconstruction', output } : undefined;
}
