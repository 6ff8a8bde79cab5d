/** Verification against runtimes that agree, differ, or refuse. */
import { beforeAll, describe, expect, it } from 'vitest';
import { IntactError } from '../../model/error';
import type { Made, RunUpdate } from '../../run/types';
import { graphWithBorder } from '../export';
import { quantize } from '../quantize';
import { listening, tinyContext, tinyOpened, tinyRequest, tinySource } from '../testing/tiny';
import type { SamplesRequest } from '../types';
import { litertLoader, type LiteRtRunner } from './litert';
import { verify } from '.';

let made: Made;
beforeAll(async () => {
  const measure = { latency: false, isolated: false, sensitivity: false };
  ({ made } = await quantize(tinyRequest({ measure }), tinyContext(listening<RunUpdate>())));
});

/** Of the tiny model: what int8 gives for A and B. */
const right = [Float32Array.from([20, 5]), Float32Array.from([16, 20])];

function runtime(outputs: readonly Float32Array[]) {
  const seen: { files: number; disposed: number; feeds: number[][] } = {
    files: 0,
    disposed: 0,
    feeds: [],
  };
  const open = (bytes: Uint8Array): Promise<LiteRtRunner> => {
    expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe('TFL3');
    seen.files++;
    return Promise.resolve({
      run: ([feed]) => {
        seen.feeds.push([...(feed!.data as Float32Array)]);
        return Promise.resolve([outputs[seen.feeds.length - 1]!]);
      },
      dispose: () => {
        seen.disposed++;
      },
    });
  };
  return { open, seen };
}

const run = (openInLiteRt: (bytes: Uint8Array) => Promise<LiteRtRunner>) => {
  const heard = listening<never>();
  const result = verify({ made, samples: tinySource }, tinyContext(heard, { openInLiteRt }));
  return { heard, result };
};

describe('verify', () => {
  it('counts samples whose every element is the runtime’s', async () => {
    const { open, seen } = runtime(right);
    const { heard, result } = run(open);
    expect(await result).toEqual({
      runtime: 'LiteRT.js',
      samples: 2,
      identical: 2,
      largestDifference: 0,
    });
    expect(seen.feeds[0]![0]).toBeCloseTo(41.2, 4);
    expect(seen).toMatchObject({ files: 1, disposed: 1 });
    expect(heard.progress).toEqual([
      { label: 'Loading LiteRT.js', fraction: 0 },
      { label: 'Verifying: sample 1 of 2', fraction: 0.5 },
      { label: 'Verifying: sample 2 of 2', fraction: 1 },
    ]);
  });

  it('says by how much the others differ, also in steps of the output', async () => {
    const scale = made.plan!.values['z']!.scale[0];
    expect(scale).toBe(1);
    const { result } = run(runtime([right[0]!, Float32Array.from([16, 23])]).open);
    expect(await result).toEqual({
      runtime: 'LiteRT.js',
      samples: 2,
      identical: 1,
      largestDifference: 3,
      largestSteps: 3,
    });
    const both = await run(runtime([Float32Array.from([15, 5]), Float32Array.from([16, 22])]).open)
      .result;
    expect(both).toMatchObject({ identical: 0, largestDifference: 5, largestSteps: 5 });
  });

  it('takes a missing number for the largest difference there is', async () => {
    const { result } = run(runtime([right[0]!, Float32Array.from([NaN, 20])]).open);
    expect(await result).toMatchObject({ identical: 1, largestDifference: Infinity });
    const { result: short } = run(runtime([Float32Array.from([20]), right[1]!]).open);
    expect(await short).toMatchObject({ identical: 1, largestDifference: Infinity });
  });

  it('gives everything back when the runtime fails', async () => {
    const { open, seen } = runtime([]);
    const failing = async (bytes: Uint8Array) => ({
      ...(await open(bytes)),
      run: () => Promise.reject(new Error('out of memory')),
    });
    await expect(run(failing).result).rejects.toThrow('out of memory');
    expect(seen.disposed).toBe(1);
    const refusing = () => Promise.reject(new IntactError('unsupported', 'No.'));
    await expect(run(refusing).result).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('refuses a border that the runtime takes none of', async () => {
    const int8 = { ...made, plan: undefined, converted: graphWithBorder(made, 'int8') };
    const { open, seen } = runtime(right);
    const context = tinyContext(listening<never>(), { openInLiteRt: open });
    await expect(verify({ made: int8, samples: tinySource }, context)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('LiteRT.js takes no int8 inputs') as string,
    });
    expect(seen.files).toBe(0);
  });

  it('stops where it is asked to', async () => {
    const { open } = runtime(right);
    const context = tinyContext(listening<never>(), {
      openInLiteRt: open,
      stop: { stopped: true },
    });
    expect((await verify({ made, samples: tinySource }, context)).samples).toBe(0);
  });
});

describe('the samples of a run', () => {
  it('are found by key, and missed with a sentence', async () => {
    const { open, seen } = runtime(right);
    const other = { ...tinyOpened.samples, key: 'other', name: 'other.npz' };
    const opened = { ...tinyOpened, samples: other };
    const openSamples = () => Promise.resolve(opened);
    const context = tinyContext(listening<never>(), { openInLiteRt: open, openSamples });
    await expect(verify({ made, samples: tinySource }, context)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(/"four".*"other\.npz".*Open the samples/) as string,
    });
    expect(seen.files).toBe(0);
  });

  it('are prepared as when the run was made', async () => {
    const asked: SamplesRequest[] = [];
    const openSamples = (request: SamplesRequest) => {
      asked.push(request);
      return Promise.resolve(tinyOpened);
    };
    const { open } = runtime([...right, ...right]);
    const context = tinyContext(listening<never>(), { openInLiteRt: open, openSamples });
    const told = { ...made.samples.checks[0]!, id: 'parts', value: 'kept', choices: [] };
    const checks = [...made.samples.checks, told];
    const kept = { ...made, samples: { ...made.samples, checks } };
    await verify({ made: kept, samples: tinySource }, context);
    const source = { ...tinySource.source, choices: { resize: 'stretch' } };
    await verify({ made: kept, samples: { ...tinySource, source } }, context);
    expect(asked[0]!.source.choices).toEqual({ range: 'none' });
    expect(asked[1]!.source.choices).toEqual({ range: 'none', resize: 'stretch' });
  });
});

describe('LiteRT.js', () => {
  it('is nothing that the shell has', async () => {
    await expect(litertLoader(undefined)(new Uint8Array(1))).rejects.toMatchObject({
      code: 'unsupported',
      message: 'LiteRT.js runs in a browser only. Verify the export in the studio.',
    });
  });

  it('is tried again after it could not be loaded', async () => {
    const open = litertLoader('file:///nowhere/');
    for (let i = 0; i < 2; i++)
      await expect(open(new Uint8Array(1))).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('could not be loaded') as string,
      });
  });
});
