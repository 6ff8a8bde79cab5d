/** Every reference model cut short: opened rightly or refused with a sentence, within two seconds. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IntactError } from '../model/error';
import { hasShared, readShared, sharedPath } from '../testing/shared';
import { openFiles } from '.';

const folders = hasShared ? readdirSync(sharedPath('models')) : [];
const models = folders.flatMap((folder) =>
  readdirSync(sharedPath(`models/${folder}`))
    .filter((name) => /\.(tflite|h5|json|bin)$/.test(name))
    .map((name) => `models/${folder}/${name}`),
);

const cuts = [0.001, 0.1, 0.33, 0.5, 0.75, 0.9, 0.99, 0.9999];

async function outcome(path: string, bytes: Uint8Array): Promise<'opened' | 'refused'> {
  try {
    const { graph } = await openFiles([{ path, bytes }]);
    return graph.outputs.length > 0 ? 'opened' : 'refused';
  } catch (error) {
    expect(error).toBeInstanceOf(IntactError);
    expect((error as IntactError).code).not.toBe('internal');
    expect((error as IntactError).message.length).toBeGreaterThan(20);
    return 'refused';
  }
}

describe.skipIf(!hasShared)('cut short', () => {
  it.each(models)('%s', async (path) => {
    const whole = readShared(path);
    for (const share of cuts) {
      const cut = whole.slice(0, Math.floor(whole.length * share));
      const started = performance.now();
      await outcome(path.split('/').pop()!, cut);
      expect(performance.now() - started).toBeLessThan(2000);
    }
    if (!/\.(json|bin)$/.test(path)) expect(await outcome(path, whole)).toBe('opened');
  });
});
