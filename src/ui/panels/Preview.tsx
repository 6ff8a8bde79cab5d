import { useEffect, useMemo, useRef } from 'react';
import { samplesOf } from '../../state/data';
import { number } from '../format';
import { useData, useModel } from '../studio';
import app from '../styles/app.module.css';
import styles from '../styles/preview.module.css';
import { expectation, preview, type Preview as Drawn } from './previewData';

/** What the network will see: calibration samples after preprocessing. */
export function Preview() {
  const data = useData();
  const { model } = useModel();
  const drawn = useMemo(() => {
    try {
      const samples = samplesOf(data);
      return samples && model ? preview(samples, model) : undefined;
    } catch {
      return undefined; // the split's own line says why
    }
  }, [data, model]);
  if (!drawn || !model) return null;
  if (drawn.error) {
    return (
      <p role="alert" className={styles.error}>
        {drawn.error}
      </p>
    );
  }
  return (
    <figure className={styles.figure} aria-label="What the network will see">
      {drawn.image && (
        <div className={styles.strip}>
          {drawn.tensors.map((tensor, index) => (
            <Thumbnail key={index} tensor={tensor} index={index} drawn={drawn} />
          ))}
        </div>
      )}
      <figcaption className={`${app.muted} ${app.small}`}>
        Network sees min {number(drawn.min)}, mean {number(drawn.mean)}, max {number(drawn.max)}.{' '}
        {expectation(model)}
      </figcaption>
    </figure>
  );
}

function Thumbnail({
  tensor,
  index,
  drawn,
}: {
  tensor: Float32Array;
  index: number;
  drawn: Drawn;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { image, min, max } = drawn;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !image) return;
    const { width, height, channels } = image;
    const pixels = context.createImageData(width, height);
    const gain = max > min ? 255 / (max - min) : 0;
    for (let i = 0; i < width * height; i++) {
      for (let c = 0; c < 3; c++) {
        const value = tensor[i * channels + (channels >= 3 ? c : 0)] ?? min;
        pixels.data[i * 4 + c] = (value - min) * gain;
      }
      pixels.data[i * 4 + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }, [tensor, image, min, max]);
  return (
    <canvas
      ref={canvas}
      width={image?.width}
      height={image?.height}
      role="img"
      aria-label={`Calibration sample ${index + 1}`}
    />
  );
}
