import type { ModelFile } from '../formats/format';

/** SHA-256 over paths and bytes: equal keys are equal files. Random where the page may not hash. */
export async function filesKey(files: readonly ModelFile[]): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return `unhashed ${Math.random().toString(36).slice(2)}${Date.now()}`;
  const parts: string[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const digest = await subtle.digest('SHA-256', file.bytes as Uint8Array<ArrayBuffer>);
    parts.push(`${file.path} ${hex(digest)}`);
  }
  return hex(await subtle.digest('SHA-256', new TextEncoder().encode(parts.join('\n'))));
}

function hex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
