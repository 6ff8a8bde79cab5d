import { describe, expect, it } from 'vitest';
import { IntactError } from '../model/error';
import { madeWhole, packError, sentOnce, transferable, unpackError } from './wire';

describe('an error on the wire', () => {
  it('keeps code, sentence and details', () => {
    const error = new IntactError('unsupported', 'It cannot.', { list: ['A', 'B'] });
    const sent = structuredClone(packError(error));
    const back = unpackError(sent);
    expect(back).toBeInstanceOf(IntactError);
    expect(back).toMatchObject({
      code: 'unsupported',
      message: 'It cannot.',
      data: { list: ['A', 'B'] },
    });
  });

  it('is internal where it was none of ours', () => {
    expect(packError(new TypeError('x is undefined'))).toEqual({
      code: 'internal',
      message: expect.stringMatching(/went wrong in Intact itself/) as string,
      data: { detail: 'TypeError: x is undefined' },
    });
  });
});

describe('what is settled', () => {
  const made = { plan: { values: { x: new Float32Array([1]) } } };

  it('crosses once, and comes out whole each time, the same object', () => {
    const send = sentOnce();
    const receive = madeWhole();
    const first = receive(structuredClone(send({ id: 'r', made, figures: 1 })));
    const slim = send({ id: 'r', made, figures: 2 });
    expect(slim).toEqual({ id: 'r', figures: 2 });
    const second = receive(structuredClone(slim));
    expect(first).toEqual({ id: 'r', made, figures: 1 });
    expect(second).toEqual({ id: 'r', made, figures: 2 });
    expect((second as { made: unknown }).made).toBe((first as { made: unknown }).made);
  });

  it('crosses again where it is another', () => {
    const send = sentOnce();
    send({ made });
    const other = { ...made };
    expect(send({ made: other })).toEqual({ made: other });
    expect(send({ made: other, id: 1 })).toEqual({ id: 1 });
    expect(send({ id: 2 })).toEqual({ id: 2 });
  });

  it('is nothing of bytes, texts and lists', () => {
    const bytes = new Uint8Array([1, 2]);
    expect(sentOnce()(bytes)).toBe(bytes);
    expect(madeWhole()(bytes)).toBe(bytes);
    expect(sentOnce()(undefined)).toBeUndefined();
    expect(madeWhole()(null)).toBeNull();
    const value = { a: 1 };
    expect(madeWhole()(value)).toBe(value);
    const send = sentOnce();
    send({ made });
    const without = { figures: 3 };
    expect(send(without)).toBe(without);
  });

  it('is the fields that are named', () => {
    const send = sentOnce(['a']);
    const part = { b: 1 };
    expect(send({ a: part, made })).toEqual({ a: part, made });
    expect(send({ a: part, made })).toEqual({ made });
    const receive = madeWhole(['a']);
    receive({ a: part });
    expect(receive({ made })).toEqual({ made, a: part });
  });
});

describe('bytes', () => {
  it('are handed over where they are a buffer of their own', () => {
    const own = new Uint8Array(4);
    expect(transferable(own)).toEqual([own.buffer]);
    expect(transferable(own.subarray(1))).toEqual([]);
    expect(transferable({ own })).toEqual([]);
    expect(transferable(new Float32Array(1))).toEqual([]);
  });
});
