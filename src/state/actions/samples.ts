import { IntactError } from '../../model/error';
import type { Studio } from '../studio';
import { report } from './jobs';
import { openData } from './data';
import { openModel } from './open';
import { compareAll } from './quantize';

export const samples = [
  {
    id: 'mnist-dense',
    label: 'MNIST dense',
    file: 'mnist-dense.h5',
    about: 'TensorFlow’s tutorial network: two dense layers, Keras HDF5.',
  },
  {
    id: 'mnist-mobilenet',
    label: 'MNIST MobileNet',
    file: 'mnist-mobilenet.keras',
    about: 'Depthwise-separable blocks with BatchNormalization, Keras 3.',
  },
] as const;
export type Sample = (typeof samples)[number];
const sampleData = 'mnist.npz';
/** What they were trained on (scripts/samples/train.py). */
const choices = { range: 'zero-one' };

export async function fetchFile(name: string): Promise<File> {
  const response = await fetch(`./samples/${name}`);
  if (!response.ok || response.headers.get('content-type')?.includes('text/html')) {
    throw new IntactError(
      'internal',
      `The sample file samples/${name} is not on this server (status ${response.status}). Run "npm start", which builds it.`,
    );
  }
  return new File([await response.blob()], name);
}

/** A sample takes the very path of a drop, then quantizes: int8 first, the other schemes after it. */
export async function trySample(studio: Studio, sample: Sample): Promise<void> {
  try {
    const [model, data] = await Promise.all([fetchFile(sample.file), fetchFile(sampleData)]);
    if (!(await openModel(studio, [model]))) return;
    if (!(await openData(studio, [data], choices))) return;
    studio.recipe.setState({ scheme: 'int8' });
    await compareAll(studio);
  } catch (thrown) {
    report(studio, 'The sample was not opened', thrown);
  }
}
