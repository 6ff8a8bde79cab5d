import { useEntry } from '../studio';
import { runLabel } from '../runLabel';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { TrainedRun } from '../training/TrainedRun';
import { Alarms } from './Alarms';
import { ChanceHint } from './ChanceHint';
import { EvaluateBar } from './EvaluateBar';
import { ExportBar } from './ExportBar';
import { InterruptedBar } from './InterruptedBar';
import { RunsTable } from './RunsTable';
import { Scores } from './Scores';
import { StaleBar } from './StaleBar';
import { StorageView } from './StorageView';

export function RunsCard() {
  const entry = useEntry();
  return (
    <section className={cardStyles.card} aria-label="Overview of runs">
      <div className={cardStyles.cardHead}>
        <h2>Runs</h2>
        <span className={`${textStyles.muted} ${textStyles.small}`}>
          {entry
            ? 'Select a run to see its layers; pin others to compare them in the charts.'
            : 'Each recipe that you quantize with makes a row here.'}
        </span>
        <span className={textStyles.spacer} />
        <StorageView />
      </div>
      <InterruptedBar />
      {entry && <Alarms alarms={entry.run.figures.alarms} />}
      {entry && <StaleBar entry={entry} />}
      {entry && <ChanceHint entry={entry} />}
      <EvaluateBar />
      <RunsTable />
      {entry && <Scores key={entry.run.id} run={entry.run} name={runLabel(entry)} />}
      {entry && (
        <TrainedRun key={`training ${entry.run.id}`} run={entry.run} name={runLabel(entry)} />
      )}
      {entry && <ExportBar key={`export ${entry.run.id}`} entry={entry} />}
    </section>
  );
}
