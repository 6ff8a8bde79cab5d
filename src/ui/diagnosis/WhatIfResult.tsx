import { scoreText } from '../../analysis/doctor/words';
import { figureText } from '../../analysis/figures/text';
import { milliseconds, number, signed } from '../../analysis/format';
import type { Outcome } from '../../run/outcome';
import type { Tried } from '../../state/actions/whatIf';
import inspector from '../styles/inspector.module.css';
import styles from './diagnosis.module.css';

/** Score and output SQNR as the run is and with the change, on the same samples. */
export function WhatIfResult({ tried, changed }: { tried: Tried; changed: boolean }) {
  const { result, busy, progress, problem } = tried;
  return (
    <div aria-live="polite" aria-busy={busy}>
      {problem !== undefined && <p role="alert">{problem}</p>}
      {busy && !result && <p className={inspector.sub}>{progress ?? 'Making ready…'}</p>}
      {result && (
        <>
          <table
            className={`${styles.table} ${styles.results} ${busy ? styles.waiting : ''}`}
            aria-label="Score with the change"
          >
            <thead>
              <tr>
                <th scope="col" />
                <th scope="col">Run</th>
                <th scope="col">Change</th>
                <th scope="col">Δ</th>
              </tr>
            </thead>
            <tbody>
              <Rows now={result.now} then={changed ? result.then : result.now} />
            </tbody>
          </table>
          <p className={inspector.sub}>
            Subset: {result.measured.count} of {result.of} samples that are not evaluated (
            {result.measured.sentence.split(';')[0]}). {result.nodes.run} of {result.nodes.of}{' '}
            operations run again, {milliseconds(result.ms)}.
          </p>
        </>
      )}
    </div>
  );
}

function Rows({ now, then }: { now: Outcome; then: Outcome }) {
  const decibels = (value: number) => figureText({ unit: 'dB' }, value);
  const { score } = then;
  return (
    <>
      {score.kind !== 'likeness' && (
        <tr>
          <th scope="row">{score.label}</th>
          <td>{scoreText(now.score)}</td>
          <td>{scoreText(score)}</td>
          <td>
            {score.unit === ''
              ? number(score.value - now.score.value)
              : signed(score.value - now.score.value)}
          </td>
        </tr>
      )}
      {then.outputs.map(({ name, sqnr }, at) => {
        const before = now.outputs[at]!.sqnr;
        return (
          <tr key={at}>
            <th scope="row">{then.outputs.length > 1 ? `SQNR of ${name}` : 'output SQNR'}</th>
            <td>{decibels(before)}</td>
            <td>{decibels(sqnr)}</td>
            <td>{before === sqnr ? '±0.0' : signed(sqnr - before)}</td>
          </tr>
        );
      })}
    </>
  );
}
