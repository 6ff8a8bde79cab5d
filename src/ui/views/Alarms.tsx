import { IconAlertOctagon } from '@tabler/icons-react';
import type { Alarm } from '../../run/types';
import { shortName } from '../names';
import { useStudio } from '../studio';
import styles from '../styles/alarms.module.css';

/** What a good average hides, with the operator where it happened; a click shows that operator. */
export function Alarms({ alarms }: { alarms: readonly Alarm[] }) {
  const studio = useStudio();
  if (alarms.length === 0) return null;
  return (
    <div role="group" aria-label="Alarms" className={styles.alarms}>
      {alarms.map(({ output, columns, node, sentence }) => (
        <p key={`${output} ${columns?.join('–') ?? ''}`} className={styles.alarm}>
          <IconAlertOctagon size={16} aria-hidden="true" />
          <span>
            <strong>Alarm:</strong> {sentence}{' '}
            <button
              type="button"
              className={styles.show}
              onClick={() => studio.view.setState({ layer: node })}
            >
              Show {shortName(node)}
            </button>
          </span>
        </p>
      ))}
    </div>
  );
}
