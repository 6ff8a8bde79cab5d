import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type CSSProperties } from 'react';
import { grouped, none } from '../../analysis/format';
import {
  depth,
  mostConfused,
  type Answers,
  type ConfusionRow,
  type ConfusionTable,
} from '../figures/confusion';
import { shortName } from '../names';
import { percent, pointsBetween } from '../../analysis/figures/text';
import styles from '../styles/confusion.module.css';
import textStyles from '../styles/text.module.css';

/** As in the stylesheet. */
const rowHeight = 26;
/** More rows than these are drawn only when in view: 200 classes are 80,000 cells. */
const drawnWhole = 40;
/** Characters of a class in its column's head; the whole name is in the row's and in the title. */
const headLength = 9;
/** With more classes, most cells are nothing: then nothing is written in them. */
const zerosUpTo = 20;

/** Truth by rows, answers by columns: the float model's and the quantized one's side by side. */
export function ConfusionMatrix({ table, about }: { table: ConfusionTable; about: string }) {
  const { models, classes, rows } = table;
  const scroll = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its result is used here alone, and nothing is memoized
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 3,
    initialRect: { width: 0, height: 600 },
  });
  const answered = rows[0]?.answers[0]?.counts.length === classes.length ? classes : [];
  const whole = rows.length <= drawnWhole;
  const items = virtual.getVirtualItems();
  const before = whole ? 0 : (items[0]?.start ?? 0);
  const after = whole ? 0 : virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const shown = whole ? rows : items.map(({ index }) => rows[index]!);
  return (
    <>
      <p className={`${textStyles.muted} ${textStyles.small} ${styles.caption}`}>
        {about} Each row holds the samples of one class
        {answered.length > 0
          ? '; each column counts how often that class was the answer.'
          : `. Of ${grouped(classes.length)} classes the answers are not drawn, their accuracy is.`}{' '}
        {mistakes(table)}
      </p>
      <div
        ref={scroll}
        className={styles.scroll}
        tabIndex={0}
        role="group"
        aria-label="Confusion, scrollable"
      >
        <table
          className={styles.table}
          aria-label="Confusion matrix"
          aria-rowcount={rows.length + 2}
        >
          <thead>
            <tr>
              <th scope="col" rowSpan={2} className={styles.truth}>
                Class
              </th>
              <th scope="col" rowSpan={2}>
                Samples
              </th>
              <th
                scope="colgroup"
                colSpan={models.length + (models.length > 1 ? 1 : 0)}
                className={styles.start}
              >
                Accuracy, %
              </th>
              {answered.length > 0 &&
                models.map((model) => (
                  <th
                    key={model}
                    scope="colgroup"
                    colSpan={answered.length}
                    className={styles.start}
                  >
                    Answers of {model}
                  </th>
                ))}
            </tr>
            <tr>
              {models.map((model, at) => (
                <th key={model} scope="col" className={at === 0 ? styles.start : ''}>
                  {model}
                </th>
              ))}
              {models.length > 1 && <th scope="col">Δ</th>}
              {models.flatMap((model) =>
                answered.map((name, index) => (
                  <th
                    key={`${model} ${index}`}
                    scope="col"
                    title={name}
                    className={`${styles.answer} ${index === 0 ? styles.start : ''}`}
                  >
                    {shortName(name, headLength)}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            <Pad height={before} />
            {shown.map((row) => (
              <Row key={row.index} row={row} />
            ))}
            <Pad height={after} />
          </tbody>
        </table>
      </div>
    </>
  );
}

/** "Most often wrong, quantized: 9 as 4 (3 of 197)." */
function mistakes(table: ConfusionTable): string {
  const last = table.models.length - 1;
  const list = mostConfused(table, last).map(
    ({ truth, answer, count, total }) => `${truth} as ${answer} (${count} of ${total})`,
  );
  return list.length === 0 ? '' : `Most often wrong, ${table.models[last]!}: ${list.join(', ')}.`;
}

/** Stands for the rows that are not drawn. */
function Pad({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr className={styles.pad} aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

function Row({ row }: { row: ConfusionRow }) {
  const { index, name, total, answers } = row;
  const [float, last] = [answers[0]?.accuracy, answers.at(-1)?.accuracy];
  return (
    <tr aria-rowindex={index + 3}>
      <th scope="row" className={styles.truth} title={name}>
        {name}
      </th>
      <td>{total}</td>
      {answers.map(({ accuracy }, at) => (
        <td key={at} className={at === 0 ? styles.start : ''}>
          {accuracy === undefined ? none : percent(accuracy)}
        </td>
      ))}
      {answers.length > 1 && <td>{pointsBetween(float, last) ?? none}</td>}
      {answers.map((model, at) => (
        <Counts key={at} model={model} row={row} />
      ))}
    </tr>
  );
}

function Counts({ model, row }: { model: Answers; row: ConfusionRow }) {
  return model.counts.map((count, answer) => {
    const right = answer === row.index;
    const tint = { '--depth': `${depth(count, row, answer)}%` } as CSSProperties;
    return (
      <td
        key={answer}
        style={tint}
        className={`${styles.count} ${right ? styles.right : styles.wrong} ${count === 0 ? styles.none : ''} ${answer === 0 ? styles.start : ''}`}
      >
        {count > 0 || model.counts.length <= zerosUpTo ? count : ''}
      </td>
    );
  });
}
