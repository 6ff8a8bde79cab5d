import { Button } from '@mantine/core';
import { IconFileUpload, IconFolder } from '@tabler/icons-react';
import { samples, trySample } from '../../state/actions/samples';
import { pick } from '../parts/FileInputs';
import { useBusy, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';
import heroStyles from '../styles/hero.module.css';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';

export function EmptyState() {
  const studio = useStudio();
  const busy = useBusy('main', 'long');
  return (
    <div className={heroStyles.hero}>
      <div>
        <h1>Make a trained network small and fast without breaking it</h1>
        <p className={textStyles.muted}>
          Drop a model. See what int8 does to every layer, and leave with a .tflite whose numbers
          are the ones you saw.
        </p>
      </div>
      <div className={heroStyles.drop}>
        <IconFileUpload size={34} stroke={1.4} aria-hidden="true" />
        <strong>Drop a model here, or anywhere on this page</strong>
        <span className={textStyles.muted}>
          Keras .h5 and .keras, TensorFlow.js model.json with its shards, TensorFlow Lite .tflite;
          as files, a folder or a zip; or a saved session
        </span>
        <div className={panelStyles.row}>
          <Button size="sm" onClick={() => pick('model-files')}>
            Open model…
          </Button>
          <Button
            size="sm"
            variant="default"
            leftSection={<IconFolder size={15} />}
            onClick={() => pick('model-folder')}
          >
            Open folder…
          </Button>
        </div>
      </div>
      <div className={heroStyles.samples}>
        {samples.map((sample) => (
          <div key={sample.id} className={`${cardStyles.card} ${heroStyles.sample}`}>
            <p>
              <strong>{sample.label}</strong>
              <br />
              <span className={textStyles.muted}>{sample.about}</span>
            </p>
            <Button
              size="xs"
              variant="light"
              disabled={busy}
              onClick={() => void trySample(studio, sample)}
            >
              Try sample: {sample.label}
            </Button>
          </div>
        ))}
      </div>
      <div className={heroStyles.promises}>
        <span>
          <strong>Every layer accounted for</strong>
          Error alone and accumulated, accuracy, bytes, time and energy, side by side.
        </span>
        <span>
          <strong>What you see is what you ship</strong>
          The engine here equals TensorFlow Lite bit for bit, and the export is checked in LiteRT.
        </span>
        <span>
          <strong>Private by construction</strong>
          Model and data stay in this tab. No server, no analytics.
        </span>
      </div>
    </div>
  );
}
