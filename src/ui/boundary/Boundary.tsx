/**
 * A card, panel or row whose drawing may crash without taking the page along: the fallback says which one,
 * offers to draw it again and, where runs are drawn, to leave one out of the page.
 */
import { useState, type ReactNode } from 'react';
import { leaveOut } from '../../state/actions/runs';
import type { RunEntry } from '../../state/stores/runs';
import { useEntry, useRuns, useStudio } from '../studio';
import styles from './boundary.module.css';
import { Catch } from './Catch';
import { detailOf, labelOf, suspect } from './suspect';

interface BoundaryProps {
  /** As the sentence names it: "Charts per layer". */
  readonly card: string;
  /** Runs that are drawn. */
  readonly runs?: readonly RunEntry[];
  /** `row`: in the body of a table; `bare`: inside of a card. */
  readonly as?: 'card' | 'row' | 'bare';
  readonly children: ReactNode;
}

export function Boundary({ card, runs = [], as = 'card', children }: BoundaryProps) {
  const of = [card, ...runs.map(({ run, state }) => `${run.id} ${state}`)].join();
  const fallback = (error: unknown, again: () => void) => {
    const said = <Said card={card} runs={runs} error={error} again={again} />;
    switch (as) {
      case 'card':
        return (
          <section className={styles.card} aria-label={card}>
            {said}
          </section>
        );
      case 'row':
        return (
          <tr>
            <td colSpan={100}>{said}</td>
          </tr>
        );
      case 'bare':
        return said;
      default:
        return as satisfies never;
    }
  };
  return (
    <Catch of={of} fallback={fallback}>
      {children}
    </Catch>
  );
}

type OfRuns = Omit<BoundaryProps, 'runs'>;

/** Of what draws the selected run. */
export function RunBoundary(props: OfRuns) {
  const entry = useEntry();
  return <Boundary {...props} runs={entry ? [entry] : []} />;
}

/** Of what draws every run. */
export function RunsBoundary(props: OfRuns) {
  const { entries } = useRuns();
  return <Boundary {...props} runs={entries} />;
}

interface SaidProps {
  readonly card: string;
  readonly runs: readonly RunEntry[];
  readonly error: unknown;
  readonly again: () => void;
}

/** Plain elements alone: a fallback that crashes would take the next larger part along. */
function Said({ card, runs, error, again }: SaidProps) {
  const studio = useStudio();
  const [chosen, choose] = useState(() => suspect(runs)?.run.id);
  const entry = runs.find(({ run }) => run.id === chosen) ?? runs[0];
  return (
    <div className={styles.said} role="alert">
      <p>
        <strong>{card} could not be drawn.</strong> This is a fault of Intact, or of what is stored.
        Nothing is lost, and the rest of the page works.
      </p>
      <div className={styles.buttons}>
        <button type="button" className={styles.button} onClick={again}>
          Reload this card
        </button>
        {runs.length > 1 && (
          <select
            className={styles.button}
            aria-label="Run to leave out"
            value={entry?.run.id}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            {runs.map((one) => (
              <option key={one.run.id} value={one.run.id}>
                {labelOf(one)}
              </option>
            ))}
          </select>
        )}
        {entry && (
          <button
            type="button"
            className={styles.button}
            disabled={entry.state === 'growing'}
            title={`${labelOf(entry)} is no longer shown; it stays stored until you delete it (Storage)`}
            onClick={() => leaveOut(studio, entry.run.id)}
          >
            Leave out this run
          </button>
        )}
      </div>
      <details>
        <summary>Details for a report of the fault</summary>
        <code>{detailOf(error)}</code>
      </details>
    </div>
  );
}
