import { useEffect, useRef } from 'react';
import styles from './compare.module.css';

interface PictureProps {
  /** Empty: what stands beside it says it all. */
  name: string;
  /** As a thumbnail. */
  small?: boolean;
  width: number;
  height: number;
  /** RGBA. */
  pixels: Uint8ClampedArray;
}

/** Pixels as they are, enlarged without smoothing. */
export function Picture({ name, width, height, pixels, small = false }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    image.data.set(pixels);
    context.putImageData(image, 0, 0);
  }, [width, height, pixels]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      {...(name === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name })}
      className={small ? styles.thumbnail : styles.picture}
    />
  );
}
