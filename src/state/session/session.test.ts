/** A session that leaves one page and comes to another, whole and damaged. */
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../quant/types';
import type { Figures, Made, Run } from '../../run/types';
import { createFakeJobs } from '../../testing/fakeJobs';
import { openData } from '../actions/data';
import { openDropped, openModel } from '../actions/open';
import { quantize } from '../actions/quantize';
import { createStudio, type Studio } from '../studio';
import { isSessionFile, openSession } from './open';
import { samplesBytes, saveSession } from './save';

const file = (name: string, text = name) => new File([text], name);

async function worked(): Promise<Studio> {
  const studio = createStudio(createFakeJobs(0));
  await openModel(studio, [file('net.h5')]);
  await openData(studio, [file('digits.csv', 'a,b\n1,2\n')]);
  await quantize(studio);
  return studio;
}
const fresh = () => createStudio(createFakeJobs(0));
const runsOf = (studio: Studio) => studio.runs.getState().entries.map(({ run }) => run);
/** What a run says, free of the objects that say it. */
const plain = (studio: Studio) =>
  runsOf(studio).map(({ id, made, figures, pending }) => ({
    ...{ id, pending, figures },
    recipe: made.recipe,
    weights: made.converted.values.map(({ name, data }) => [name, data && [...data].map(String)]),
  }));

describe('a session file', () => {
  it('brings runs, model, settings and samples to another page', async () => {
    const here = await worked();
    here.recipe.setState({ scheme: 'dynamic' });
    const blob = await saveSession(here, { samples: true });
    expect(samplesBytes(here)).toBe(8);
    expect(await isSessionFile(blob)).toBe(true);
    const there = fresh();
    const opened = await openSession(there, blob, 'x.zip');
    expect(opened).toMatchObject({ added: runsOf(here).length, known: 0, lost: [] });
    expect(runsOf(there).length).toBeGreaterThan(0);
    expect(plain(there)).toEqual(plain(here));
    expect(there.model.getState().model?.key).toBe(here.model.getState().model?.key);
    expect(there.recipe.getState().scheme).toBe('dynamic');
    expect(there.runs.getState().selected).toBe(here.runs.getState().selected);
    const { source } = there.data.getState();
    if (source?.kind !== 'files') throw new Error('The samples are missing.');
    const bytes = await source.files[0]!.bytes.arrayBuffer();
    expect(new TextDecoder().decode(bytes)).toBe('a,b\n1,2\n');
  });

  it('is a zip that other programs open, without the samples where they were not wanted', async () => {
    const blob = await saveSession(await worked(), { samples: false });
    const entries = unzipSync(new Uint8Array(await blob.arrayBuffer()));
    expect(Object.keys(entries)[0]).toBe('intact-session.json');
    expect(Object.keys(entries).some((path) => path.startsWith('files/'))).toBe(false);
    const there = fresh();
    expect((await openSession(there, blob, 'x.zip')).lost).toEqual([]);
    expect(there.data.getState().source).toBeUndefined();
    expect(runsOf(there).length).toBeGreaterThan(0);
  });

  it('opened twice, or where it came from, adds nothing and replaces nothing', async () => {
    const here = await worked();
    const blob = await saveSession(here, { samples: true });
    const before = runsOf(here);
    expect(await openSession(here, blob, 'x.zip')).toMatchObject({
      added: 0,
      known: before.length,
    });
    expect(runsOf(here)).toEqual(before);
  });

  it('a drop of it is told from a model', async () => {
    const blob = await saveSession(await worked(), { samples: false });
    const there = fresh();
    await openDropped(there, [new File([blob], 'mine.session.zip')]);
    expect(runsOf(there).length).toBeGreaterThan(0);
    expect(there.job.getState().notices).toMatchObject([{ title: 'Session opened' }]);
  });

  it('damaged: each run that can be read is, and the others are named', async () => {
    const here = await worked();
    await quantize(here);
    const bytes = new Uint8Array(await (await saveSession(here, { samples: false })).arrayBuffer());
    const whole = runsOf(here).length;
    let partly = 0;
    for (let at = 200; at < bytes.length; at += Math.ceil(bytes.length / 60)) {
      const changed = bytes.slice();
      changed[at]! ^= 0x10;
      const there = fresh();
      try {
        const { added, lost } = await openSession(there, new Blob([changed]), 'x.zip');
        expect(added + lost.length, `byte ${at}`).toBeGreaterThanOrEqual(1);
        if (added < whole) {
          expect(lost.length).toBeGreaterThan(0);
          partly += 1;
        }
      } catch (thrown) {
        expect((thrown as { code?: string }).code, `byte ${at}: ${String(thrown)}`).toBe(
          'malformed',
        );
      }
    }
    expect(partly).toBeGreaterThan(0);
    await expect(openSession(fresh(), new Blob([bytes.slice(0, 900)]), 'x.zip')).rejects.toThrow(
      /cut short/,
    );
  });

  it('of a newer version says so', async () => {
    const blob = await saveSession(await worked(), { samples: false });
    const text = new TextDecoder('latin1').decode(await blob.arrayBuffer());
    const newer = text.replace(
      '"format":"intact-session","version":1',
      '"format":"intact-session","version":9',
    );
    const bytes = Uint8Array.from(newer, (letter) => letter.charCodeAt(0));
    await expect(openSession(fresh(), new Blob([bytes]), 'x.zip')).rejects.toThrow(/damaged|newer/);
  });

  it('whose runs say what no page can draw or carry out: each is named, the others are opened', async () => {
    const hostile: Partial<Figures & Made>[] = [
      { findings: 5 as never },
      { findings: [{ title: '<b>', fixes: null } as never] },
      { evidence: { layers: [1] } as never },
      { repair: { from: 1 } as never },
      { repaired: [{ kind: 'equalize', sentences: 'x' }] as never },
      { splits: [{ parts: [] }] as never },
      { parts: { whole: 1 } as never },
    ];
    const recipes: object[] = [
      { steps: [{ kind: '__proto__' }] },
      { steps: { length: 1e9 } },
      { ranges: { a: { method: 'given', min: '0', max: 1 } } },
      { ranges: { a: { method: 'percentile', percentile: 400 } } },
      { leaveOut: [{}] },
      { calibration: { method: 'toString' } },
      { target: 'nowhere' },
      { rules: [{ regex: 1 }] },
    ];
    const here = await worked();
    const [first] = here.runs.getState().entries.filter(({ run }) => run.made.recipe);
    const { run } = first!;
    const spoiled = [
      ...hostile.map((part): Run => {
        const inMade = ['repair', 'repaired', 'splits'].some((key) => key in part);
        return {
          ...run,
          made: { ...run.made, ...(inMade ? part : {}) },
          figures: { ...run.figures, ...(inMade ? {} : part) },
        };
      }),
      ...recipes.map((part): Run => {
        const recipe = { ...run.made.recipe!, ...part } as Recipe;
        return { ...run, made: { ...run.made, recipe } };
      }),
    ].map((one, index) => ({ ...first!, run: { ...one, id: `spoiled-${index}` } }));
    // A model as it is, which has no float beside it.
    const figures = { ...run.figures, float: { ...run.figures.float, fileBytes: NaN } };
    const asItIs = { ...first!, run: { ...run, id: 'as-it-is', figures } };
    here.runs.setState(({ entries }) => ({ entries: [...entries, asItIs] }));
    const good = here.runs.getState().entries.length;
    here.runs.setState(({ entries }) => ({ entries: [...entries, ...spoiled] }));
    const there = fresh();
    const { added, lost } = await openSession(
      there,
      await saveSession(here, { samples: false }),
      'x.zip',
    );
    expect(added).toBe(good);
    expect(lost).toHaveLength(spoiled.length);
    for (const sentence of lost)
      expect(sentence).toMatch(/It is damaged: .* is not what it should/);
    expect(lost[1]).toContain('findings.0.id');
  });
});
