/** Worker of webgpu.spec.ts, not shipped: the kernels against the reference, and a device lost in the middle. */
import { createReferenceBackend } from '../../src/engine/reference';
import { suiteCases } from '../../src/engine/suite/cases';
import { createWasmBackend } from '../../src/engine/wasm';
import { createWebGpuBackend } from '../../src/engine/webgpu';
import type { GpuCheck } from './gpuCheck';

async function check(): Promise<GpuCheck> {
  const fallback = (await createWasmBackend())!;
  const backend = await createWebGpuBackend({ fallback });
  if (typeof backend === 'string') throw new Error(backend);
  const reference = createReferenceBackend();
  const differences: string[] = [];
  let ran = 0;
  for (const { name, graph, feeds } of suiteCases()) {
    const runner = await backend.open(graph, { batch: 2 });
    if (typeof runner === 'string') continue;
    ran++;
    const want = await (await reference.prepare(graph)).run(feeds);
    for (const got of await runner.runMany([feeds, feeds, feeds]))
      want.forEach(({ data, dtype }, at) => {
        const own = data as Int8Array;
        const other = got[at]!.data as Int8Array;
        if (dtype === 'int8' && own.some((value, i) => value !== other[i])) differences.push(name);
      });
    runner.dispose();
  }
  const { graph, feeds } = suiteCases()[0]!;
  const executable = await backend.prepare(graph);
  const want = await (await reference.prepare(graph)).run(feeds);
  const before = await executable.runMany([feeds]);
  const whole = executable.fellBack?.();
  const underWay = executable.runMany(Array.from({ length: 200 }, () => feeds));
  backend.device.gpu.destroy();
  const after = [...(await underWay), ...(await executable.runMany([feeds]))];
  const same = [...before, ...after].every(
    ([output]) => String(output!.data) === String(want[0]!.data),
  );
  const lost = executable.fellBack?.() ?? '';
  return {
    ...{ label: backend.label, failing: [...backend.failing.values()], ran, differences },
    ...{ whole: whole ?? '', same, answers: after.length, lost },
  };
}

check().then(
  (found) => {
    self.postMessage(found);
  },
  (error: unknown) => {
    self.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error));
  },
);
