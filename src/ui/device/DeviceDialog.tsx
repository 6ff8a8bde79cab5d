import { Button, Modal, Progress } from '@mantine/core';
import { useEffect, useState } from 'react';
import { cellsOf, footnote, heads, reasonsOf, tableText } from '../../jobs/device/table';
import type { DeviceReport } from '../../jobs/device/types';
import { asIntactError } from '../../model/error';
import { measureThisDevice } from '../../state/actions/device';
import { findAdapter } from '../../state/stores/engine';
import { useStudio } from '../studio';
import tableStyles from '../styles/table.module.css';
import textStyles from '../styles/text.module.css';
import styles from './device.module.css';

interface Going {
  readonly report?: DeviceReport;
  readonly label: string;
  readonly fraction: number;
  readonly failure?: string;
}

/** Measures while it is open; closing it ends the measurement. */
export function DeviceDialog({ onClose }: { onClose: () => void }) {
  const studio = useStudio();
  const [{ report, label, fraction, failure }, go] = useState<Going>({
    label: 'Opening the samples',
    fraction: 0,
  });
  useEffect(() => {
    const ended = new AbortController();
    const show = (next: Going) => {
      if (!ended.signal.aborted) go(next);
    };
    const measure = async () => {
      await findAdapter(studio.engine);
      await measureThisDevice(studio, ended.signal, (found, doing, part) => {
        show({ report: found, label: doing, fraction: part });
      });
    };
    measure().catch((thrown: unknown) => {
      go((before) => ({ ...before, failure: asIntactError(thrown).message }));
    });
    return () => {
      ended.abort();
    };
  }, [studio]);
  const done = fraction >= 1;
  return (
    <Modal opened onClose={onClose} title="Measure this device" size="xl" centered>
      <div className={styles.device}>
        {!done && failure === undefined && (
          <div>
            <p className={textStyles.small}>{label}. Other jobs wait meanwhile.</p>
            <Progress value={100 * fraction} aria-label="Measuring" transitionDuration={0} />
          </div>
        )}
        {failure !== undefined && <p role="alert">{failure}</p>}
        {report && report.rows.length > 0 && <DeviceTable report={report} />}
        {report && done && <CopyTable report={report} />}
      </div>
    </Modal>
  );
}

function DeviceTable({ report }: { report: DeviceReport }) {
  return (
    <>
      <div className={tableStyles.scroll}>
        <table className={tableStyles.table} aria-label="This device">
          <thead>
            <tr>
              {heads.map((head, at) => (
                <th key={head} scope="col" className={at < 2 ? undefined : styles.number}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) => (
              <tr key={`${row.model} ${row.scheme} ${row.threads}`}>
                {cellsOf(row).map((cell, at) => (
                  <td key={heads[at]} className={at < 2 ? undefined : styles.number}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className={`${textStyles.muted} ${textStyles.small} ${styles.conditions}`}>
        {[...report.conditions, ...reasonsOf(report), footnote].map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </>
  );
}

function CopyTable({ report }: { report: DeviceReport }) {
  const [copied, setCopied] = useState<string>();
  const text = tableText(report);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied('Copied as Markdown.'),
      () => setCopied('This browser lets the page copy nothing; select the text below.'),
    );
  };
  return (
    <div>
      <Button size="xs" onClick={copy}>
        Copy table
      </Button>{' '}
      {copied !== undefined && (
        <span role="status" className={textStyles.small}>
          {copied}
        </span>
      )}
      {copied?.startsWith('This browser') && <pre className={styles.text}>{text}</pre>}
    </div>
  );
}
