import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useExportSize } from '../useExportSize';
import {
  downloadCsv,
  downloadRecipe,
  exportName,
  exportTflite,
  verify,
} from '../../state/actions/leave';
import { quantizesActivations } from '../../state/recipe';
import type { RunEntry } from '../../state/runs';
import type { Verification } from '../../jobs/types';
import { bytes, grouped, number } from '../format';
import { runLabel } from '../runLabel';
import { useBusy, useStudio } from '../studio';
import styles from '../styles/app.module.css';

/** Everything that leaves with a run. */
export function ExportBar({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const busy = useBusy();
  const [io, setIo] = useState(entry.run.recipe.io);
  const blocked = busy || entry.state === 'growing';
  const size = useExportSize(entry, io, !blocked);
  return (
    <>
      <div className={styles.exportBar}>
        <span
          className={styles.small}
          title={size === undefined ? undefined : `${exportName(entry)}: ${grouped(size)} bytes`}
        >
          <strong>{runLabel(entry)}</strong>, {size === undefined ? '…' : bytes(size)}
        </span>
        {quantizesActivations(entry.settings.scheme) && (
          <SegmentedControl
            size="xs"
            aria-label="Tensors at the border of the export"
            title="Type of the model’s input and output tensors in the exported file"
            data={['int8', 'float32']}
            value={io}
            onChange={(value) => setIo(value as 'int8' | 'float32')}
          />
        )}
        <Button
          size="xs"
          disabled={blocked}
          leftSection={<IconDownload size={14} />}
          onClick={() => void exportTflite(studio, entry, io)}
        >
          Export .tflite
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={blocked}
          leftSection={<IconShieldCheck size={14} />}
          onClick={() => void verify(studio, entry)}
        >
          Verify in LiteRT
        </Button>
        <Button size="xs" variant="subtle" onClick={() => downloadRecipe(studio, entry)}>
          Recipe JSON
        </Button>
        <Button size="xs" variant="subtle" onClick={() => downloadCsv(studio, entry)}>
          Layers CSV
        </Button>
      </div>
      {entry.verification && <VerificationStatus result={entry.verification} />}
    </>
  );
}

function VerificationStatus({ result }: { result: Verification }) {
  const { runtime, samples, identical, largestDifference, largestSteps } = result;
  const equal = identical === samples;
  const steps =
    largestSteps === undefined ? '' : ` (${number(largestSteps, 2)} quantization steps)`;
  return (
    <p role="status" aria-label="Verification" className={styles.status}>
      <strong>{equal ? '✓ Identical' : '≠ Not identical'}</strong> in {runtime}: {grouped(samples)}{' '}
      samples, {grouped(identical)} identical, largest difference {number(largestDifference)}
      {steps}.
    </p>
  );
}
