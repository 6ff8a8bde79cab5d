import { useEffect, useState } from 'react';
import { report } from '../../state/actions/jobs';
import { openDropped } from '../../state/actions/open';
import { useStudio } from '../studio';
import styles from '../styles/app.module.css';
import { droppedFiles } from './dropped';

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** The whole window takes a drop. */
export function DropTarget() {
  const studio = useStudio();
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const listeners = new AbortController();
    const on = (
      type: 'dragenter' | 'dragleave' | 'dragover' | 'drop',
      act: (e: DragEvent) => void,
    ) =>
      window.addEventListener(
        type,
        (event) => {
          if (!holdsFiles(event)) return;
          event.preventDefault();
          act(event);
        },
        { signal: listeners.signal },
      );
    on('dragenter', () => setOver(++depth > 0));
    on('dragleave', () => setOver(--depth > 0));
    on('dragover', () => undefined);
    on('drop', (event) => {
      depth = 0;
      setOver(false);
      if (!event.dataTransfer) return;
      droppedFiles(event.dataTransfer).then(
        (files) => openDropped(studio, files),
        (thrown: unknown) => report(studio, 'The drop was not read', thrown),
      );
    });
    return () => listeners.abort();
  }, [studio]);
  return over ? <div className={styles.overlay}>Drop a model or data anywhere</div> : null;
}
