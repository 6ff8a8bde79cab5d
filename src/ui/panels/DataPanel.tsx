import { Button } from '@mantine/core';
import type { DataReport, OpenedModel } from '../../jobs/types';
import {
  chooseNothing,
  clearData,
  useSyntheticData as makeSynthetic,
} from '../../state/actions/data';
import type { DataState } from '../../state/stores/data';
import { refusal } from '../../state/stores/model';
import { grouped, shape } from '../../analysis/format';
import { pick } from '../parts/FileInputs';
import { SampleMarks } from '../parts/Marks';
import { useBusy, useData, useModel, useStudio } from '../studio';
import noticeStyles from '../styles/notice.module.css';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';
import { DataCheck } from './DataCheck';
import { Preview } from './Preview';
import { Roles } from './Roles';

export function DataPanel() {
  const data = useData();
  const { report, refusal } = data;
  return (
    <section className={panelStyles.panel} aria-label="Data" aria-busy={data.reading}>
      <div className={panelStyles.panelHead}>
        <h2 className={panelStyles.eyebrow}>Data</h2>
        <span className={panelStyles.row}>
          <Button size="compact-xs" variant="subtle" onClick={() => pick('data-folder')}>
            Folder…
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => pick('data-files')}>
            Choose…
          </Button>
        </span>
      </div>
      {report ? (
        <Loaded report={report} data={data} />
      ) : refusal ? (
        <Refused data={data} refusal={refusal} />
      ) : (
        <NothingLoaded data={data} />
      )}
    </section>
  );
}

function NothingLoaded({ data: { source } }: { data: DataState }) {
  const studio = useStudio();
  const { model } = useModel();
  const busy = useBusy('main');
  if (source)
    return (
      <p className={textStyles.muted}>
        {source.kind === 'files' && source.files.length !== 1
          ? `${grouped(source.files.length)} files`
          : source.name}{' '}
        {model ? 'is being read.' : 'will be read once a model is open.'}
      </p>
    );
  return (
    <div className={panelStyles.stack}>
      <p className={textStyles.muted}>
        Images, class folders or a zip of them, .npz, .npy, CSV, JSON or IDX. Without data,
        synthetic samples stand in, and every figure that depends on them says so.
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
  );
}

/** What was read doesn't fit: why, and what can be chosen otherwise there and then. */
function Refused({
  data: { source },
  refusal: { message, checks },
}: {
  data: DataState;
  refusal: NonNullable<DataState['refusal']>;
}) {
  const studio = useStudio();
  const busy = useBusy('main');
  const chosen = Object.keys(source?.choices ?? {}).length;
  return (
    <div className={panelStyles.stack}>
      <div role="alert" className={noticeStyles.notice}>
        <div className={noticeStyles.noticeText}>
          <strong>{source?.name} was not read</strong>
          <p>{message}</p>
        </div>
      </div>
      <DataCheck checks={checks} refused />
      <div className={panelStyles.row}>
        {chosen > 0 && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={busy}
            onClick={() => void chooseNothing(studio)}
          >
            Undo choices
          </Button>
        )}
        <RemoveData />
      </div>
    </div>
  );
}

function Loaded({ report, data }: { report: DataReport; data: DataState }) {
  const { model } = useModel();
  return (
    <div className={panelStyles.stack}>
      <p>
        <strong className={panelStyles.fileName}>{report.name}</strong>{' '}
        {report.synthetic && <SampleMarks samples={report} />}
        <br />
        <span className={`${textStyles.muted} ${textStyles.small}`}>
          {report.synthetic ? `Made up with seed ${data.roles.seed}` : report.description}:{' '}
          {grouped(report.count)} samples of {model && inputText(model)}
          {targetText(report)}
        </span>
      </p>
      <Preview />
      <DataCheck checks={report.checks} />
      <Roles data={data} report={report} />
      <div>
        <RemoveData />
      </div>
    </div>
  );
}

function RemoveData() {
  const studio = useStudio();
  const busy = useBusy('main');
  return (
    <Button size="compact-xs" variant="subtle" disabled={busy} onClick={() => clearData(studio)}>
      Remove data
    </Button>
  );
}

/** As the network gets them. */
const inputText = ({ summary }: OpenedModel) =>
  summary.inputs.map((input) => shape(input.shape.slice(1))).join(' and ');

function targetText({ synthetic, targets }: DataReport): string {
  if (synthetic) return '';
  if (targets.length === 0) return ', no labels: scored by likeness to float';
  const [first] = targets;
  if (targets.length === 1 && first?.kind === 'classes' && first.names)
    return `, ${first.names.length} classes`;
  return ', labelled';
}
