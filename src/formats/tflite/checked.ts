/**
 * FlatBuffers access that is safe on hostile bytes: every read is inside the file, every vector fits
 * into it, and all vectors and strings read together are bounded by the file's size (offsets may
 * share targets, so a small file could otherwise ask for unbounded work).
 */
import { ByteBuffer } from 'flatbuffers';
import { IntactError } from '../../model/error';

export function malformed(message: string): never {
  throw new IntactError('malformed', `This .tflite file is damaged: ${message}`);
}

/** Elements that may be read per byte of the file: honest files share few vectors and stay below 1. */
const readsPerByte = 4;
const readsAtLeast = 1 << 16;

export class CheckedBuffer extends ByteBuffer {
  private readonly size: number;
  private remaining: number;
  private readonly text: Uint8Array;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.text = bytes;
    this.size = bytes.length;
    this.remaining = bytes.length * readsPerByte + readsAtLeast;
  }

  private check(offset: number, width: number): void {
    if (!(offset >= 0 && offset + width <= this.size))
      malformed(
        `it points to byte ${offset}, but has only ${this.size} bytes. Copy or export it again.`,
      );
  }

  /** Counts `amount` elements against the file's budget. */
  charge(amount: number): void {
    this.remaining -= amount;
    if (this.remaining < 0)
      malformed('its parts overlap so often that reading them would take too long.');
  }

  override readUint8(offset: number): number {
    this.check(offset, 1);
    return super.readUint8(offset);
  }

  override readUint16(offset: number): number {
    this.check(offset, 2);
    return super.readUint16(offset);
  }

  override readInt32(offset: number): number {
    this.check(offset, 4);
    return super.readInt32(offset);
  }

  override __string(position: number): string {
    const start = position + this.readInt32(position);
    const length = this.readInt32(start);
    this.check(start + 4, length);
    if (length < 0) malformed(`a name claims ${length} characters.`);
    this.charge(length);
    return new TextDecoder().decode(this.text.subarray(start + 4, start + 4 + length));
  }

  /** A vector as an array. `length` and `at` are the generated accessors of one table's field. */
  list<T>(length: number, at: (index: number) => T | null): T[] {
    if (length < 0 || length > this.size) malformed(`a list claims ${length} entries.`);
    this.charge(length);
    const items: T[] = [];
    for (let index = 0; index < length; index++) items.push(at(index)!);
    return items;
  }
}
