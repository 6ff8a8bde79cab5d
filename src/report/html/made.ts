/** How each run was made: model, samples, seeds, versions, training, what verified it, and its recipe. */
import { seedsOf, type Comparable, type Comparison } from '../../analysis/compareRuns';
import { targetOf } from '../../quant/targets';
import type { Verification } from '../../run/verification';
import { escaped } from '../charts/svg';
import { runName, table } from './parts';

type Verifications = Readonly<Record<string, Verification>>;

export function madeSection({ runs }: Comparison, verifications: Verifications): string {
  return runs
    .flatMap(({ label, runs: own }, position) =>
      own.map((run) => {
        const { recipe } = run.made;
        const text = recipe ? JSON.stringify(recipe, null, 1) : 'The model as it is: no recipe.';
        return `<h3>${runName(label, position)}</h3>${table(
          `How ${label} was made`,
          [{ head: 'What' }, { head: 'Value' }],
          factsOf(run, verifications[run.id]).map(([name, value]) => [
            escaped(name),
            escaped(value),
          ]),
        )}<pre>${escaped(text)}</pre>`;
      }),
    )
    .join('');
}

function factsOf(
  { id, made }: Comparable,
  verification: Verification | undefined,
): readonly (readonly [string, string])[] {
  const { subject, samples, engine, createdAt, recipe, from, log, repaired = [] } = made;
  const roles = samples.roles.map(({ role, count }) => `${count.toLocaleString('en-US')} ${role}`);
  const synthetic = samples.synthetic ? ' (synthetic)' : '';
  return [
    ['Run', `${id}, made ${new Date(createdAt).toISOString()}`],
    ['Model', `${subject.name} (${subject.format}), SHA-256 ${subject.key}`],
    ['Samples', `${samples.name}${synthetic}: ${roles.join(', ')}`],
    ['Seeds', seedWords(samples.seed, recipe)],
    ...(recipe ? [['Target', targetOf(recipe.target).label] as const] : []),
    ['Engine', engine],
    ...(log ? [['Training', trainingWords(log)] as const] : []),
    ...repaired.flatMap(({ kind, sentences }) =>
      sentences.map((sentence) => [`Repair (${kind})`, sentence] as const),
    ),
    ...(from === undefined ? [] : [['Started from', `run ${from}`] as const]),
    ['Verified', verified(verification)],
  ];
}

function seedWords(drawing: number | undefined, recipe: Parameters<typeof seedsOf>[0]): string {
  const steps = seedsOf(recipe);
  const said = [
    ...(drawing === undefined ? [] : [`samples ${drawing}`]),
    ...(steps.length > 0 ? [`steps of the recipe ${steps.join(', ')}`] : []),
  ];
  return said.length > 0 ? said.join('; ') : 'none were kept';
}

function trainingWords(log: NonNullable<Comparable['made']['log']>): string {
  const { backend, workers, chosen, samples, seconds } = log;
  const count = samples.training.toLocaleString('en-US');
  return `TF.js on ${backend}, ${workers} ${workers === 1 ? 'worker' : 'workers'}, ${count} samples, ${Math.round(seconds).toLocaleString('en-US')} s; epoch ${chosen.epoch} kept: ${chosen.why}`;
}

function verified(verification: Verification | undefined): string {
  if (!verification) return 'not yet: “Verify in LiteRT” in the studio runs the exported file';
  const { runtime, samples, identical, largestDifference, largestSteps } = verification;
  const count = (value: number) => value.toLocaleString('en-US');
  const unit = largestSteps === 1 ? 'step' : 'steps';
  const steps = largestSteps === undefined ? '' : ` (${largestSteps} quantization ${unit})`;
  return `${runtime}: ${count(identical)} of ${count(samples)} samples identical, largest difference ${largestDifference}${steps}`;
}
