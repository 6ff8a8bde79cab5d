/** Bytes → text of a table: encoding by its marks, and bounds that hold before anything is parsed. */
import { IntactError } from '../../model/error';

export interface Text {
  readonly text: string;
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Latin-1';
}

/** V8 holds no longer strings; other engines hold about as much. */
export const MOST_TEXT_BYTES = 2 ** 28;
const MOST_LINE = 4_000_000;

/** UTF-16 without a mark: text in which every other byte is zero. */
function utf16Order(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, 512);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  const half = head.length / 2;
  if (odd > 0.8 * half && even === 0) return 'utf-16le';
  if (even > 0.8 * half && odd === 0) return 'utf-16be';
  return undefined;
}

/** @returns undefined where the bytes are no text */
export function textOf(bytes: Uint8Array): Text | undefined {
  const wide = utf16Order(bytes);
  if (wide) return { text: new TextDecoder(wide).decode(bytes), encoding: 'UTF-16' };
  if (bytes.subarray(0, 4096).includes(0)) return undefined;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    const control = bytes.subarray(0, 4096).some((b) => b < 9 || (b > 13 && b < 32 && b !== 27));
    if (control) return undefined;
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Latin-1' };
  }
}

/** @throws IntactError `limit` for a line of more than 4 million characters, naming it */
export function checkLines(text: string, name: string): void {
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    let end = text.indexOf('\n', at);
    if (end < 0) {
      end = text.indexOf('\r', at);
      if (end < 0 || end - at > MOST_LINE) end = text.length;
    }
    if (end - at > MOST_LINE && !text.slice(at, at + MOST_LINE).includes('\r'))
      throw new IntactError(
        'limit',
        `Line ${line} of "${name}" is longer than ${MOST_LINE / 1e6} million characters. Intact reads tables with one sample a line.`,
      );
    at = end + 1;
  }
}
