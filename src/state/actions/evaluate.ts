import { samplesKey, samplesOf } from '../data';
import type { Studio } from '../studio';
import { report, runJob } from './jobs';

/** Scores the open file as it is on the evaluation samples: what a quantized model is worth. */
export async function evaluate(studio: Studio) {
  const { model, key } = studio.model.getState();
  const data = studio.data.getState();
  const used = samplesKey(data);
  try {
    const samples = samplesOf(data);
    if (!model || !samples || !used) return;
    const result = await runJob(studio, 'Evaluating', 'Not evaluated', (events) =>
      studio.jobs.evaluate(model, samples, events),
    );
    if (result && studio.model.getState().key === key)
      studio.model.setState({ evaluation: { samplesKey: used, result } });
  } catch (thrown) {
    report(studio, 'Not evaluated', thrown);
  }
}
