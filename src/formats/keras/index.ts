/** The formats of Keras: containers (here) × layers (layers/). */
import { IntactError } from '../../model/error';
import type { Format, Imported, ModelFile } from '../format';
import { isH5, openH5 } from './h5';
import { h5Source } from './h5source';
import { buildKerasGraph } from './layers';
import { isV3File, v3Folders, v3Parts, withV3Source } from './v3source';

/** Reads the first HDF5 file among the files. */
async function readH5(files: readonly ModelFile[]): Promise<Imported> {
  const model = files.find((candidate) => isH5(candidate.bytes));
  if (!model) throw new IntactError('not-this-format', 'None of the files is an HDF5 file.');
  const fileName = model.path.split('/').at(-1) || model.path;
  const file = await openH5(model.bytes, fileName);
  try {
    const source = h5Source(file, fileName);
    return {
      ...buildKerasGraph(source),
      format: 'keras-h5',
      description: `Keras ${source.kerasVersion} HDF5`,
      fileBytes: model.bytes.length,
    };
  } finally {
    file.close();
  }
}

async function readV3(files: readonly ModelFile[]): Promise<Imported> {
  const parts = v3Parts(files);
  return withV3Source(parts, (source) => ({
    ...buildKerasGraph(source),
    format: 'keras-v3' as const,
    description: ['Keras', source.kerasVersion, '(.keras)'].filter(Boolean).join(' '),
    fileBytes: parts.fileBytes,
  }));
}

/** Whole models saved as HDF5 by Keras 1, 2 and 3. */
export const kerasH5Format: Format = {
  id: 'keras-h5',
  label: 'Keras HDF5 (.h5)',
  sniff: (files) => files.some((file) => isH5(file.bytes)),
  read: readH5,
};

/** `.keras`, or the same files as a folder. */
export const kerasV3Format: Format = {
  id: 'keras-v3',
  label: 'Keras v3 (.keras)',
  sniff: (files) => files.some(isV3File) || v3Folders(files).length > 0,
  read: readV3,
};
