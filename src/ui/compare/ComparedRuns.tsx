import { ActionIcon, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import {
  comparisonMarks,
  differenceText,
  measureText,
  wholeLines,
  type Comparison,
} from '../../analysis/compareRuns';
import { selectRun } from '../../state/actions/runs';
import { none } from '../../analysis/format';
import { Mark } from '../parts/Marks';
import { comparePath, navigate } from '../places';
import { useRuns, useStudio } from '../studio';
import tableStyles from '../styles/table.module.css';
import textStyles from '../styles/text.module.css';
import styles from './compare.module.css';
import { RunMark } from './RunMark';

/** The compared runs, their figures and differences; one of them is the baseline. */
export function ComparedRuns({ comparison }: { comparison: Comparison }) {
  const studio = useStudio();
  const { selected } = useRuns();
  const { runs, baseline } = comparison;
  const lines = wholeLines(comparison).filter(({ figure }) => figure.table);
  const ids = runs.flatMap((run) => run.runs.map(({ id }) => id));
  const rebase = (id: string) => navigate(comparePath(ids, id), { replace: true });
  const without = (gone: readonly string[]) => {
    const left = ids.filter((id) => !gone.includes(id));
    const base = runs[baseline]!.id;
    navigate(comparePath(left, left.includes(base) ? base : undefined));
  };
  return (
    <div
      className={tableStyles.scroll}
      tabIndex={0}
      role="group"
      aria-label="Compared runs, scrollable"
    >
      <table className={`${tableStyles.table} ${styles.runs}`} aria-label="Compared runs">
        <thead>
          <tr>
            <th scope="col">Run</th>
            {lines.map(({ figure }) => (
              <th key={figure.id} scope="col" className={tableStyles.num} title={figure.definition}>
                {figure.head}
              </th>
            ))}
            <th scope="col">Baseline</th>
            <th scope="col">
              <span className={textStyles.hidden}>Take out</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run, at) => (
            <tr
              key={run.id}
              data-selected={run.runs.some(({ id }) => id === selected) || undefined}
              onClick={() => selectRun(studio, run.id)}
            >
              <td>
                <button type="button" className={tableStyles.sort}>
                  <RunMark position={at} />
                  {run.label}
                </button>
              </td>
              {lines.map(({ figure, cells }) => {
                const { measure, difference, worse } = cells[at]!;
                return (
                  <td key={figure.id} className={tableStyles.num}>
                    {measure ? measureText(figure, measure) : none}
                    {difference !== undefined && (
                      <span
                        className={`${tableStyles.sub} ${(worse ?? 0) > 0 ? tableStyles.worse : ''}`}
                      >
                        {differenceText(figure, difference)}
                      </span>
                    )}{' '}
                    {comparisonMarks(comparison, at, figure).map(({ id, label, sentence }) => (
                      <Mark key={id} label={label} why={sentence} />
                    ))}
                  </td>
                );
              })}
              <td>
                <input
                  type="radio"
                  name="baseline"
                  checked={at === baseline}
                  aria-label={`Baseline ${run.label}`}
                  onClick={(event) => event.stopPropagation()}
                  onChange={() => rebase(run.id)}
                />
              </td>
              <td>
                <Tooltip label={`Take ${run.label} out`}>
                  <ActionIcon
                    size="sm"
                    variant="subtle"
                    color="gray"
                    aria-label={`Take ${run.label} out of the comparison`}
                    onClick={(event) => {
                      event.stopPropagation();
                      without(run.runs.map(({ id }) => id));
                    }}
                  >
                    <IconX size={14} />
                  </ActionIcon>
                </Tooltip>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
