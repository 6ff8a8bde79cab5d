import { zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IntactError } from '../model/error';
import { hasShared, readShared } from '../testing/shared';
import type { ModelFile } from './format';
import { formats, openFiles } from './index';
import { isZip, unzipEntry, zipEntries } from '../files/zip';

const encoder = new TextEncoder();

function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`./keras/fixtures/${name}`, import.meta.url)));
}

function file(path: string, content: Uint8Array | string): ModelFile {
  return { path, bytes: typeof content === 'string' ? bytesOf(content) : content };
}

function zip(entries: Record<string, Uint8Array>): Uint8Array {
  return new Uint8Array(zipSync(entries));
}

const config = {
  class_name: 'Sequential',
  config: { name: 'sequential', layers: [] as unknown[] },
};
config.config.layers.push({
  class_name: 'Dense',
  config: {
    name: 'd',
    units: 2,
    activation: 'linear',
    use_bias: true,
    batch_input_shape: [null, 1],
  },
});
const modelJson = file(
  'net/model.json',
  JSON.stringify({
    modelTopology: config,
    weightsManifest: [
      {
        paths: ['w.bin'],
        weights: [
          { name: 'd/kernel', shape: [1, 2], dtype: 'float32' },
          { name: 'd/bias', shape: [2], dtype: 'float32' },
        ],
      },
    ],
  }),
);
const shard = file('net/w.bin', new Uint8Array(16));

async function refused(files: readonly ModelFile[]): Promise<IntactError> {
  try {
    await openFiles(files);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(IntactError);
    return thrown as IntactError;
  }
  throw new Error('was opened');
}

describe('openFiles', () => {
  it('knows formats by content, whatever the file is called', async () => {
    const cases: [string, string][] = [
      ['keras2.h5', 'keras-h5'],
      ['keras3.h5', 'keras-h5'],
      ['keras2.keras', 'keras-v3'],
      ['keras3.keras', 'keras-v3'],
    ];
    for (const [name, format] of cases) {
      const imported = await openFiles([file('download.bin', fixture(name))]);
      expect([imported.format, imported.graph.name]).toEqual([format, 'container']);
      expect(imported.description).toMatch(/^Keras (2\.21\.0|3\.15\.1) /);
      expect(imported.fileBytes).toBe(fixture(name).length);
    }
  });

  it('takes a folder, with its junk', async () => {
    const imported = await openFiles([
      shard,
      file('net/.DS_Store', '\0\0\0\x01Bud1'),
      file('net/README.md', '# Net'),
      file('net/preview.png', '\x89PNG'),
      modelJson,
    ]);
    expect([imported.format, imported.graph.name]).toEqual(['tfjs', 'net']);
    expect(imported.fileBytes).toBe(modelJson.bytes.length + 16);
  });

  it('takes a zip of a folder, and a zip of a model', async () => {
    const folder = zip({
      [modelJson.path]: modelJson.bytes,
      [shard.path]: shard.bytes,
      '__MACOSX/net/._model.json': new Uint8Array(9),
    });
    expect((await openFiles([file('net.zip', folder)])).format).toBe('tfjs');
    const packed = zip({ 'a/model.h5': fixture('keras2.h5') });
    expect((await openFiles([file('m.zip', packed)])).format).toBe('keras-h5');
    const keras = zip({ 'a/model.keras': fixture('keras3.keras') });
    expect((await openFiles([file('m.zip', keras)])).format).toBe('keras-v3');
  });

  it('takes an unpacked .keras, as a folder and zipped again with its folder', async () => {
    const bytes = fixture('keras3.keras');
    const files = zipEntries(bytes, 'x').map((entry) =>
      file(`saved/${entry.path}`, unzipEntry(bytes, entry, 'x')),
    );
    expect((await openFiles(files)).format).toBe('keras-v3');
    const again = zip(Object.fromEntries(files.map(({ path, bytes: content }) => [path, content])));
    expect((await openFiles([file('saved.zip', again)])).format).toBe('keras-v3');
  });

  it('wants one model', async () => {
    const error = await refused([
      file('a.h5', fixture('keras2.h5')),
      file('b.keras', fixture('keras3.keras')),
    ]);
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(/2 models.*a\.h5, b\.keras.*one at a time/);
    expect((await refused([])).code).toBe('usage');
  });

  it('ids are unique', () => {
    expect(new Set(formats.map(({ id }) => id)).size).toBe(formats.length);
  });
});

/** Protobuf: field number and wire type 2. */
function message(field: number, ...parts: (Uint8Array | number[])[]): number[] {
  const content = parts.flatMap((part) => [...part]);
  const length = content.length;
  return [
    (field << 3) | 2,
    ...(length < 128 ? [length] : [(length & 127) | 128, length >> 7]),
    ...content,
  ];
}

const placeholder = message(1, message(1, bytesOf('input')), message(2, bytesOf('Placeholder')));
const safetensors = bytesOf('\x02\0\0\0\0\0\0\0{}');

describe('what is no model is named', () => {
  const wrong: [
    kind: string,
    code: string,
    path: string,
    content: Uint8Array | string,
    says: RegExp,
  ][] = [
    ['empty', 'not-this-format', 'm.h5', '', /empty/],
    [
      'git-lfs',
      'not-this-format',
      'm.h5',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      /git lfs pull/,
    ],
    [
      'html',
      'not-this-format',
      'm.tflite',
      '\n<!DOCTYPE html><html><body>404</body></html>',
      /web page/,
    ],
    [
      'xml',
      'not-this-format',
      'm.h5',
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
      /XML/,
    ],
    [
      'saved-model',
      'not-this-format',
      'saved_model.pb',
      Uint8Array.from([8, 1, ...message(2, [])]),
      /SavedModel.*model\.save/,
    ],
    [
      'saved-model',
      'not-this-format',
      'model.bin',
      Uint8Array.from([8, 1, ...message(2, message(1, [1]), placeholder)]),
      /SavedModel/,
    ],
    ['checkpoint', 'not-this-format', 'ckpt.data-00000-of-00001', '\x01\x02\x03', /checkpoint/],
    [
      'frozen-graph',
      'not-this-format',
      'frozen.pb',
      Uint8Array.from(placeholder),
      /frozen TensorFlow graph/,
    ],
    [
      'onnx',
      'not-this-format',
      'm.bin',
      Uint8Array.from([8, 8, ...message(2, bytesOf('pytorch'))]),
      /ONNX.*onnx2tf/,
    ],
    [
      'onnx',
      'not-this-format',
      'm.onnx',
      Uint8Array.from([8, 4, ...message(7, [1, 2, 3, 4])]),
      /ONNX/,
    ],
    [
      'core-ml',
      'not-this-format',
      'm.mlmodel',
      Uint8Array.from([8, 4, ...message(2, message(1, [1, 2, 3]))]),
      /Core ML/,
    ],
    [
      'core-ml',
      'not-this-format',
      'm.mlpackage/Manifest.json',
      '{"itemInfoEntries":{},"rootModelIdentifier":"0"}',
      /Core ML/,
    ],
    [
      'pytorch',
      'not-this-format',
      'm.pt',
      zip({ 'archive/data.pkl': bytesOf('x'), 'archive/data/0': bytesOf('y') }),
      /PyTorch/,
    ],
    [
      'pytorch',
      'not-this-format',
      'm.pth',
      Uint8Array.of(
        0x80,
        2,
        0x8a,
        10,
        0x6c,
        0xfc,
        0x9c,
        0x46,
        0xf9,
        0x20,
        0x6a,
        0xa8,
        0x50,
        0x19,
        0x2e,
      ),
      /PyTorch/,
    ],
    ['pickle', 'not-this-format', 'm.pkl', Uint8Array.of(0x80, 4, 0x4b, 1, 0x2e), /pickle/],
    ['safetensors', 'not-this-format', 'm.safetensors', safetensors, /safetensors/],
    ['gguf', 'not-this-format', 'm.gguf', 'GGUF\x03', /GGUF/],
    ['ort', 'not-this-format', 'm.ort', '\x18\0\0\0ORTM', /ONNX Runtime/],
    ['npy', 'not-this-format', 'x.npy', Uint8Array.of(0x93, ...bytesOf('NUMPY\x01')), /Data files/],
    [
      'npz',
      'not-this-format',
      'x.npz',
      zip({ 'x.npy': bytesOf('1'), 'y.npy': bytesOf('2') }),
      /Data files/,
    ],
    [
      'image',
      'not-this-format',
      'x.png',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
      /image.*Data files/,
    ],
    ['image', 'not-this-format', 'x.jpg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /image/],
    ['idx', 'not-this-format', 'train', Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0), /IDX/],
    ['compressed', 'not-this-format', 'm.tar.gz', Uint8Array.of(0x1f, 0x8b, 8, 0), /Unpack/],
    [
      'keras-json',
      'not-this-format',
      'arch.json',
      '{"class_name":"Sequential","config":{}}',
      /without its weights/,
    ],
    ['json', 'not-this-format', 'x.json', '{"a":1}', /JSON, but no model/],
    ['damaged-json', 'malformed', 'model.json', '{"modelTopology": {', /not valid JSON/],
    [
      'tfjs-graph-model',
      'unsupported',
      'model.json',
      '{"format":"graph-model","modelTopology":{"node":[]}}',
      /graph model/,
    ],
    ['missing-shards', 'usage', 'net/model.json', modelJson.bytes, /w\.bin, which is not/],
    ['weights-only', 'not-this-format', 'w.h5', fixture('keras2.weights.h5'), /only the weights/],
    ['unrecognised', 'unrecognised', 'm.dat', 'hello there', /not recognised.*\.tflite/],
    [
      'empty-archive',
      'unrecognised',
      'm.zip',
      zip({ 'README.md': bytesOf('hi') }),
      /without a model/,
    ],
  ];
  it.each(wrong)('%s (%s): %s', async (kind, code, path, content, says) => {
    const error = await refused([file(path, content)]);
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/\.$/);
    expect([error.code, error.data.kind]).toEqual([code, kind]);
  });

  it('a SavedModel is named by its folder or zip too', async () => {
    const parts = {
      'net/fingerprint.pb': Uint8Array.of(8, 1),
      'net/keras_metadata.pb': bytesOf('x'),
      'net/saved_model.pb': Uint8Array.from([8, 1, ...message(2, message(1, []))]),
      'net/variables/variables.index': bytesOf('x'),
    };
    const folder = Object.entries(parts).map(([path, content]) => file(path, content));
    expect((await refused(folder)).data.kind).toBe('saved-model');
    expect((await refused([file('net.zip', zip(parts))])).data.kind).toBe('saved-model');
  });
});

describe('zip archives', () => {
  const one = (content: Uint8Array, level: 0 | 9) =>
    new Uint8Array(zipSync({ 'model.h5': content }, { level }));

  it('claims are checked before anything is unpacked', async () => {
    const bytes = one(new Uint8Array(1000), 9);
    const end = bytes.length - 22;
    const directory = new DataView(bytes.buffer).getUint32(end + 16, true);
    new DataView(bytes.buffer).setUint32(directory + 24, 0xf0000000, true);
    expect((await refused([file('bomb.zip', bytes)])).message).toMatch(/claims more bytes/);
  });

  it('content that outgrows its claim is refused', async () => {
    const bytes = one(new Uint8Array(1 << 22), 9);
    const end = bytes.length - 22;
    const directory = new DataView(bytes.buffer).getUint32(end + 16, true);
    new DataView(bytes.buffer).setUint32(directory + 24, 1000, true);
    expect((await refused([file('bomb.zip', bytes)])).message).toMatch(/other content/);
  });

  it('a wrong checksum is damage', async () => {
    const bytes = one(fixture('keras2.weights.h5'), 0);
    bytes[200]! ^= 1;
    expect((await refused([file('m.zip', bytes)])).code).toBe('malformed');
    expect(isZip(bytes)).toBe(true);
  });
});

describe.skipIf(!hasShared)('reference models', () => {
  it.each([
    ['mlperf-tiny/resnet8.h5', 'keras-h5'],
    ['mlperf-tiny/vww_96.h5', 'keras-h5'],
    ['mlperf-tiny/ad01.h5', 'keras-h5'],
    ['mlperf-tiny/str_ww_ref_model.h5', 'keras-h5'],
    ['mlperf-tiny/resnet8_int8.tflite', 'tflite'],
  ])('%s', async (path, format) => {
    const imported = await openFiles([file(path, readShared(`models/${path}`))]);
    expect(imported.format).toBe(format);
    expect(imported.graph.nodes.length).toBeGreaterThan(5);
  });

  it('abalone', async () => {
    const names = ['abalone.csv', 'model.json', 'weights.bin'];
    const files = names.map((name) => file(name, readShared(`models/abalone/${name}`)));
    const imported = await openFiles(files);
    expect([imported.format, imported.graph.name]).toEqual(['tfjs', 'model']);
  });
});
