import { Button, NativeSelect } from '@mantine/core';
import type { OpenedModel } from '../../jobs/types';
import { chooseSignature, closeModel } from '../../state/actions/open';
import { refusal } from '../../state/stores/model';
import { bytes, count, grouped, shape } from '../../analysis/format';
import { pick } from '../parts/FileInputs';
import { Issues } from '../parts/Issues';
import { useBusy, useModel, useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';

export function ModelPanel() {
  const studio = useStudio();
  const busy = useBusy('main', 'long');
  const { model } = useModel();
  return (
    <section className={panelStyles.panel} aria-label="Model">
      <div className={panelStyles.panelHead}>
        <h2 className={panelStyles.eyebrow}>Model</h2>
        <span className={panelStyles.row}>
          {model && (
            <Button
              size="compact-xs"
              variant="subtle"
              disabled={busy}
              onClick={() => closeModel(studio)}
            >
              Close
            </Button>
          )}
          <Button size="compact-xs" variant="default" onClick={() => pick('model-files')}>
            {model ? 'Open another…' : 'Open…'}
          </Button>
        </span>
      </div>
      {!model && <p className={textStyles.muted}>No model yet.</p>}
      {model && (
        <div className={panelStyles.stack}>
          <div>
            <h1 className={panelStyles.modelName}>{model.name}</h1>
            <dl className={panelStyles.facts}>
              <dt>Format</dt>
              <dd>{model.description}</dd>
              <dt>Layers</dt>
              <dd>{layersText(model)}</dd>
              <dt>Parameters</dt>
              <dd>{count(model.summary.params)}</dd>
              <dt>MACs</dt>
              <dd>{count(model.summary.macs)}</dd>
              <dt>Size</dt>
              <dd>{bytes(model.fileBytes)}</dd>
              {model.summary.inputs.map((input) => (
                <Tensor key={input.name} role="Input" {...input} />
              ))}
              {model.summary.outputs.map((output) => (
                <Tensor key={output.name} role="Output" {...output} />
              ))}
            </dl>
          </div>
          <Signatures model={model} />
          {refusal(model) && <p className={panelStyles.refusal}>{refusal(model)}</p>}
          <Issues issues={model.issues} />
        </div>
      )}
    </section>
  );
}

/** Of a file with several models: which one is read, and the others to choose. */
function Signatures({ model: { signatures } }: { model: OpenedModel }) {
  const studio = useStudio();
  const busy = useBusy('main');
  if (!signatures) return null;
  const { read, all } = signatures;
  return (
    <NativeSelect
      size="xs"
      label="Model in the file"
      description={`The file holds ${all.length}; the others are left out.`}
      data={[...all]}
      value={read}
      disabled={busy}
      onChange={(event) => void chooseSignature(studio, event.currentTarget.value)}
    />
  );
}

/** The Layers table has a row for each operator that is left after folding and fusing. */
function layersText({ summary, optimized }: OpenedModel): string {
  const operators = optimized.nodes.length;
  const layers = grouped(summary.layers);
  return operators === summary.layers ? layers : `${layers}, as ${grouped(operators)} operators`;
}

function Tensor(props: { role: string; name: string; shape: readonly number[]; dtype: string }) {
  return (
    <>
      <dt>{props.role}</dt>
      <dd title={props.name}>
        {shape(props.shape)} {props.dtype}
      </dd>
    </>
  );
}
