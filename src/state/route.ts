/**
 * Which of the dropped files are samples and which belong to a model. A name tells where it can; what may
 * be either (.json, .zip, a file without an ending) is told by its content.
 */

const image = /\.(png|jpe?g|jfif|bmp|gif|webp|tiff?)$/i;
const array = /\.(npz|npy|idx|ubyte|mat)$|-idx\d-ubyte$/i;
const table = /\.(csv|tsv|txt|jsonl|ndjson|arff|parquet|xlsx?|ods)$/i;
/** Samples that the data room names and says what to do with. */
const recording = /\.(wav|mp3|flac|ogg|m4a|mp4|avi|mov|mkv|webm|tfrecords?|pkl|pickle)$/i;
const modelName =
  /\.(h5|hdf5|keras|tflite|pb|onnx|pt|pth|safetensors|bin|ckpt|index|mlmodel|data-\d+-of-\d+)(\.gz)?$/i;
const packed = /\.gz$/i;
/** What stands beside samples and is none itself. */
const companion =
  /(^|\/)(labels?|classes|class_names|readme|license|notes)\.txt$|(^|\/)metadata\.json$/i;
const ignored = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|__MACOSX\/.*)$/i;

const isSample = (path: string) =>
  [image, array, table, recording, packed].some((kind) => kind.test(path));

/** Path within a dropped or chosen folder; the name otherwise. */
export function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

export async function route(files: readonly File[]): Promise<{ model: File[]; data: File[] }> {
  const model: File[] = [];
  const data: File[] = [];
  for (const file of files) {
    if (ignored.test(pathOf(file))) continue;
    ((await isData(file)) ? data : model).push(file);
  }
  // A saved model's folder may hold pictures (a diagram, assets), and a model may come with its labels:
  // they are not samples.
  const folder = model.some((file) =>
    /(^|\/)(model\.json|saved_model\.pb)$/.test(file.webkitRelativePath),
  );
  const alone = model.length > 0 && data.every((file) => companion.test(pathOf(file)));
  return folder || alone ? { model: [...model, ...data], data: [] } : { model, data };
}

/** Enough to see what a file begins with; a model.json names its kind long before. */
const headBytes = 1 << 16;

async function isData(file: File): Promise<boolean> {
  const path = pathOf(file);
  if (modelName.test(path)) return false;
  if (isSample(path)) return true;
  const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  if (/\.json$/i.test(path)) return !isModelJson(new TextDecoder().decode(head));
  if (startsWith(head, [0x50, 0x4b, 3, 4])) return isDataZip(file);
  return sampleMagic.some(([magic, at = 0]) => startsWith(head, magic, at)) || isIdx(head);
}

/** Keys of TF.js' model.json, of a Keras config and of an unzipped .keras' metadata. */
const modelKeys =
  /"(modelTopology|weightsManifest|class_name|keras_version|generatedBy)"|"format"\s*:\s*"(graph|layers)-model"/;
const isModelJson = (text: string) => /^\s*\{/.test(text) && modelKeys.test(text);

const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
/** PNG, JPEG, GIF, WebP, TIFF of both byte orders, .npy, gzip. */
const sampleMagic: readonly (readonly [magic: readonly number[], at?: number])[] = [
  [[0x89, ...ascii('PNG')]],
  [[0xff, 0xd8, 0xff]],
  [ascii('GIF8')],
  [ascii('WEBP'), 8],
  [[...ascii('II'), 42, 0]],
  [[...ascii('MM'), 0, 42]],
  [[0x93, ...ascii('NUMPY')]],
  [[0x1f, 0x8b]],
];
const startsWith = (bytes: Uint8Array, magic: readonly number[], at = 0) =>
  magic.every((byte, index) => bytes[at + index] === byte);

/** IDX: two zeros, a type of 8 to 14, one to four dimensions (yann.lecun.com/exdb/mnist). */
const isIdx = (head: Uint8Array) =>
  head[0] === 0 &&
  head[1] === 0 &&
  head[2]! >= 8 &&
  head[2]! <= 14 &&
  head[3]! >= 1 &&
  head[3]! <= 4;

/** A zip is taken for data when it lists more pictures, arrays or tables than anything else. */
async function isDataZip(file: File): Promise<boolean> {
  const names = zipNames(new Uint8Array(await file.slice(-tailBytes).arrayBuffer()));
  const others = names.filter((name) => !companion.test(name));
  const samples = others.filter((name) => isSample(name) && !modelName.test(name)).length;
  return samples > 0 && samples * 2 > others.length;
}

/** Enough of the central directory, which stands at a zip's end, to judge by. */
const tailBytes = 1 << 18;
const entrySignature = 0x02014b50; // APPNOTE 4.3.12, central directory header
const entryHeader = 46;

function zipNames(tail: Uint8Array): string[] {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const names: string[] = [];
  for (let at = 0; at + entryHeader <= tail.length; at++) {
    if (view.getUint32(at, true) !== entrySignature) continue;
    const end = at + entryHeader + view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(tail.subarray(at + entryHeader, end));
    if (!name.endsWith('/') && !ignored.test(name)) names.push(name);
    at = Math.min(end, tail.length) - 1;
  }
  return names;
}
