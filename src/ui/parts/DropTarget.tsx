import { useEffect, useState } from 'react';
import { report } from '../../state/actions/jobs';
import { openEvaluationData } from '../../state/actions/data';
import { openDropped } from '../../state/actions/open';
import { useData, useStudio } from '../studio';
import shellStyles from '../styles/shell.module.css';
import { droppedFiles } from './dropped';

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** What is dropped on the strip is for evaluation alone. */
const onEvaluation = ({ target }: DragEvent) =>
  target instanceof Element && target.closest('[data-drop="evaluation"]') !== null;

/** The whole window takes a drop; with samples there, a strip of it takes further ones for evaluation alone. */
export function DropTarget() {
  const studio = useStudio();
  const { source } = useData();
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
      const evaluation = onEvaluation(event);
      droppedFiles(event.dataTransfer).then(
        async (files) => {
          await (evaluation ? openEvaluationData : openDropped)(studio, files);
        },
        (thrown: unknown) => report(studio, 'The drop was not read', thrown),
      );
    });
    return () => listeners.abort();
  }, [studio]);
  if (!over) return null;
  return (
    <div className={shellStyles.overlay}>
      <span>Drop a model or data anywhere</span>
      {source?.kind === 'files' && (
        <div className={shellStyles.strip} data-drop="evaluation">
          Evaluation samples: drop here to keep them for evaluation alone
        </div>
      )}
    </div>
  );
}
