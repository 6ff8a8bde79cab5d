/** Bytes from one place to another. */

export function copyBytes(from: usize, to: usize, n: i32): void {
  memory.copy(to, from, n);
}

export function fillBytes(to: usize, value: i32, n: i32): void {
  memory.fill(to, <u8>value, n);
}

/** `n` words of 32 bits. */
export function fillWords(to: usize, value: i32, n: i32): void {
  const v = i32x4.splat(value);
  const end = to + (n << 2);
  for (; to + 16 <= end; to += 16) v128.store(to, v);
  for (; to < end; to += 4) store<i32>(to, value);
}

/** Exactly `n` bytes; longer runs than a few vectors are the engine's own copy. */
@inline function copyRun(from: usize, to: usize, n: i32): void {
  if (n >= 16) {
    if (n > 256) {
      memory.copy(to, from, n);
      return;
    }
    const last = n - 16;
    for (let i = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + last, v128.load(from + last));
    return;
  }
  if (n & 8) {
    store<i64>(to, load<i64>(from));
    from += 8;
    to += 8;
  }
  if (n & 4) {
    store<i32>(to, load<i32>(from));
    from += 4;
    to += 4;
  }
  if (n & 2) {
    store<i16>(to, load<i16>(from));
    from += 2;
    to += 2;
  }
  if (n & 1) store<i8>(to, load<i8>(from));
}

/** `rows` runs of `bytes`, read and written at these steps. */
export function copyRows(from: usize, to: usize, rows: i32, bytes: i32, fromStep: i32, toStep: i32): void {
  for (let r = 0; r < rows; r++) {
    copyRun(from, to, bytes);
    from += fromStep;
    to += toStep;
  }
}

/** `count` runs of `bytes`, one after the other, read at the int32 byte offsets. */
export function gatherRows(from: usize, to: usize, count: i32, bytes: i32, offsets: usize): void {
  for (let i = 0; i < count; i++) {
    copyRun(from + load<i32>(offsets + (i << 2)), to, bytes);
    to += bytes;
  }
}
