/** "Measure this device": the samples and the open model in every engine that this page has. */
import { createCores, localLock, webLock } from '../../jobs/cores';
import { measureDevice, type DeviceModel } from '../../jobs/device/measure';
import type { DeviceReport } from '../../jobs/device/types';
import type { WorkerLike } from '../../jobs/lane';
import { asIntactError } from '../../model/error';
import type { Studio } from '../studio';
import { fetchFile, samples } from './samples';

const startWorker = (): WorkerLike => {
  // The worker finds the page's other files by the path in its name.
  const name = `${new URL(document.baseURI).pathname}#device`;
  return new Worker(new URL('../../../workers/device.ts', import.meta.url), {
    type: 'module',
    name,
  });
};

/** "Chromium 156.0": of the user agent, which is all that every browser tells. */
function browserOf(userAgent: string): string {
  const kinds = [
    ['Firefox', /Firefox\/([\d.]+)/],
    ['Edge', /Edg\/([\d.]+)/],
    ['Chromium', /Chrom(?:e|ium)\/([\d.]+)/],
    ['Safari', /Version\/([\d.]+).*Safari/],
  ] as const;
  for (const [name, pattern] of kinds) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return userAgent;
}

async function modelsAtHand(studio: Studio): Promise<DeviceModel[]> {
  const models: DeviceModel[] = [];
  const keys = new Set<string>();
  for (const { file } of samples) {
    const bytes = new Uint8Array(await (await fetchFile(file)).arrayBuffer());
    const opened = await studio.jobs.start('openModel', { files: [{ path: file, bytes }] }).result;
    keys.add(opened.key);
    models.push({ name: file, graph: opened.graph });
  }
  const { model } = studio.model.getState();
  if (!model || keys.has(model.key)) return models;
  return [...models, { name: model.name, graph: model.graph }];
}

/** Resolves with the report; undefined where it was cancelled. Rejects with an IntactError. */
export async function measureThisDevice(
  studio: Studio,
  signal: AbortSignal,
  onProgress: (report: DeviceReport, label: string, fraction: number) => void,
): Promise<DeviceReport | undefined> {
  const { mostThreads, adapter } = studio.engine.getState();
  const { hardwareConcurrency, userAgent, locks } = navigator;
  const isolated = crossOriginIsolated ? 'cross-origin isolated' : 'not isolated, so one thread';
  const about = [
    `${browserOf(userAgent)}; ${hardwareConcurrency} cores; ${isolated}`,
    typeof adapter === 'object'
      ? `WebGPU adapter: ${adapter.name}`
      : `WebGPU: ${adapter ?? 'none'}`,
  ];
  const lock = (locks as LockManager | undefined) ? webLock(locks) : localLock();
  try {
    return await measureDevice({
      ...{ models: await modelsAtHand(studio), startWorker, about, onProgress, signal },
      threads: mostThreads > 1 ? [1, mostThreads] : [1],
      cores: createCores(lock, hardwareConcurrency),
    });
  } catch (thrown) {
    if (asIntactError(thrown).code === 'cancelled') return undefined;
    throw asIntactError(thrown);
  }
}
