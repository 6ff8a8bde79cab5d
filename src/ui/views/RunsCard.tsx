import type { RunEntry } from '../../state/stores/runs';
import { useEntry } from '../studio';
import { labelOf } from '../boundary/suspect';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { Boundary, RunBoundary, RunsBoundary } from '../boundary/Boundary';
import { Repaired } from '../parts/Repaired';
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
        <Boundary card="Storage" as="bare">
          <StorageView />
        </Boundary>
      </div>
      <Boundary card="Interrupted runs" as="bare">
        <InterruptedBar />
      </Boundary>
      {entry && (
        <RunBoundary card="Alarms and hints" as="bare">
          <Alarms alarms={entry.run.figures.alarms} />
          <StaleBar entry={entry} />
          <ChanceHint entry={entry} />
        </RunBoundary>
      )}
      <RunsBoundary card="Evaluation of the file" as="bare">
        <EvaluateBar />
      </RunsBoundary>
      <RunsBoundary card="Table of runs" as="bare">
        <RunsTable />
      </RunsBoundary>
      {entry && <Selected key={entry.run.id} entry={entry} />}
    </section>
  );
}

/** What is said of the selected run below the table. */
function Selected({ entry }: { entry: RunEntry }) {
  return (
    <>
      <RunBoundary card="Scores" as="bare">
        <Scores run={entry.run} name={labelOf(entry)} />
      </RunBoundary>
      <RunBoundary card="Training of the run" as="bare">
        <TrainedRun run={entry.run} name={labelOf(entry)} />
      </RunBoundary>
      <RunBoundary card="Repairs of the run" as="bare">
        <Repaired run={entry.run} name={labelOf(entry)} />
      </RunBoundary>
      <RunBoundary card="Export" as="bare">
        <ExportBar entry={entry} />
      </RunBoundary>
    </>
  );
}
