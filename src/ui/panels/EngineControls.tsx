import { NativeSelect } from '@mantine/core';
import { useEffect } from 'react';
import type { AdapterFacts } from '../../engine/webgpu/device';
import type { BackendChoice } from '../../jobs/types';
import { MeasureDevice } from '../device/MeasureDevice';
import { findAdapter } from '../../state/stores/engine';
import { useEngine, useEntry, useModel, useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';

/** How figures are made on this device: none of it changes what is exported. */
export function EngineControls() {
  return (
    <>
      <ThreadsControl />
      <BackendControl />
      <div>
        <MeasureDevice />
      </div>
    </>
  );
}

function ThreadsControl() {
  const studio = useStudio();
  const { threads, mostThreads } = useEngine();
  const counts = Array.from({ length: mostThreads }, (_, i) => String(i + 1));
  return (
    <NativeSelect
      size="xs"
      label="Threads"
      description={
        crossOriginIsolated
          ? 'Of the engine, for every figure and its latency; results stay the same'
          : 'One: this server does not isolate the page'
      }
      data={counts}
      value={String(threads)}
      disabled={mostThreads === 1}
      onChange={(event) => studio.engine.setState({ threads: Number(event.currentTarget.value) })}
    />
  );
}

const labels: Readonly<Record<BackendChoice, string>> = {
  auto: 'Auto',
  wasm: 'WASM',
  webgpu: 'WebGPU',
};

function BackendControl() {
  const studio = useStudio();
  const { backend, adapter } = useEngine();
  useEffect(() => void findAdapter(studio.engine), [studio]);
  return (
    <div>
      <NativeSelect
        size="xs"
        label="Backend"
        description={expectation(backend, adapter)}
        data={Object.entries(labels).map(([value, label]) => ({ value, label }))}
        value={backend}
        onChange={(event) =>
          studio.engine.setState({ backend: event.currentTarget.value as BackendChoice })
        }
      />
      <OfThisRun />
    </div>
  );
}

/** What the choice will mean here; the run itself says what it came to. */
function expectation(choice: BackendChoice, adapter: AdapterFacts | string | undefined): string {
  switch (choice) {
    case 'wasm':
      return 'Every figure is made in WASM';
    case 'auto':
      if (adapter === undefined) return 'The faster one for each model, where both give the same';
      if (typeof adapter === 'string')
        return `WASM: ${adapter.replace(/^The|^This/, (word) => word.toLowerCase())}`;
      if (adapter.isSoftware)
        return `WASM: the adapter (${adapter.name}) computes on the CPU, where WASM is faster.`;
      return `The faster one for each integer model, measured on ${adapter.name}; figures stay the same`;
    case 'webgpu':
      if (typeof adapter === 'string') return `WASM: WebGPU was chosen. ${adapter}`;
      return `Samples are answered on ${adapter?.name ?? 'the GPU'}; int8 figures stay the same, float ones are named. What decides a plan stays in WASM.`;
    default:
      return choice satisfies never;
  }
}

/** Who answered the samples of the run that is shown, and why. */
function OfThisRun() {
  const entry = useEntry();
  const { model } = useModel();
  const computed = entry?.run.figures.computed;
  if (!computed || entry?.run.made.subject.key !== model?.key) return null;
  const { why, kernels, floats, answered, fellBack } = computed;
  const parts = [
    why,
    kernels !== undefined && `${kernelsOf(entry.run.made.engine)}: ${kernels}.`,
    answered !== undefined && `${answered.toLocaleString('en-US')} samples were answered there.`,
    floats,
    fellBack !== undefined && `It fell back: ${fellBack}`,
  ];
  return (
    <p
      role="status"
      aria-label="Backend of this run"
      className={`${textStyles.muted} ${textStyles.small} ${panelStyles.reason}`}
    >
      This run: {parts.filter(Boolean).join(' ')}
    </p>
  );
}

/** "WASM SIMD (dot16), 2 threads" → "Kernels dot16" */
const kernelsOf = (engine: string) => `Kernels ${/\((\w+)\)/.exec(engine)?.[1] ?? 'of WASM'}`;
