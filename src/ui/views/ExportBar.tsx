import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useExportSize } from '../useExportSize';
import {
  downloadCsv,
  downloadRecipe,
  downloadReport,
  exportName,
  exportTflite,
  isTrained,
  verify,
} from '../../state/actions/leave';
import { needsCalibration } from '../../quant/recipe';
import { bordersOf } from '../../quant/border';
import type { Border } from '../../quant/types';
import type { Verification } from '../../run/verification';
import type { RunEntry } from '../../state/stores/runs';
import { bytes, grouped, number } from '../../analysis/format';
import { runLabel } from '../runLabel';
import { useBusy, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';

/** Everything that leaves with a run. */
export function ExportBar({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const { recipe, plan, graph } = entry.run.made;
  const growing = entry.state === 'growing';
  const exporting = useBusy('main') || growing;
  const verifying = useBusy('side') || growing;
  const [io, setIo] = useState<Border>(plan?.io ?? 'float32');
  const size = useExportSize(entry, io, !exporting);
  return (
    <>
      <div className={cardStyles.exportBar}>
        <span
          className={textStyles.small}
          title={size === undefined ? undefined : `${exportName(entry)}: ${grouped(size)} bytes`}
        >
          <strong>{runLabel(entry)}</strong>, {size === undefined ? '…' : bytes(size)}
        </span>
        {recipe && needsCalibration(recipe) && (
          <SegmentedControl
            size="xs"
            aria-label="Tensors at the border of the export"
            title="Type of the model’s input and output tensors in the exported file"
            data={plan ? [...bordersOf(graph, plan)] : ['float32']}
            value={io}
            onChange={(value) => setIo(value as Border)}
          />
        )}
        <Button
          size="xs"
          disabled={exporting}
          leftSection={<IconDownload size={14} />}
          onClick={() => void exportTflite(studio, entry, io)}
        >
          Export .tflite
        </Button>
        {isTrained(entry.run) && (
          <Button
            size="xs"
            variant="default"
            disabled={exporting}
            leftSection={<IconDownload size={14} />}
            title="The float model with its trained weights, nothing quantized"
            onClick={() => void exportTflite(studio, entry, 'float')}
          >
            Trained float .tflite
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          disabled={verifying}
          leftSection={<IconShieldCheck size={14} />}
          onClick={() => void verify(studio, entry)}
        >
          Verify in LiteRT
        </Button>
        {recipe && (
          <Button size="xs" variant="subtle" onClick={() => downloadRecipe(studio, entry)}>
            Recipe JSON
          </Button>
        )}
        <Button size="xs" variant="subtle" onClick={() => downloadCsv(studio, entry)}>
          Layers CSV
        </Button>
        {(['json', 'html'] as const).map((kind) => (
          <Button
            key={kind}
            size="xs"
            variant="subtle"
            disabled={growing}
            title="Every figure, the recipe, seeds and what verified it"
            onClick={() => downloadReport(studio, entry, kind)}
          >
            Report {kind.toUpperCase()}
          </Button>
        ))}
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
    <p role="status" aria-label="Verification" className={cardStyles.status}>
      <strong>{equal ? '✓ Identical' : '≠ Not identical'}</strong> in {runtime}: {grouped(samples)}{' '}
      samples, {grouped(identical)} identical, largest difference {number(largestDifference)}
      {steps}.
    </p>
  );
}
