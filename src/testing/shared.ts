/**
 * The reference models and data beside the checkout. Present on the team's machines and in CI, absent
 * elsewhere: tests that need them skip visibly: `describe.skipIf(!hasShared)('…')`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../shared/', import.meta.url));

export const hasShared = existsSync(root);

export function sharedPath(path: string): string {
  return root + path;
}

export function readShared(path: string): Uint8Array {
  return new Uint8Array(readFileSync(sharedPath(path)));
}
