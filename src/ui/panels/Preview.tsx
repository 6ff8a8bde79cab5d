import { useEffect, useRef, useState } from 'react';
import type { SamplePreview } from '../../data/samples';
import { preview } from '../../state/actions/preview';
import { number } from '../../analysis/format';
import { useData, useModel, useStudio } from '../studio';
import app from '../styles/text.module.css';
import styles from '../styles/preview.module.css';
import { expectation } from './expectation';

/** Samples drawn: the first ones of the set. */
const shown = 6;

/** What the network will see: the first samples after preprocessing, as the worker reads them. */
export function Preview() {
  const studio = useStudio();
  const { report } = useData();
  const { model } = useModel();
  const [drawn, setDrawn] = useState<readonly SamplePreview[]>();
  useEffect(() => {
    if (!report) return;
    let current = true;
    const indices = Array.from({ length: Math.min(shown, report.count) }, (_, index) => index);
    void preview(studio, indices).then((samples) => {
      if (current && samples) setDrawn(samples);
    });
    return () => {
      current = false;
    };
  }, [studio, report, model]);
  if (!drawn || drawn.length === 0 || !model || !report) return null;
  const range = report.checks.find(({ id }) => id === 'range');
  const min = Math.min(...drawn.map((sample) => sample.min));
  const max = Math.max(...drawn.map((sample) => sample.max));
  const mean = drawn.reduce((sum, sample) => sum + sample.mean, 0) / drawn.length;
  return (
    <figure className={styles.figure} aria-label="What the network will see">
      {drawn.some(({ image }) => image) && (
        <div className={styles.strip}>
          {drawn.map((sample, index) => (
            <Thumbnail key={index} sample={sample} index={index} />
          ))}
        </div>
      )}
      <figcaption className={`${app.muted} ${app.small}`}>
        Network sees min {number(min)}, mean {number(mean)}, max {number(max)}.{' '}
        {expectation(model, range)}
      </figcaption>
    </figure>
  );
}

/** One sample as the network sees it; nothing where it is no picture. */
export function Thumbnail({ sample, index }: { sample: SamplePreview; index: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { image, name, label } = sample;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !image) return;
    const pixels = context.createImageData(image.width, image.height);
    pixels.data.set(image.pixels);
    context.putImageData(pixels, 0, 0);
  }, [image]);
  if (!image) return null;
  const title = label === undefined ? name : `${name}: ${label}`;
  return (
    <canvas
      ref={canvas}
      width={image.width}
      height={image.height}
      role="img"
      title={title}
      aria-label={`Sample ${index + 1}, ${title}`}
    />
  );
}
