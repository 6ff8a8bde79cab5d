/** A column fitted to an input: what the network would get before its value range is set. */
import type { ColumnMoments } from '../columnScale';
import type { Check } from '../samples';

export interface Fitted {
  /** Without the batch; open sizes taken from the samples. */
  readonly shape: readonly number[];
  /** Channels and where they lie; 1 where there are none. */
  readonly channels: number;
  readonly channelsFirst: boolean;
  /** Pictures, or numbers that may be: bytes 0…255 or floats 0…1 of image form. */
  readonly form: 'picture' | 'bytes' | 'unit' | 'numbers';
  /** Numbers that are whole, from 0 to this small maximum, in an image's form: they may be meant as x / max. */
  readonly bound?: number;
  /** Of features: what their columns are like. Absent of pictures, indices, 0 and 1 alone. */
  readonly columns?: ColumnMoments;
  /** Why `form` is what it is, for a person. */
  readonly found: string;
  readonly checks: readonly Check[];
  /** elements(shape) numbers; the caller may change them. */
  read(index: number): Promise<Float32Array>;
}
