/**
 * Plain data ⇄ bytes that are addressed by their content. A pack is JSON and, behind it, the small
 * typed arrays; large ones are blobs of their own, so that what shares a tensor shares its bytes.
 *   pack: u32 length of the JSON · JSON · zeros up to a multiple of 8 · small arrays, each at a multiple of 8
 */
import { IntactError } from '../../model/error';
import { sha256 } from './sha256';

/** Bytes of one chunk in the database: what one request may hold at a time. */
export const chunkBytes = 2 ** 25;
/** Typed arrays from this size on are blobs of their own. */
const largeFrom = 2 ** 14;
const align = 8;

/** What is to be stored, by address. */
export type Blobs = Map<string, Uint8Array>;
export type ReadBlob = (address: string) => Promise<Uint8Array>;

const arrayTypes = {
  ...{ Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, BigInt64Array },
  ...{ BigUint64Array, Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array },
};
type ArrayName = keyof typeof arrayTypes;
type View = InstanceType<(typeof arrayTypes)[ArrayName]>;

/** The key that marks what JSON has no form for. */
const mark = '$';
type Marked =
  | { readonly $: ArrayName; readonly blob: string }
  | { readonly $: ArrayName; readonly at: number; readonly length: number }
  | { readonly $: 'number' | 'bigint'; readonly is: string }
  | { readonly $: 'undefined' }
  | { readonly $: 'object'; readonly entries: readonly (readonly [string, unknown])[] };

const bytesOf = (view: ArrayBufferView) =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const padded = (bytes: number) => Math.ceil(bytes / align) * align;

/** Address of bytes: their SHA-256, or, of more than one chunk, that of the chunks' SHA-256s. */
export async function addressOf(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= chunkBytes) return sha256(bytes);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    parts.push(await sha256(bytes.subarray(at, at + chunkBytes)));
  return sha256(new TextEncoder().encode(parts.join('\n')));
}

/** Views are never written to, so that one needs hashing once. */
const addresses = new WeakMap<ArrayBufferView, string>();
async function addressOfView(view: ArrayBufferView): Promise<string> {
  const known = addresses.get(view);
  if (known !== undefined) return known;
  const address = await addressOf(bytesOf(view));
  addresses.set(view, address);
  return address;
}

/** Of an array that was packed or unpacked as a blob of its own. */
export const knownAddress = (view: ArrayBufferView): string | undefined => addresses.get(view);

/** Puts a value's bytes among the blobs and gives the pack's address. Of plain data without cycles or functions. */
export async function pack(value: unknown, blobs: Blobs): Promise<string> {
  const large = new Map<ArrayBufferView, string>();
  for (const view of largeViews(value, [])) {
    const address = await addressOfView(view);
    large.set(view, address);
    if (!blobs.has(address)) blobs.set(address, bytesOf(view));
  }
  const small: Uint8Array[] = [];
  let end = 0;
  const text = JSON.stringify(
    marked(value, (view) => {
      const $ = view.constructor.name as ArrayName;
      const blob = large.get(view);
      if (blob !== undefined) return { $, blob };
      const at = end;
      small.push(bytesOf(view));
      end += padded(view.byteLength);
      return { $, at, length: (view as View).length };
    }),
  );
  const json = new TextEncoder().encode(text);
  const from = padded(4 + json.length);
  const bytes = new Uint8Array(from + end);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  let at = from;
  for (const one of small) {
    bytes.set(one, at);
    at += padded(one.length);
  }
  const address = await addressOf(bytes);
  blobs.set(address, bytes);
  return address;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function largeViews(value: unknown, found: ArrayBufferView[]): ArrayBufferView[] {
  if (!isObject(value)) return found;
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength >= largeFrom) found.push(value);
  } else for (const part of Object.values(value)) largeViews(part, found);
  return found;
}

function marked(value: unknown, place: (view: ArrayBufferView) => Marked): unknown {
  if (value === undefined) return { $: 'undefined' } satisfies Marked;
  if (typeof value === 'bigint') return { $: 'bigint', is: String(value) } satisfies Marked;
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $: 'number', is: Object.is(value, -0) ? '-0' : String(value) } satisfies Marked;
  if (!isObject(value)) return value;
  if (ArrayBuffer.isView(value)) return place(value);
  if (Array.isArray(value)) return value.map((part) => marked(part, place));
  const entries = Object.entries(value).map(([key, part]) => [key, marked(part, place)] as const);
  return mark in value ? ({ $: 'object', entries } satisfies Marked) : Object.fromEntries(entries);
}

/** What `pack` was given. Throws `malformed` where the bytes are none of its. */
export async function unpack(address: string, read: ReadBlob): Promise<unknown> {
  const bytes = await read(address);
  const length =
    bytes.length < 4 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length > bytes.length) throw damaged('it is cut short');
  const json: unknown = parsed(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const pool = bytes.subarray(padded(4 + length));
  const large = new Map<string, Uint8Array>();
  for (const blob of blobsIn(json, new Set())) large.set(blob, await read(blob));
  return plain(json, pool, large);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('it is not what was written');
  }
}

const damaged = (what: string) =>
  new IntactError('malformed', `A stored part cannot be read: ${what}.`);

function blobsIn(json: unknown, found: Set<string>): Set<string> {
  if (!isObject(json)) return found;
  const { $, blob } = json as { $?: unknown; blob?: unknown };
  if (typeof $ === 'string' && typeof blob === 'string') found.add(blob);
  else for (const part of Object.values(json)) blobsIn(part, found);
  return found;
}

function plain(json: unknown, pool: Uint8Array, large: ReadonlyMap<string, Uint8Array>): unknown {
  if (!isObject(json)) return json;
  if (Array.isArray(json)) return json.map((part) => plain(part, pool, large));
  if (!(mark in json))
    return Object.fromEntries(
      Object.entries(json).map(([key, part]) => [key, plain(part, pool, large)]),
    );
  const one = json as Marked;
  switch (one.$) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(one.is);
    case 'bigint':
      return BigInt(one.is);
    case 'object':
      return Object.fromEntries(one.entries.map(([key, part]) => [key, plain(part, pool, large)]));
    default: {
      if (!(one.$ in arrayTypes)) throw damaged('it holds what this version does not know');
      const Type = arrayTypes[one.$];
      if ('blob' in one) {
        const bytes = large.get(one.blob)!;
        const view = new Type(
          bytes.buffer as ArrayBuffer,
          bytes.byteOffset,
          bytes.length / Type.BYTES_PER_ELEMENT,
        );
        addresses.set(view, one.blob);
        return view;
      }
      const bytes = pool.slice(one.at, one.at + one.length * Type.BYTES_PER_ELEMENT);
      if (bytes.length !== one.length * Type.BYTES_PER_ELEMENT) throw damaged('it is cut short');
      return new Type(bytes.buffer);
    }
  }
}
