/** The samples that a run was made on, opened again with the choices that were in force then. */
import type { Check, Choices, DataSource } from '../../data/samples';
import { IntactError } from '../../model/error';
import { rejoined } from '../../quant/repair';
import type { Made } from '../../run/types';
import type { JobContext } from '../job';
import type { SamplesRequest } from '../types';
import type { OpenedSamples } from './samples';
import { splitSamples } from './splitSamples';

/** @throws IntactError `bad-data` where other samples are given than the run was measured on */
export async function samplesOfMade<P>(
  made: Pick<Made, 'graph' | 'samples' | 'splits'>,
  request: SamplesRequest,
  context: JobContext<P>,
): Promise<OpenedSamples> {
  const source = withChoices(request.source, made.samples.checks);
  const splits = made.splits ?? [];
  const joint = splits.reduceRight(rejoined, made.graph);
  const opened = await context.openSamples(
    { ...request, source },
    { graph: joint, optimized: joint },
  );
  if (opened.samples.key !== made.samples.key)
    throw new IntactError(
      'bad-data',
      `The samples of this run ("${made.samples.name}") are not there any more: what is open ("${opened.samples.name}") is another set, or prepared otherwise. Open the samples that it was made with.`,
    );
  return splits.reduce(
    (one, split, at) =>
      splitSamples(one, split, splits.slice(at + 1).reduceRight(rejoined, made.graph)),
    opened,
  );
}

/** What was decided when the run was made holds again, so that nothing is tried anew. */
function withChoices(source: DataSource, checks: readonly Check[]): DataSource {
  const decided: Choices = Object.fromEntries(
    checks.flatMap(({ id, value, choices }) => (choices.length > 0 ? [[id, value]] : [])),
  );
  return { ...source, choices: { ...decided, ...source.choices } };
}
