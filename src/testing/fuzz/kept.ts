/** What the page keeps and reads again: session files, and the parts of stored runs that it draws and carries out. */
import { changed, type RecipeChange } from '../../quant/change';
import { calibrationLabel } from '../../quant/observers';
import { readRecipeJson, stockRecipe } from '../../quant/recipe';
import { requestsOf } from '../../quant/requests';
import { stepWord } from '../../quant/stepWords';
import type { Recipe } from '../../quant/types';
import { recipeKey } from '../../run/keys';
import type { Finding } from '../../run/findings';
import { openData } from '../../state/actions/data';
import { openModel } from '../../state/actions/open';
import { quantize } from '../../state/actions/quantize';
import { openSession } from '../../state/session/open';
import { saveSession } from '../../state/session/save';
import { checkedRecord, checkPart, recordVersion } from '../../state/storage/records';
import { recipeOf, settingsOf, settingsProblem } from '../../state/stores/recipe';
import { without } from '../../state/without';
import { createStudio } from '../../state/studio';
import { createFakeJobs } from '../fakeJobs';
import { fakeModel } from '../fakeModel';
import { fakeRun } from '../fakeRun';
import type { Random } from '../random';
import type { FuzzFile } from './file';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = ({ bytes }: FuzzFile) => new TextDecoder().decode(bytes);

export async function sessions(): Promise<FuzzFile[][]> {
  const studio = createStudio(createFakeJobs(0));
  await openModel(studio, [new File(['net'], 'net.h5')]);
  await openData(studio, [new File(['a,b\n1,2\n'], 'digits.csv')]);
  await quantize(studio);
  const blob = await saveSession(studio, { samples: true });
  return [[{ path: 'x.session.zip', bytes: new Uint8Array(await blob.arrayBuffer()) }]];
}

/** The whole page's state after it: what was lost has a sentence each. */
export async function readSession([file]: readonly FuzzFile[]): Promise<void> {
  const studio = createStudio(createFakeJobs(0));
  const blob = new Blob([file!.bytes as Uint8Array<ArrayBuffer>]);
  const { lost } = await openSession(studio, blob, 'x.session.zip');
  for (const sentence of lost)
    if (!/[.?!…]["”)]?$/.test(sentence)) throw new Error(`no sentence: ${sentence}`);
  for (const { run } of studio.runs.getState().entries)
    if (run.made.recipe) carriedOut(run.made.recipe);
  settingsProblem(studio.recipe.getState());
}

/** A pack's path in a session file is its address, so that a changed pack is one that is missing. */
export const isManifest = (path: string): boolean => path.endsWith('.json');

const recipe = (): Recipe => ({
  ...stockRecipe('int8', {
    ranges: {
      a: { method: 'given', min: -1, max: 1 },
      b: { method: 'percentile', percentile: 99 },
    },
    steps: [
      { kind: 'equalize', relu6: 'keep', absorb: true },
      { kind: 'tie-ranges', nodes: ['add'] },
      { kind: 'split-head', node: 'concat' },
      { kind: 'round', method: 'adaround', seed: 1, options: { iterations: 10 } },
      { kind: 'correct-bias', samples: 4 },
      { kind: 'train', seed: 1, options: { epochs: 1 } },
    ],
  }),
  leaveOut: ['0a'],
});

const finding: Finding = {
  ...{ id: 'channel-ranges:a', rule: 'channel-ranges', layers: ['a'], couldBeChance: false },
  ...{ title: 'Channel ranges of weights far apart', reason: '76 times the median.', weight: 3 },
  cost: { unit: '%', value: -3, samples: 100, label: 'accuracy' },
  fixes: [
    {
      ...{ id: 'equalize', label: 'Equalize', bytes: 12, ms: 0.1, note: 'The outputs stay.' },
      change: {
        ...{ scheme: 'int8', overrides: { a: 'int16' }, leaveOut: ['0b'] },
        ranges: { a: { method: 'given', min: 0, max: 1 } },
        calibration: { method: 'minmax' },
        steps: [{ kind: 'equalize', relu6: 'replace', absorb: false }],
      },
      predicted: { unit: '%', value: 2, how: 'of this layer alone' },
    },
  ],
};

/** Session settings, facts and figures of a run that has every record of a repair. */
export function parts(): FuzzFile[][] {
  const { made, figures } = fakeRun({ model: fakeModel('net', 4), recipe: recipe() });
  const settings = settingsOf(without(recipe(), 'leaveOut'));
  const session = {
    ...{ version: recordVersion, at: 1, roles: { calibration: 200, seed: 1 }, recipe: settings },
    view: { layersView: 'table', overlay: 'sqnr', chart: 'sqnr' },
    work: { modelKey: 'x', recipes: [recipe()] },
  };
  const repair = { from: 'run-0', finding: finding.id, fix: 'equalize', label: 'Equalize' };
  const whole = {
    made: { ...without(made, 'graph', 'converted'), repair },
    figures: {
      ...figures,
      evidence: { layers: { a: { beyond: 0.1 } }, outputs: { y: { sqnr: 9 } }, halves: { a: 0.1 } },
      findings: [finding],
    },
    session,
  };
  return [[{ path: 'parts.json', bytes: bytesOf(JSON.stringify(whole)) }]];
}

export function readParts([file]: readonly FuzzFile[]): Promise<void> {
  const found = (JSON.parse(textOf(file!)) ?? {}) as Partial<
    Record<'made' | 'figures' | 'session', unknown>
  >;
  checkPart('made', found.made);
  checkPart('figures', found.figures);
  const session = checkedRecord('sessions', found.session);
  const { recipe: own } = found.made as { recipe?: Recipe };
  const { findings = [] } = found.figures as { findings?: readonly Finding[] };
  const base = own ?? recipe();
  carriedOut(base);
  for (const { fixes } of findings)
    for (const { change } of fixes) carriedOut(changed(base, change as RecipeChange));
  settingsProblem(session.recipe);
  carriedOut(recipeOf(session.recipe));
  for (const one of session.work?.recipes ?? []) carriedOut(one as unknown as Recipe);
  return Promise.resolve();
}

/** What the page says of a recipe, and what a job makes of its rules. */
function carriedOut(made: Recipe): void {
  recipeKey(made);
  settingsOf(made);
  calibrationLabel(made.calibration);
  for (const step of made.steps) if (!stepWord(step)) throw new Error('A step has no word.');
  const node = { op: 'CONV_2D', attrs: {}, inputs: [], outputs: [], layer: 0 } as never;
  requestsOf(made)({ ...(node as object), name: `${'a'.repeat(300)}!` } as never);
}

const pieces = ['a', '.', '\\d', '[a-z]', '(a+)+', '(a|a)*', '(?=a)', '(?!a)', '(?<=a)', '\\1'];
const more = [
  '(',
  ')',
  '[',
  '*',
  '+?',
  '{2,}',
  '{1000}',
  '{1,9999}',
  '^',
  '$',
  '|',
  '\\',
  '\\p{L}',
];

/** A recipe whose rules have patterns of pieces that matchers stumble over. */
export function patterns(original: Uint8Array, { int, pick }: Random): Uint8Array {
  const rules = JSON.parse(new TextDecoder().decode(original)) as { regex: string }[];
  const pattern = () =>
    Array.from({ length: int(1, 12) }, () => pick([...pieces, ...more])).join('');
  return bytesOf(JSON.stringify(rules.map((rule) => ({ ...rule, regex: pattern() }))));
}

export function readPatterns([file]: readonly FuzzFile[]): Promise<void> {
  carriedOut(readRecipeJson(textOf(file!)));
  return Promise.resolve();
}

export const recipeFile = (): FuzzFile[][] => [
  [{ path: 'recipe.json', bytes: bytesOf(JSON.stringify(stockRecipe('int8').rules)) }],
];
