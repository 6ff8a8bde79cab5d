/** The training's own parts as they are drawn first, from what the stores hold: texts, fields and which buttons can be pressed. */
import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { stockRecipe } from '../../quant/recipe';
import type { BrokenOff, LiveTraining } from '../../state/stores/training';
import { createStudio, type Studio } from '../../state/studio';
import { createFakeJobs } from '../../testing/fakeJobs';
import { StudioContext } from '../studio';
import { EpochTable } from './EpochTable';
import { TrainActions } from './TrainActions';
import { TrainingRegion } from './TrainingRegion';
import { TrainingSettings } from './TrainingSettings';

/** Drawn without a page, a store shows its initial state: let that be what it holds now. */
function drawn(studio: Studio, part: ReactNode): string {
  const stores = Object.fromEntries(
    Object.entries(studio).map(([name, store]: [string, unknown]) => {
      const { getState } = store as { getState?: () => unknown };
      return [name, getState ? { ...(store as object), getInitialState: getState } : store];
    }),
  ) as unknown as Studio;
  return renderToStaticMarkup(
    <MantineProvider>
      <StudioContext value={stores}>{part}</StudioContext>
    </MantineProvider>,
  ).replaceAll('<!-- -->', '');
}

/** Buttons by their text: whether they can be pressed. */
const buttons = (html: string): Record<string, boolean> =>
  Object.fromEntries(
    [...html.matchAll(/<button([^>]*)>(.*?)<\/button>/g)].map(([, attributes, content]) => [
      content!.replace(/<[^>]*>/g, ''),
      !/ disabled=""/.test(attributes!),
    ]),
  );

const live = (change: Partial<LiveTraining> = {}, status = {}): LiveTraining => ({
  ...{ job: 1, name: 'int8, trained', points: [], paused: false, stopping: false },
  status: {
    ...{ kind: 'training', step: 40, steps: 300, epoch: 2, epochs: 10, points: [], log: [] },
    ...{ backend: 'wasm', workers: 2, workersWhy: 'a step is 4 passes', control: false },
    ...{ notes: [], ...status },
  },
  ...change,
});
const brokenOff: BrokenOff = {
  ...{ key: 'k', modelKey: 'm', samplesKey: 's', recipe: stockRecipe('int8'), step: 40 },
  ...{ steps: 300, at: 0 },
};
const training = (state: object): string => {
  const studio = createStudio(createFakeJobs(0));
  studio.training.setState(state);
  vi.stubGlobal('document', { hidden: false });
  try {
    return drawn(studio, <TrainingRegion />);
  } finally {
    vi.unstubAllGlobals();
  }
};

describe('the region of a training', () => {
  it('is not there before one was started', () => {
    expect(training({})).not.toContain('Training');
  });

  it('says how it stands, on what it runs and why, and what was kept', () => {
    const html = training({ live: live({ kept: 30 }, { notes: ['A note.'], loss: 0.5 }) });
    expect(html).toContain('aria-label="Training"');
    expect(html).toContain('Step 40 of 300, epoch 2 of 10, loss 0.5000');
    expect(html).toContain('On wasm, 2 workers: a step is 4 passes. Checkpoint kept at step 30.');
    expect(html).toContain('A note.');
  });

  it.each([
    ['runs', live(), { Pause: true, Resume: false, 'Stop and keep': true, Cancel: true }],
    [
      'is held',
      live({ paused: true }),
      { Pause: false, Resume: true, 'Stop and keep': true, Cancel: true },
    ],
    [
      'stops',
      live({ stopping: true }),
      { Pause: false, Resume: false, 'Stop and keep': false, Cancel: true },
    ],
    [
      'is trained and being measured',
      live({}, { step: 300 }),
      { Pause: false, Resume: false, 'Stop and keep': false, Cancel: true },
    ],
  ] as const)('offers what can be done while it %s', (_, state, expected) => {
    expect(buttons(training({ live: state }))).toEqual(expected);
  });

  it('offers a broken-off one only where its model is open', () => {
    const html = training({ brokenOff });
    expect(html).toContain('was broken off; it is kept as of step 40 of 300. Open its model');
    expect(buttons(html)).toEqual({ 'Go on': false, 'Keep as a run': false, 'Give it up': true });
  });
});

describe('the settings', () => {
  it('are folded, name every field, and show what was set', () => {
    const studio = createStudio(createFakeJobs(0));
    studio.training.setState(({ settings }) => ({
      settings: { ...settings, epochs: 7, microBatch: 2, optimizer: 'adam', mirror: true },
    }));
    const html = drawn(studio, <TrainingSettings />);
    expect(html).toMatch(/<details>|<details [^>]*(?<!open="")>/);
    for (const label of [
      ...['Epochs', 'Training samples', 'Loss', 'Optimizer', 'Learning rate', 'Batch'],
      ...['Micro-batch', 'Ranges', 'Frozen layers', 'Training seed'],
      ...['Images may be moved by two pixels', 'Images may be mirrored'],
      ...['Start from the selected run', 'Train float too (control)'],
    ])
      expect(html).toContain(`>${label}<`);
    expect(html).toContain('value="7"');
    // Steps of plain Adam are absolute, and have a rate of their own.
    expect(html).toContain('placeholder="0.001"');
    // Nothing is selected to start from.
    expect(html).toContain('select a quantized or trained run of this model first');
  });
});

describe('the button', () => {
  it('can be pressed where integers are trained, and says why where not', () => {
    const studio = createStudio(createFakeJobs(0));
    expect(buttons(drawn(studio, <TrainActions blocked={false} />))).toEqual({
      'Train (QAT)': true,
    });
    expect(buttons(drawn(studio, <TrainActions blocked />))).toEqual({ 'Train (QAT)': false });
    studio.recipe.setState({ scheme: 'float16' });
    const html = drawn(studio, <TrainActions blocked={false} />);
    expect(buttons(html)).toEqual({ 'Train (QAT)': false });
    expect(html).toContain('choose a scheme with int8 activations');
  });
});

describe('the epochs as a table', () => {
  const log = (count: number) =>
    Array.from({ length: count + 1 }, (_, epoch) => ({
      ...{ epoch, selectionLoss: 0.25, selectionAccuracy: 97.5 },
      ...(epoch > 0 && { loss: 0.125 }),
    }));
  it('begin with the start, which has no training loss', () => {
    const html = renderToStaticMarkup(<EpochTable log={log(1)} />);
    expect(html).toContain('0 (start)</th><td>–</td><td>0.2500</td><td>97.50</td>');
    expect(html).toContain('<th scope="row">1</th><td>0.1250</td>');
  });
  it('are the last ones of a long training', () => {
    const html = renderToStaticMarkup(<EpochTable log={log(5000)} />);
    expect(html.match(/<tr>/g)).toHaveLength(201);
    expect(html).toContain('The last 200 of 5,000 epochs');
    expect(html).toContain('<th scope="row">5000</th>');
  });
});
