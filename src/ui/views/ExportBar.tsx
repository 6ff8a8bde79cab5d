import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { downloadCsv, downloadRecipe, exportTflite, verify } from '../../state/actions/leave';
import { quantizesActivations } from '../../state/recipe';
import type { RunEntry } from '../../state/runs';
import type { Verification } from '../../jobs/types';
import { grouped, number } from '../format';
import { runLabel } from '../runLabel';
import { useBusy, useStudio } from '../studio';
import styles from '../styles/app.module.css';

/** Everything that leaves with a run. */
export function ExportBar({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const busy = useBusy();
  const [io, setIo] = useState(entry.run.recipe.io);
  const blocked = busy || entry.state === 'growing';
  return (
    <>
      <div className={styles.exportBar}>
        <span className={styles.small}>
          Take <strong>{runLabel(entry)}</strong> with you:
        </span>
        {quantizesActivations(entry.settings.scheme) && (
          <SegmentedControl
            size="xs"
            aria-label="Tensors at the border of the export"
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
