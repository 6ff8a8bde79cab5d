/** What is open and how it is looked at, as a record. */
import type { Studio } from '../studio';
import { sourceFacts } from './entries';
import { recordVersion } from './records';

export function sessionRecord(studio: Studio) {
  const { model } = studio.model.getState();
  const { source, report, reading, roles, formerKey } = studio.data.getState();
  const { selected, leftOut = [] } = studio.runs.getState();
  const job = studio.job.getState();
  // What is offered and not answered yet is offered the next time too.
  const work = job.work ?? job.interrupted;
  const { layer, baseline, compared, ...view } = studio.view.getState();
  const kept: string[] = [...compared];
  return {
    version: recordVersion,
    at: Date.now(),
    ...(model && { model: model.key }),
    ...(source && { source: sourceFacts(source) }),
    ...(source && report && !reading && { report: { ...report, roles: [...report.roles] } }),
    ...(formerKey !== undefined && { formerKey }),
    ...(selected !== undefined && { selected }),
    ...(leftOut.length > 0 && { leftOut: leftOut.map(({ run }) => run.id) }),
    ...(work && {
      work: {
        modelKey: work.modelKey,
        recipes: work.recipes.map((one) => ({ ...one, rules: [...one.rules] })),
        ...(work.others && { others: work.others.map((one) => ({ ...one })) }),
      },
    }),
    roles,
    recipe: { ...studio.recipe.getState() },
    view: {
      ...view,
      compared: kept,
      ...(layer !== undefined && { layer }),
      ...(baseline !== undefined && { baseline }),
    },
  } as const;
}
