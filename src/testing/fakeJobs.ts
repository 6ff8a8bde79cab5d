/** Jobs with made-up figures, to build, test and look at the page without an engine. Never shipped. */
import type { Check, RoleSummary, SamplePreview } from '../data/samples';
import type { JobHandle, JobsClient } from '../jobs/client';
import {
  lanes,
  type DataReport,
  type JobEvents,
  type JobName,
  type JobTable,
  type SamplesRequest,
} from '../jobs/types';
import { IntactError } from '../model/error';
import { runId } from '../run/id';
import type { SamplesRef } from '../run/types';
import { fakeModel } from './fakeModel';
import { fakeDoctor, fakeWhatIf } from './fakeDiagnosis';
import { fakeRun, random } from './fakeRun';

/** The value range as the page shows it: proven on labelled samples, unless the user chose. */
export function fakeChecks(choices: Readonly<Record<string, string>> = {}): readonly Check[] {
  const range = choices['range'];
  const resize = choices['resize'];
  return [
    {
      id: 'range',
      label: 'Value range',
      status: range === undefined ? 'proven' : 'chosen',
      value: range ?? 'zero-one',
      sentence:
        range === undefined
          ? '0 … 1 fits best of four that were tried on 100 labelled training samples.'
          : 'As you chose.',
      choices: [
        { value: 'zero-one', label: '0 … 1', effect: '98 % right on 100' },
        { value: 'minus-one-one', label: '−1 … 1', effect: '61 % right on 100' },
        { value: 'raw-255', label: '0 … 255', effect: '12 % right on 100' },
      ],
    },
    {
      id: 'resize',
      label: 'Resize',
      status: resize === undefined ? 'assumed' : 'chosen',
      value: resize ?? 'stretch',
      sentence: 'Pictures are 32 × 32, the model takes 28 × 28.',
      choices: [
        { value: 'stretch', label: 'Stretch', effect: 'the whole picture, a little smaller' },
        { value: 'crop-centre', label: 'Crop centre', effect: 'loses 2 pixels at each side' },
      ],
    },
    {
      id: 'missing',
      label: 'Left out',
      status: 'told',
      value: '',
      sentence: '3 of 2,503 files left out: not pictures (notes.txt, Thumbs.db, index.html).',
      choices: [],
    },
  ];
}

function roleSummaries({ source, roles }: SamplesRequest, count: number): readonly RoleSummary[] {
  const evaluation = roles.evaluation ?? count - roles.calibration;
  const training = count - evaluation;
  const selection = Math.floor(training / 10);
  return Object.entries({
    training: training - selection,
    calibration: Math.min(roles.calibration, training - selection),
    selection,
    evaluation,
  }).map(([role, each]) => ({
    role: role as RoleSummary['role'],
    count: each,
    key: `${source.key} ${role} ${roles.seed}`,
  }));
}

export function fakeReport(samples: SamplesRequest): DataReport {
  const { source } = samples;
  const synthetic = source.kind === 'synthetic';
  const count = source.kind === 'synthetic' ? source.count : 2500;
  return {
    key: `${source.key} ${JSON.stringify(source.choices)}`,
    name: source.name,
    description: synthetic ? 'Synthetic' : 'NPZ (x, y)',
    count,
    synthetic,
    targets: synthetic ? [] : [{ kind: 'classes', output: 0, count: 10 }],
    checks: synthetic ? [] : fakeChecks(source.choices),
    roles: roleSummaries(samples, count),
  };
}

function referenceTo(samples: SamplesRequest): SamplesRef {
  const { key, name, synthetic, roles, checks } = fakeReport(samples);
  return { key, name, synthetic, roles, checks };
}

const side = 28;

function fakePreview(index: number): SamplePreview {
  const next = random(5 + index);
  const numbers = new Float32Array(side * side);
  let x = 8 + next() * 12;
  let y = 4;
  for (let step = 0; step < 60; step++) {
    x = Math.min(25, Math.max(2, x + (next() - 0.5) * 2.5));
    y = Math.min(25, y + next() * 0.7);
    numbers[Math.floor(y) * side + Math.floor(x)] = 1;
    numbers[Math.floor(y) * side + Math.floor(x) + 1] = 0.6;
  }
  const pixels = new Uint8ClampedArray(numbers.length * 4);
  numbers.forEach((value, at) => {
    pixels.fill(value * 255, at * 4, at * 4 + 3);
    pixels[at * 4 + 3] = 255;
  });
  return {
    name: `row ${index}`,
    label: String(index % 10),
    image: { width: side, height: side, pixels },
    numbers,
    min: 0,
    mean: numbers.reduce((sum, value) => sum + value, 0) / numbers.length,
    max: 1,
  };
}

interface Flags {
  stopped: boolean;
  cancelled: boolean;
}
type Fake<N extends JobName> = (
  args: JobTable[N]['args'],
  events: Partial<JobEvents<JobTable[N]['partial']>>,
  flags: Flags,
) => Promise<JobTable[N]['result']>;

/** `pace`: milliseconds per step; 0 in tests. */
export function createFakeJobs(pace = 60): JobsClient {
  async function steps(
    label: string,
    count: number,
    events: Partial<JobEvents<never>>,
    flags: Flags,
    at?: (done: number) => void,
  ) {
    for (let i = 1; i <= count && !flags.stopped; i++) {
      await new Promise((resolve) => setTimeout(resolve, pace));
      if (flags.cancelled) throw new IntactError('cancelled', 'Cancelled.');
      events.progress?.({ label: `${label} ${i} of ${count}`, fraction: i / count });
      at?.(i / count);
    }
  }
  const fakes: { readonly [N in JobName]: Fake<N> } = {
    async openModel({ files }, events, flags) {
      const [file] = files;
      await steps('Reading part', 3, events, flags);
      if (!file || file.path.includes('bad')) {
        throw new IntactError(
          'not-this-format',
          `${file?.path} is a PyTorch checkpoint. Export it to TensorFlow Lite or Keras and open that.`,
        );
      }
      return fakeModel(file.path, file.path.includes('big') ? 150 : 12);
    },
    async openData({ samples }, events, flags) {
      await steps('Decoding sample', 4, events, flags);
      return fakeReport(samples);
    },
    preview: async ({ indices }) => indices.map(fakePreview),
    async quantize({ model, recipe, samples, repair }, events, flags) {
      const common = { id: runId(), model, recipe, samples: referenceTo(samples) };
      const send = (done: number) => {
        const { id, made, figures, pending } = fakeRun({ ...common, done });
        events.partial?.({ id, made: { ...made, ...(repair && { repair }) }, figures, pending });
      };
      await steps('Calibrating: sample', 10, events, flags, (done) => {
        if (done >= 0.5) send(0.2);
      });
      await steps('Measuring layer', 20, events, flags, (done) => send(0.3 + 0.69 * done));
      const run = fakeRun({ ...common, done: flags.stopped ? 0.7 : 1 });
      return { ...run, made: { ...run.made, ...(repair && { repair }) } };
    },
    async evaluate({ model, samples }, events, flags) {
      await steps('Evaluating: sample', 8, events, flags);
      return fakeRun({ id: runId(), model, samples: referenceTo(samples) });
    },
    sensitivity: async ({ run }) => run,
    dial: async ({ run }) => run,
    spare: async ({ run }) => run,
    doctor: async ({ run, samples }, events, flags) => {
      await steps('Examining calibration: sample', 4, events, flags);
      return fakeDoctor(run, fakeReport(samples).name);
    },
    whatIf: async ({ run, change }, events, flags) => {
      await steps('Keeping the model’s numbers: sample', 2, events, flags);
      return fakeWhatIf(run.made.graph, change);
    },
    exportRun: async () => new Uint8Array(1000),
    async verify({ samples }, events, flags) {
      await steps('LiteRT: sample', 8, events, flags);
      const roles = fakeReport(samples).roles;
      const count = roles.find(({ role }) => role === 'evaluation')?.count ?? 0;
      return {
        runtime: 'LiteRT.js 2.5.3',
        samples: count,
        identical: count,
        largestDifference: 0,
        largestSteps: 0,
      };
    },
    activations: async ({ index }) => {
      const next = random(index + 1);
      const values = Float32Array.from({ length: 10 }, next);
      const activation = Float32Array.from({ length: 14 * 14 * 4 }, next);
      return {
        outputs: [{ name: 'probabilities', shape: [1, 10], values }],
        activation: { shape: [1, 14, 14, 4], values: activation },
      };
    },
  };
  const running = new Set<Flags>();
  let nextId = 1;
  return {
    start<N extends JobName>(
      name: N,
      args: JobTable[N]['args'],
      events: Partial<JobEvents<JobTable[N]['partial']>> = {},
    ): JobHandle<N> {
      const flags: Flags = { stopped: false, cancelled: false };
      running.add(flags);
      const result = (fakes[name] as Fake<N>)(args, events, flags).finally(() =>
        running.delete(flags),
      );
      return {
        id: nextId++,
        name,
        lane: lanes[name],
        result,
        stop: () => void (flags.stopped = true),
        pause: () => undefined,
        resume: () => undefined,
        wait: () => undefined,
        cancel: () => void (flags.cancelled = true),
      };
    },
    cancelAll() {
      for (const flags of running) flags.cancelled = true;
    },
  };
}
