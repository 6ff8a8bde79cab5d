/**
 * What a file that Intact does not open is, and what to do instead. Signatures, not extensions; a
 * file's name decides only where formats share their first bytes (protobuf).
 */
import type { ErrorCode } from '../model/error';
import type { ModelFile } from './format';
import { asRecord } from './keras/config';
import { jsonObject } from './tfjs/source';

export interface Verdict {
  /** Stable name of the case, in the error's data. */
  readonly kind: string;
  readonly code: ErrorCode;
  /** Goes after the file's name: "is …". */
  readonly is: string;
  /** A sentence. */
  readonly todo: string;
}

interface Case extends Verdict {
  readonly test: (bytes: Uint8Array, path: string) => boolean;
}

const scanned = 1 << 20;

function latin1(bytes: Uint8Array, length: number): string {
  let text = '';
  const end = Math.min(bytes.length, length);
  for (let at = 0; at < end; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)));
  }
  return text;
}

function starts(...signatures: readonly (readonly (number | null)[])[]) {
  return (bytes: Uint8Array) =>
    signatures.some(
      (signature) =>
        bytes.length >= signature.length &&
        signature.every((byte, i) => byte === null || byte === bytes[i]),
    );
}

function ascii(text: string): readonly number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

/** Length of a protobuf varint at `at`, at most 10. */
function varintLength(bytes: Uint8Array, at: number): number {
  let n = 1;
  while (n < 10 && bytes[at + n - 1]! & 0x80) n++;
  return n;
}

/** `{ 1: small varint, 2: bytes }`: the head of SavedModel, ONNX and Core ML alike. */
function versionedProto(bytes: Uint8Array): { version: number; first: number } | undefined {
  if (bytes.length < 8 || bytes[0] !== 0x08 || bytes[1]! > 40) return undefined;
  const version = bytes[1]!;
  if (bytes[2] === 0x3a || bytes[2] === 0x42) return { version, first: 0x70 }; // ONNX: 7 graph, 8 opset
  if (bytes[2] !== 0x12) return undefined;
  return { version, first: bytes[3 + varintLength(bytes, 3)] ?? 0 };
}

/** TensorFlow op names; they stand in every GraphDef and SavedModel, in no ONNX or Core ML file. */
const tensorflowOps = /VarHandleOp|Placeholder|StatefulPartitionedCall|PartitionedCall|NoOp|MatMul/;

function isSavedModel(bytes: Uint8Array, path: string): boolean {
  if (fileName(path) === 'saved_model.pb') return true;
  const head = versionedProto(bytes);
  return head?.version === 1 && head.first === 0x0a && tensorflowOps.test(latin1(bytes, scanned));
}

/** GraphDef: field 1 is a list of NodeDef { 1: name, 2: op, … } (tensorflow/core/framework). */
function isFrozenGraph(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a) return false;
  const node = 1 + varintLength(bytes, 1);
  if (bytes[node] !== 0x0a) return false;
  const op = node + 2 + (bytes[node + 1] ?? 0);
  return bytes[op] === 0x12 && /^[A-Z][A-Za-z0-9]+$/.test(latin1(bytes.subarray(op + 2), 3));
}

function isOnnx(bytes: Uint8Array): boolean {
  const head = versionedProto(bytes);
  if (!head) return false;
  return head.version >= 3 && head.first >= 0x20 && head.first < 0x7f;
}

function isCoreMl(bytes: Uint8Array): boolean {
  const head = versionedProto(bytes);
  return head !== undefined && head.first === 0x0a;
}

function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  return length > 1n && length <= BigInt(bytes.length);
}

const json = (test: (value: Readonly<Record<string, unknown>>) => boolean) => (bytes: Uint8Array) =>
  test(jsonObject(bytes) ?? {});

const asData = 'It looks like data: drop it under "Data files".';

/** In order; the first that fits. */
const cases: readonly Case[] = [
  {
    kind: 'empty',
    code: 'not-this-format',
    is: 'an empty file',
    todo: 'Save or download it again.',
    test: (bytes) => bytes.length === 0,
  },
  {
    kind: 'git-lfs',
    code: 'not-this-format',
    is: 'a Git LFS pointer, not the model itself',
    todo: 'Run "git lfs pull" in the repository, or download the file from its web page.',
    test: starts(ascii('version https://git-lfs')),
  },
  {
    kind: 'html',
    code: 'not-this-format',
    is: 'a web page, probably an error or login page saved under the name of the model',
    todo: "Open the download's address in the browser and save the file itself.",
    test: (bytes) => /^\W*<(!doctype html|html|head)\b/i.test(latin1(bytes, 256)),
  },
  {
    kind: 'xml',
    code: 'not-this-format',
    is: 'an XML document, probably an error message saved under the name of the model',
    todo: 'Open it in a text editor to see what it says, and download the model again.',
    test: (bytes) => /^\W*<\?xml\b/i.test(latin1(bytes, 64)),
  },
  {
    kind: 'saved-model',
    code: 'not-this-format',
    is: 'a TensorFlow SavedModel',
    todo:
      'Load it in Python and save it with model.save("model.keras"), or convert it with ' +
      'TFLiteConverter.from_saved_model(folder) and drop the .tflite.',
    test: isSavedModel,
  },
  {
    kind: 'checkpoint',
    code: 'not-this-format',
    is: 'a part of a TensorFlow checkpoint, which holds weights without layers',
    todo: 'Load the weights into the model in Python and save it with model.save("model.keras").',
    test: (_, path) =>
      /^(checkpoint|.*\.index|.*\.data-\d{5}-of-\d{5}|.*\.ckpt)$/.test(fileName(path)),
  },
  {
    kind: 'onnx',
    code: 'not-this-format',
    is: 'an ONNX model, which Intact cannot read yet',
    todo: 'Convert it with onnx2tf and drop the float .tflite.',
    test: isOnnx,
  },
  {
    kind: 'core-ml',
    code: 'not-this-format',
    is: 'a Core ML model',
    todo: 'Drop the Keras model or .tflite that it was made from.',
    test: isCoreMl,
  },
  {
    kind: 'core-ml',
    code: 'not-this-format',
    is: 'the manifest of a Core ML package',
    todo: 'Drop the Keras model or .tflite that it was made from.',
    test: json((value) => 'itemInfoEntries' in value && 'rootModelIdentifier' in value),
  },
  {
    kind: 'frozen-graph',
    code: 'not-this-format',
    is: 'a frozen TensorFlow graph (GraphDef)',
    todo: 'Convert it with tf.compat.v1.lite.TFLiteConverter.from_frozen_graph and drop the .tflite.',
    test: isFrozenGraph,
  },
  {
    kind: 'pytorch',
    code: 'not-this-format',
    is: 'a PyTorch file',
    todo: 'Convert the model with ai-edge-torch (litert-torch) and drop the float .tflite.',
    // The magic number of torch.save before 1.6, after a pickle's head.
    test: starts([0x80, null, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20]),
  },
  {
    kind: 'pickle',
    code: 'not-this-format',
    is: 'a Python pickle, which Intact never runs',
    todo: 'If it is a PyTorch model, convert it to .tflite; if Keras, save it with model.save().',
    test: (bytes) => bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 && bytes.at(-1) === 0x2e,
  },
  {
    kind: 'gguf',
    code: 'not-this-format',
    is: 'a GGUF language model',
    todo: 'Intact quantizes Keras, TensorFlow.js and TensorFlow Lite models.',
    test: starts(ascii('GGUF')),
  },
  {
    kind: 'ort',
    code: 'not-this-format',
    is: 'an ONNX Runtime model (.ort)',
    todo: 'Convert the ONNX model that it was made from with onnx2tf and drop the float .tflite.',
    test: starts([null, null, null, null, ...ascii('ORTM')]),
  },
  {
    kind: 'npy',
    code: 'not-this-format',
    is: 'a NumPy array, not a model',
    todo: asData,
    test: starts([0x93, ...ascii('NUMPY')]),
  },
  {
    kind: 'image',
    code: 'not-this-format',
    is: 'an image, not a model',
    todo: asData,
    test: starts([0x89, ...ascii('PNG')], [0xff, 0xd8, 0xff], ascii('GIF8'), [
      ...ascii('RIFF'),
      null,
      null,
      null,
      null,
      ...ascii('WEBP'),
    ]),
  },
  {
    kind: 'idx',
    code: 'not-this-format',
    is: 'an IDX file of samples, as MNIST comes in, not a model',
    todo: asData,
    test: (bytes) => bytes.length > 8 && starts([0, 0, 0x08, 1], [0, 0, 0x08, 3])(bytes),
  },
  {
    kind: 'compressed',
    code: 'not-this-format',
    is: 'a packed file (gzip, tar, 7z, rar, xz or bzip2)',
    todo: 'Unpack it and drop the model in it. Zip archives are opened as they are.',
    test: (bytes) =>
      starts(
        [0x1f, 0x8b],
        ascii('7z\xbc\xaf\x27\x1c'),
        ascii('Rar!'),
        ascii('\xfd7zXZ'),
        ascii('BZh'),
      )(bytes) || latin1(bytes.subarray(257), 5) === 'ustar',
  },
  {
    kind: 'nested-zip',
    code: 'not-this-format',
    is: 'a zip archive inside another one',
    todo: 'Unpack the outer one and drop the inner one.',
    test: starts(ascii('PK\x03\x04')),
  },
  {
    kind: 'empty-archive',
    code: 'not-this-format',
    is: 'an empty zip archive',
    todo: 'Drop the model itself.',
    test: starts(ascii('PK\x05\x06')),
  },
  {
    kind: 'split-zip',
    code: 'not-this-format',
    is: 'one part of a zip archive that was split in several',
    todo: 'Join and unpack them and drop the model in it.',
    test: starts(ascii('PK\x07\x08')),
  },
  {
    kind: 'program',
    code: 'not-this-format',
    is: 'a program, which Intact never runs; perhaps an archive that unpacks itself',
    todo: 'Unpack it where you trust it, and drop the model in it.',
    test: starts(ascii('MZ'), ascii('\x7fELF'), ascii('#!/'), [0xcf, 0xfa, 0xed, 0xfe]),
  },
  {
    kind: 'safetensors',
    code: 'not-this-format',
    is: 'a safetensors file, which holds weights without layers',
    todo: 'Load it into its model in Python and convert that to .tflite, or save it as .keras.',
    test: isSafetensors,
  },
  {
    kind: 'keras-json',
    code: 'not-this-format',
    is: 'the description of a Keras model without its weights',
    todo: 'Save the whole model with model.save("model.keras") and drop that.',
    test: json((value) => typeof value.class_name === 'string' && 'config' in value),
  },
  {
    kind: 'json',
    code: 'not-this-format',
    is: 'JSON, but no model',
    todo: 'A TensorFlow.js model is a model.json with "modelTopology" and its weight files.',
    test: (bytes) => /^\W*[[{]/.test(latin1(bytes, 16)) && isJson(bytes),
  },
  {
    kind: 'damaged-json',
    code: 'malformed',
    is: 'a model.json of TensorFlow.js that is damaged: it is not valid JSON',
    todo: 'Save or download it again.',
    test: (bytes) =>
      /^\W*\{/.test(latin1(bytes, 16)) && /modelTopology/.test(latin1(bytes, scanned)),
  },
];

function isJson(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(value) || asRecord(value) !== undefined;
  } catch {
    return false;
  }
}

/** What a single file is, as far as it can be told; undefined for anything unknown. Total. */
export function whatItIs(file: ModelFile): Verdict | undefined {
  return cases.find((candidate) => candidate.test(file.bytes, file.path));
}

/** What a zip archive is by the names in it, when it is no folder of model files. */
export function whatArchiveIs(paths: readonly string[]): Verdict | undefined {
  if (paths.some((path) => /(^|\/)data\.pkl$/.test(path))) {
    return cases.find((candidate) => candidate.kind === 'pytorch');
  }
  if (paths.length > 0 && paths.every((path) => path.endsWith('.npy'))) {
    return {
      kind: 'npz',
      code: 'not-this-format',
      is: 'an archive of NumPy arrays (.npz), not a model',
      todo: asData,
    };
  }
  return undefined;
}
