/** Sets and needs for tests of this room. */
import { openSamples } from '../open';
import { memorySource } from '../files/bytes';
import type { Choices, LookAt, ModelNeeds, OutputNeed, SourceFile, TryOut } from '../samples';

export const needsOf = (
  input: readonly number[],
  output: readonly number[],
  ends: OutputNeed['ends'] = 'softmax',
): ModelNeeds => ({
  inputs: [
    {
      name: 'input',
      dtype: 'float32',
      shape: [1, ...input],
      signature: [-1, ...input],
      indexLimit: 0,
    },
  ],
  outputs: [{ name: 'output', shape: [1, ...output], ends }],
});

export function fileOf(path: string, content: string | Uint8Array): SourceFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { path, bytes: memorySource(bytes) };
}

export const open = (
  files: readonly SourceFile[],
  needs: ModelNeeds,
  choices: Choices = {},
  tryOut?: TryOut,
  lookAt?: LookAt,
) => openSamples({ kind: 'files', name: 'set', key: 'key', files, choices }, needs, tryOut, lookAt);

/** The checks' values by id. */
export const valuesOf = (checks: readonly { id: string; value: string }[]) =>
  Object.fromEntries(checks.map(({ id, value }) => [id, value]));
