/** What node and V8 really throw, thrown here by them. */
import { openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { asIntactError, IntactError } from './error';

function caught(act: () => unknown): IntactError {
  try {
    act();
  } catch (thrown) {
    return asIntactError(thrown);
  }
  throw new Error('nothing was thrown');
}

const deep = (n: number): number => 1 + deep(n + 1);

describe('a sentence for what is thrown', () => {
  it.each([
    [
      'a file that is missing',
      () => readFileSync('/no/such/file'),
      'usage',
      /\/no\/such\/file does/,
    ],
    ['a folder', () => readFileSync(tmpdir()), 'usage', /folder/],
    ['a file as a folder', () => openSync('/etc/hostname/x', 'r'), 'usage', /does not exist/],
    ['too large an array', () => new Float64Array(2 ** 40), 'limit', /not enough memory/],
    ['a negative array', () => new Array(-1), 'limit', /not enough memory/],
    ['too long a string', () => 'x'.repeat(2 ** 30), 'limit', /not enough memory/],
    [
      'a large memory',
      () => new WebAssembly.Memory({ initial: 65_537 }),
      'limit',
      /not enough memory/,
    ],
    ['an endless recursion', () => deep(0), 'limit', /nests deeper/],
    ['a mistake of ours', () => (undefined as unknown as { x: number }).x, 'internal', /details/],
  ])('%s', (_, act, code, sentence) => {
    const error = caught(act);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(sentence)]);
    expect(error.message).not.toMatch(/E[A-Z]{4,}|undefined|RangeError|stack/);
    expect(error.data['detail']).toEqual(expect.any(String));
  });

  it('of a browser', () => {
    const gone = asIntactError(new DOMException('The requested file…', 'NotReadableError'));
    expect([gone.code, gone.message]).toEqual([
      'bad-data',
      expect.stringMatching(/Choose it again/),
    ]);
    const full = asIntactError(new DOMException('', 'QuotaExceededError'));
    expect(full.message).toMatch(/no room/);
  });

  it('what a file says at great length is shortened', () => {
    const error = new IntactError('malformed', `The layer "${'a'.repeat(5000)}" is no layer.`);
    expect(error.message).toMatch(/^The layer "a{79}…a{19}" is no layer\.$/);
    const many = new IntactError('unsupported', `Not known: ${'one name, '.repeat(1000)}and more.`);
    expect(many.message.length).toBeLessThan(2000);
    expect(many.message).toMatch(/and more\.$/);
  });

  it('an IntactError stays as it is', () => {
    const error = new IntactError('limit', 'A sentence.');
    expect(asIntactError(error)).toBe(error);
  });
});
