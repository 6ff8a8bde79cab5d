/** Samples: opening them, deciding what their files don't say, and how many serve which purpose. */
import type { Choices, DataSource, RoleOptions, SourceFile } from '../../data/samples';
import { checksOf } from '../../data/refused';
import type { IntactError } from '../../model/error';
import type { OpenedModel, SamplesRequest } from '../../jobs/types';
import { syntheticSource } from '../../jobs/data/defaults';
import { filesKey } from '../../run/keys';
import { pathOf } from '../route';
import { defaultRoles, type DataState } from '../stores/data';
import type { Studio } from '../studio';
import { without } from '../without';
import { inTurn, notify, runHere, runJob } from './jobs';

const shown = { title: 'Reading the data', failure: 'The data was not read' };

const unread = { report: undefined, refusal: undefined, reading: false, formerKey: undefined };

/** Opens samples for the model; a refusal that leaves something to choose is kept, not noticed. */
async function readFor(studio: Studio, model: OpenedModel, samples: SamplesRequest) {
  let refusal: DataState['refusal'];
  const refused = (error: IntactError) => {
    const checks = checksOf(error);
    if (checks.every(({ choices }) => choices.length < 2)) return false;
    refusal = { message: error.message, checks };
    return true;
  };
  const report = await runJob(studio, { ...shown, refused }, 'openData', { model, samples });
  return { report, refusal };
}

const sourceFiles = (files: readonly File[]): SourceFile[] =>
  files.map((file) => ({ path: pathOf(file), bytes: file }));

/**
 * Files are read by the worker, in parts; here they are only hashed. Without a model they wait for one.
 * @param choices what is known of them beforehand
 */
export async function openData(
  studio: Studio,
  files: readonly File[],
  choices: Choices = {},
): Promise<boolean> {
  const [first] = files;
  if (!first) return false;
  const opened = await inTurn(studio, async () => {
    const own = sourceFiles(files);
    const key = await runHere(studio, shown, () => filesKey(own));
    if (key === undefined) return false;
    const name = files.length === 1 ? first.name : (pathOf(first).split('/')[0] ?? first.name);
    return read(studio, { kind: 'files', name, key, files: own, choices });
  });
  return opened ?? false;
}

/** Files for evaluation alone, beside the samples that are there; those then serve training and selection only. */
export async function openEvaluationData(studio: Studio, files: readonly File[]): Promise<boolean> {
  const opened = await inTurn(studio, async () => {
    const { source } = studio.data.getState();
    if (source?.kind !== 'files') {
      notify(studio, {
        severity: 'error',
        title: 'Not taken for evaluation',
        message: 'Open the samples to calibrate on first, then those for evaluation alone.',
      });
      return false;
    }
    if (files.length === 0) return false;
    const evaluation = sourceFiles(files);
    const key = await runHere(studio, shown, () => keyOf(source.files, evaluation));
    return key === undefined ? false : read(studio, { ...source, key, evaluation });
  });
  return opened ?? false;
}

/** The samples serve every role again. */
export async function clearEvaluationData(studio: Studio): Promise<boolean> {
  const opened = await inTurn(studio, async () => {
    const { source } = studio.data.getState();
    if (source?.kind !== 'files' || !source.evaluation) return false;
    const kept = without(source, 'evaluation');
    return read(studio, { ...kept, key: await filesKey(kept.files) });
  });
  return opened ?? false;
}

/** Which role a file has is part of what the samples are. */
function keyOf(files: readonly SourceFile[], evaluation: readonly SourceFile[]): Promise<string> {
  const as = (role: string) => (file: SourceFile) => ({ ...file, path: `${role}/${file.path}` });
  return filesKey([...files.map(as('training')), ...evaluation.map(as('evaluation'))]);
}

/** Has the worker read a source for the open model, and keeps it when that went well. */
async function read(studio: Studio, source: DataSource): Promise<boolean> {
  const { model } = studio.model.getState();
  if (!model) {
    studio.data.setState({ source, ...unread });
    return true;
  }
  const roles = defaultRoles(model, studio.data.getState().roles.seed);
  const { report, refusal } = await readFor(studio, model, { source, roles });
  if (!report && !refusal) return false;
  studio.data.setState({ ...unread, source, roles, report, refusal });
  return report !== undefined;
}

/** Data that was there before the model: read for it. What doesn't fit it goes, and a notice has said why. */
export async function fitData(studio: Studio): Promise<void> {
  const { source: before, report, roles, formerKey } = studio.data.getState();
  const { model } = studio.model.getState();
  if (!before || !model) return;
  const source = forInputs(before, model);
  const asked = report ? roles : defaultRoles(model, roles.seed);
  studio.data.setState({ source, roles: asked, ...unread, formerKey });
  const samples = { source, roles: asked };
  const found = await readFor(studio, model, samples);
  if (studio.data.getState().source !== source) return;
  if (found.report || found.refusal) studio.data.setState(found);
  else clearData(studio);
}

/** Which array goes into which input was decided for the inputs of another model. */
function forInputs(source: DataSource, model: OpenedModel): DataSource {
  const { binding } = source.choices;
  if (binding === undefined) return source;
  const names = new Set(binding.split(',').map((pair) => pair.split('=')[0]!.trim()));
  return model.summary.inputs.every(({ name }) => names.has(name))
    ? source
    : { ...source, choices: without(source.choices, 'binding') };
}

/** Data of a restored session that no worker has read yet; it stays as it is where it can't be read. */
export async function readRestored(studio: Studio): Promise<void> {
  await inTurn(studio, async () => {
    const { source, report, roles } = studio.data.getState();
    const { model } = studio.model.getState();
    if (!source || !model || report) return;
    const found = await readFor(studio, model, { source, roles });
    if (studio.data.getState().source === source) studio.data.setState(found);
  });
}

/** Makes the synthetic set that stands in where there is no data. */
export async function useSyntheticData(studio: Studio): Promise<boolean> {
  const opened = await inTurn(studio, async () =>
    studio.model.getState().model
      ? read(studio, syntheticSource(studio.data.getState().roles.seed))
      : false,
  );
  return opened ?? false;
}

export function clearData(studio: Studio) {
  studio.data.setState({ source: undefined, ...unread });
}

/**
 * Decides one of the report's checks (undefined: leaves it to the reader again). The samples are read
 * anew, and runs that were made otherwise are stale.
 */
export async function choose(
  studio: Studio,
  checkId: string,
  value: string | undefined,
): Promise<boolean> {
  const { source } = studio.data.getState();
  if (!source) return false;
  const others = without(source.choices, checkId);
  const choices = value === undefined ? others : { ...others, [checkId]: value };
  return change(studio, { source: { ...source, choices } });
}

/** Leaves everything to the reader again. */
export async function chooseNothing(studio: Studio): Promise<boolean> {
  const { source } = studio.data.getState();
  return source ? change(studio, { source: { ...source, choices: {} } }) : false;
}

/** Changes how many samples serve which purpose, or the seed that draws them. */
export async function setRoles(studio: Studio, part: Partial<RoleOptions>): Promise<boolean> {
  const { source, roles: before } = studio.data.getState();
  const roles = { ...before, ...part };
  // A synthetic set is drawn by the same seed.
  const drawn =
    source?.kind === 'synthetic' && source.seed !== roles.seed
      ? { ...syntheticSource(roles.seed), choices: source.choices }
      : source;
  return change(studio, { roles, ...(drawn && { source: drawn }) });
}

type Changed = Partial<Pick<DataState, 'source' | 'roles'>>;

/** Shows the change at once; the last of several is read, and one that can't be is taken back. */
async function change(studio: Studio, part: Changed): Promise<boolean> {
  const before = studio.data.getState();
  studio.data.setState({ ...part, reading: true, formerKey: undefined });
  const { source, roles } = studio.data.getState();
  const isLast = () => {
    const now = studio.data.getState();
    return now.source === source && now.roles === roles;
  };
  const done = await inTurn(studio, async () => {
    const { model } = studio.model.getState();
    if (!isLast()) return true;
    if (!source || !model) {
      studio.data.setState({ reading: false });
      return true;
    }
    const { report, refusal } = await readFor(studio, model, { source, roles });
    if (!isLast()) return true;
    // What was read before stands; of what was refused before, the new refusal is shown.
    const stands = !report && (before.report || !refusal);
    if (stands && refusal)
      notify(studio, {
        severity: 'error',
        title: 'The choice was not taken',
        message: refusal.message,
      });
    studio.data.setState(
      stands ? { ...before, reading: false } : { report, refusal, reading: false },
    );
    return report !== undefined;
  });
  return done ?? false;
}
