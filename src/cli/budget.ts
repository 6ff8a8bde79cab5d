/** quantize --budget: precisions are mixed on samples that choose, and the mixture becomes the run. */
import { choose, mixText, mixtureRequest, pointText, samplesText } from '../analysis/dial';
import { runJob } from '../jobs';
import type { WorkerContext } from '../jobs/job';
import type { JobEvents, QuantizeRequest } from '../jobs/types';
import { IntactError } from '../model/error';
import type { Budget, Dial, DialPoint } from '../run/dial';
import type { Run } from '../run/types';

interface Place {
  readonly worker: WorkerContext;
  readonly events: JobEvents;
  /** Hears the curve as it is measured; undefined: nobody does. */
  readonly print: ((text: string) => void) | undefined;
}

const unmeasured = { isolated: false, latency: false, sensitivity: false };

/**
 * The run that keeps the budget, or comes nearest, with the dial that it was chosen from.
 * @param request of the run without a budget
 */
export async function quantizedWithin(
  budget: Budget,
  request: QuantizeRequest,
  { worker, events, print }: Place,
): Promise<Run> {
  const { model, samples, measure } = request;
  const run = await runJob('quantize', { ...request, measure: unmeasured }, worker, events);
  let told = 0;
  const tell = (dial: Dial | undefined) => {
    if (!dial || !print) return;
    if (told === 0 && dial.points.length > 0) print(headText(dial));
    for (; told < dial.points.length; told++) print(`  ${lineText(dial.points[told]!, dial)}\n`);
  };
  const dialled = await runJob(
    'dial',
    { model, samples, run, budget, latency: measure.latency },
    worker,
    { ...events, partial: ({ figures }) => tell(figures.dial) },
  );
  const { dial } = dialled.figures;
  tell(dial);
  const choice = dial && choose(budget, dial);
  if (!choice) throw new IntactError('internal', 'No mixture was measured.');
  print?.(`\n${choice.sentence}\n\n`);
  const mixture = mixtureRequest(run, dial.points[choice.point]!);
  const made = await runJob('quantize', { ...request, ...mixture }, worker, events);
  return { ...made, figures: { ...made.figures, dial: { ...dial, chosen: choice } } };
}

const headText = (dial: Dial) =>
  `Mixtures, measured on ${samplesText(dial)}${dial.synthetic ? ', made up: they say how alike the answers are, not how right' : ''}:\n`;

const lineText = (point: DialPoint, { float }: Dial) =>
  `${pointText(point, float.score)}${point.ms === undefined ? '' : `, about ${point.ms.toFixed(3)} ms`}: ${mixText(point)}`;
