import { openData, openEvaluationData } from '../../state/actions/data';
import { openModel } from '../../state/actions/open';
import { useStudio } from '../studio';
import textStyles from '../styles/text.module.css';

const inputs = [
  { id: 'model-files', label: 'Model files', to: openModel, folder: false },
  { id: 'data-files', label: 'Data files', to: openData, folder: false },
  { id: 'evaluation-files', label: 'Evaluation samples', to: openEvaluationData, folder: false },
  { id: 'model-folder', label: 'Folder of a model', to: openModel, folder: true },
  { id: 'data-folder', label: 'Folder of samples', to: openData, folder: true },
] as const;
export type PickerId = (typeof inputs)[number]['id'];

export function pick(id: PickerId) {
  document.getElementById(id)?.click();
}

/** The page's file inputs; buttons open them with `pick`. */
export function FileInputs() {
  const studio = useStudio();
  return (
    <div className={textStyles.hidden}>
      {inputs.map(({ id, label, to, folder }) => (
        <input
          key={id}
          id={id}
          type="file"
          multiple
          aria-label={label}
          tabIndex={-1}
          {...(folder ? { webkitdirectory: '' } : {})}
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            void to(studio, files);
          }}
        />
      ))}
    </div>
  );
}
