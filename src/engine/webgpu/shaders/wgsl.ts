/** Pieces of WGSL that kernels are put together from. Integers of int8 tensors lie four to a word. */
import { lineThreads } from '../program';

export interface Binding {
  readonly name: string;
  /** "array<u32>" */
  readonly type: string;
  readonly access?: 'read' | 'write' | 'uniform';
}

const spaces = { read: 'storage,read', write: 'storage,read_write', uniform: 'uniform' } as const;

export function bindings(list: readonly Binding[]): string {
  return list
    .map(
      ({ name, type, access = 'read' }, at) =>
        `@group(0) @binding(${at}) var<${spaces[access]}> ${name}: ${type};`,
    )
    .join('\n');
}

/** Entry of a kernel of one thread per index: `i` counts to `count`. */
export function lineEntry(count: number, body: string): string {
  return `@compute @workgroup_size(${lineThreads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) thread: u32) {
  let i = (group.y * groups.x + group.x) * ${lineThreads}u + thread;
  if (i >= ${count}u) { return; }
${body}
}`;
}

/** A word's four int8, and four int32 (−128…127) as a word. */
export const packing = `
fn unpack(word: u32) -> vec4<i32> {
  return bitcast<vec4<i32>>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u);
}
fn pack(v: vec4<i32>) -> u32 {
  let b = bitcast<vec4<u32>>(v) & vec4<u32>(255u);
  return b.x | (b.y << 8u) | (b.z << 16u) | (b.w << 24u);
}`;

export const dotFeature = 'packed_4x8_integer_dot_product';
export const requiresDot = `requires ${dotFeature};`;

/** a · b as 64 bits (low, high), and sums and shifts of such. */
export const wide = `
fn mulWide(a: u32, b: u32) -> vec2<u32> {
  let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
  let ll = al * bl; let lh = al * bh; let hl = ah * bl;
  let mid = (ll >> 16u) + (lh & 0xffffu) + (hl & 0xffffu);
  return vec2<u32>((ll & 0xffffu) | (mid << 16u), ah * bh + (lh >> 16u) + (hl >> 16u) + (mid >> 16u));
}
// a signed, b not negative.
fn mulSigned(a: i32, b: i32) -> vec2<u32> {
  let w = mulWide(u32(a), u32(b));
  return vec2<u32>(w.x, w.y - select(0u, u32(b), a < 0));
}
fn addWide(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}
// 2^n, n below 64.
fn powerWide(n: u32) -> vec2<u32> {
  return select(vec2<u32>(0u, 1u << (n & 31u)), vec2<u32>(1u << (n & 31u), 0u), n < 32u);
}
// Arithmetic shift right by n below 64, saturated to ±2^30.
fn shiftWide(a: vec2<u32>, n: u32) -> i32 {
  let high = bitcast<i32>(a.y);
  var low = 0u;
  var rest = high >> 31u;
  if (n == 0u) { low = a.x; rest = high; }
  else if (n < 32u) { low = (a.x >> n) | (a.y << (32u - n)); rest = high >> n; }
  else { low = bitcast<u32>(high >> min(n - 32u, 31u)); }
  let value = bitcast<i32>(low);
  if (rest != (value >> 31u)) { return select(1073741824, -1073741824, rest < 0); }
  return clamp(value, -1073741824, 1073741824);
}`;
