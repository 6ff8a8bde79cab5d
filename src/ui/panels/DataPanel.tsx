import { Button, NumberInput } from '@mantine/core';
import { clearData, useSyntheticData as makeSynthetic } from '../../state/actions/open';
import { samplesOf, type DataState } from '../../state/data';
import { refusal } from '../../state/model';
import { asIntactError } from '../../model/error';
import { grouped, shape } from '../format';
import { SyntheticBadge } from '../parts/Badges';
import { pick } from '../parts/FileInputs';
import { useBusy, useData, useModel, useStudio } from '../studio';
import styles from '../styles/app.module.css';
import { PreprocessingControls } from './PreprocessingControls';
import { Preview } from './Preview';

export function DataPanel() {
  const studio = useStudio();
  const data = useData();
  const busy = useBusy();
  const { model } = useModel();
  const { dataset, files } = data;
  return (
    <section className={styles.panel} aria-label="Data">
      <div className={styles.panelHead}>
        <h2 className={styles.eyebrow}>Data</h2>
        <span className={styles.row}>
          <Button size="compact-xs" variant="subtle" onClick={() => pick('data-folder')}>
            Folder…
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => pick('data-files')}>
            Choose…
          </Button>
        </span>
      </div>
      {!dataset && files.length > 0 && (
        <p className={styles.muted}>
          {files.length === 1 ? files[0]!.name : `${files.length} files`} will be read once a model
          is open.
        </p>
      )}
      {!dataset && files.length === 0 && (
        <div className={styles.stack}>
          <p className={styles.muted}>
            Images, class folders or a zip of them, .npz, .npy, CSV or IDX. Without data, synthetic
            samples stand in, and every figure that depends on them says so.
          </p>
          {model && !refusal(model) && (
            <Button
              size="compact-xs"
              variant="default"
              disabled={busy}
              onClick={() => void makeSynthetic(studio)}
            >
              Use synthetic samples
            </Button>
          )}
        </div>
      )}
      {dataset && (
        <div className={styles.stack}>
          <p>
            <strong>{dataset.name}</strong> {dataset.synthetic && <SyntheticBadge />}
            <br />
            <span className={`${styles.muted} ${styles.small}`}>
              {dataset.synthetic ? `Made up with seed ${data.seed}` : dataset.description}:{' '}
              {grouped(dataset.count)} samples of {shape(dataset.sampleShape)}
              {labelText(data)}
            </span>
          </p>
          <Preview />
          {!dataset.synthetic && <PreprocessingControls />}
          <SplitControls data={data} />
          <div>
            <Button
              size="compact-xs"
              variant="subtle"
              disabled={busy}
              onClick={() => clearData(studio)}
            >
              Remove data
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}

function labelText({ dataset }: DataState): string {
  if (!dataset || dataset.synthetic) return '';
  if (!dataset.labels) return ', no labels: scored by agreement with float';
  const classes = dataset.classNames?.length;
  return classes ? `, ${classes} classes` : ', labelled';
}

function SplitControls({ data }: { data: DataState }) {
  const studio = useStudio();
  const set = (key: 'calibration' | 'evaluation' | 'seed') => (value: string | number) => {
    if (typeof value === 'number' && value >= (key === 'seed' ? 0 : 1))
      studio.data.setState({ [key]: Math.floor(value) });
  };
  return (
    <div>
      <div className={styles.triple}>
        <NumberInput
          size="xs"
          label="Calibration"
          min={1}
          max={data.dataset?.count}
          value={data.calibration}
          onChange={set('calibration')}
        />
        <NumberInput
          size="xs"
          label="Evaluation"
          min={1}
          max={data.dataset?.count}
          value={data.evaluation}
          onChange={set('evaluation')}
        />
        <NumberInput
          size="xs"
          label="Split seed"
          min={0}
          value={data.seed}
          onChange={set('seed')}
        />
      </div>
      <p className={`${styles.muted} ${styles.small}`}>{splitText(data)}</p>
    </div>
  );
}

function splitText(data: DataState): string {
  try {
    const split = samplesOf(data)?.split;
    if (!split) return '';
    const { calibration, evaluation } = split;
    return `${grouped(calibration.length)} for calibration, ${grouped(evaluation.length)} others for evaluation.`;
  } catch (thrown) {
    return asIntactError(thrown).message;
  }
}
