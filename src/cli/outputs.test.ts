/** Outputs are looked at before the work, and written whole. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseArguments } from './arguments';
import { readPaths } from './files';
import { beside, checkOutputs, outputsOf, writeWhole } from './outputs';

const folder = mkdtempSync(join(tmpdir(), 'intact-outputs-'));
const at = (...parts: string[]) => join(folder, ...parts);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
writeFileSync(at('m.h5'), 'model');
mkdirSync(at('data'));
writeFileSync(at('data', 'x.csv'), '1,2');
symlinkSync(at('m.h5'), at('link.tflite'));
symlinkSync(at('data'), at('data', 'again'));
execFileSync('mkfifo', [at('pipe')]);

const check = (words: string) => () => {
  checkOutputs(
    parseArguments(
      words.split(' ').map((word) => (word.startsWith('@') ? at(word.slice(1)) : word)),
    ),
  );
};
const refusal = (words: string) => {
  try {
    check(words)();
  } catch (thrown) {
    return `${(thrown as { code: string }).code}: ${(thrown as Error).message.replaceAll(`${folder}/`, '')}`;
  }
  return 'taken';
};

describe('outputs of a command', () => {
  it('are every file that it writes', () => {
    const words = 'train m --data d --out a/x.tflite --report r.json --csv l.csv --control';
    expect(outputsOf(parseArguments(words.split(' '))).map(({ path }) => path)).toEqual([
      'a/x.tflite',
      'a/x.float.tflite',
      'a/x.control.tflite',
      'r.json',
      'r.control.json',
      'l.csv',
    ]);
    expect(beside('a.b/x', 'float')).toBe('a.b/x.float');
  });

  it.each([
    ['quantize @m.h5 --out @m.h5', 'is the input m.h5, which would be lost'],
    ['quantize @m.h5 --out @link.tflite', 'is the input m.h5'],
    ['quantize @m.h5 --data @data --out @x --csv @data/x.csv', 'is a file of the input data'],
    ['quantize @m.h5 --out @x --report @x', '--report and --out name the same file, x'],
    ['train @m.h5 --data @data --out @x.tflite --report @x.float.tflite', 'name the same file'],
    ['quantize @m.h5 --out @none/x', 'there is no folder "none"'],
    ['quantize @m.h5 --out @m.h5/x', '"m.h5" is no folder'],
    ['quantize @m.h5 --out @data', 'is a folder; name a file'],
    ['quantize @m.h5 --out @pipe', 'is no regular file'],
    ['quantize @m.h5 --out /dev/null', 'is no regular file'],
  ])('%s', (words, sentence) => {
    expect(refusal(words)).toMatch(/^usage: /);
    expect(refusal(words)).toContain(sentence);
  });

  it('that harm nothing are taken', () => {
    expect(
      check('quantize @m.h5 --data @data --out @new.tflite --report @data/new.json'),
    ).not.toThrow();
    expect(check('inspect @m.h5')).not.toThrow();
  });

  it.skipIf(process.getuid?.() === 0)('are refused where one may not write', () => {
    mkdirSync(at('locked'), { mode: 0o500 });
    expect(refusal('quantize @m.h5 --out @locked/x')).toContain('may not write');
    chmodSync(at('locked'), 0o700);
  });
});

describe('a file that is written whole', () => {
  it('replaces what a link leads to, and leaves nothing beside', () => {
    writeFileSync(at('old.json'), 'old');
    symlinkSync(at('old.json'), at('to-old.json'));
    writeWhole(at('to-old.json'), 'new');
    expect(readFileSync(at('old.json'), 'utf8')).toBe('new');
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('leaves the old one where the disk refuses, with a sentence', () => {
    writeFileSync(at('kept.bin'), 'kept');
    expect(() => {
      writeWhole(at('none', 'x'), 'x');
    }).toThrow(/was not written: .*unchanged/);
    expect(readFileSync(at('kept.bin'), 'utf8')).toBe('kept');
  });
});

describe('inputs', () => {
  it('follow links, each folder once; pipes and links that lead nowhere are refused', () => {
    expect(readPaths([at('data')]).map(({ path }) => path)).toEqual(['data/x.csv']);
    expect(() => readPaths([at('pipe')])).toThrow(/pipe, socket or device/);
    symlinkSync(at('nowhere'), at('broken'));
    mkdirSync(at('set'));
    symlinkSync(at('nowhere'), at('set', 'broken.png'));
    expect(() => readPaths([at('set')])).toThrow(/leads nowhere/);
  });
});
