import { Button } from '@mantine/core';
import { downloadChart } from '../../state/actions/compare';
import { useStudio } from '../studio';
import styles from './compare.module.css';

/** Saves a chart, all of it, from the specification that it is drawn from. */
export function SaveChart({ name, svg }: { name: string; svg: () => string }) {
  const studio = useStudio();
  const file = name.toLowerCase().replace(/[^\w]+/g, '-');
  return (
    <span className={styles.saves}>
      {(['svg', 'png'] as const).map((kind) => (
        <Button
          key={kind}
          size="compact-xs"
          variant="subtle"
          aria-label={`Save ${name} as ${kind.toUpperCase()}`}
          onClick={() => void downloadChart(studio, file, svg(), kind)}
        >
          {kind.toUpperCase()}
        </Button>
      ))}
    </span>
  );
}
