/** Pages that tests build for themselves (kernels/, training/), served with the studio's headers. */
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type TestInfo } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../scripts/serve.mjs';

/**
 * Builds `page` (a folder here), serves it while `work` runs, and ends.
 * @param beside puts more files into the built folder
 */
export async function withPage(
  page: 'kernels' | 'training',
  info: TestInfo,
  work: (address: string) => Promise<void>,
  beside?: (folder: string) => void,
): Promise<void> {
  const folder = info.outputPath('page');
  await build({
    root: fileURLToPath(new URL(`./${page}`, import.meta.url)),
    configFile: false,
    base: './',
    publicDir: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2022', outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 8000 },
  });
  beside?.(folder);
  const { server, address } = await serve(0, { folder });
  try {
    await work(address);
  } finally {
    server.close();
  }
}

/** Chromium with WebGPU on its software adapter, which the tests' usual browser is started without. */
export async function withSoftwareGpu(
  info: TestInfo,
  work: (browser: Browser) => Promise<void>,
): Promise<void> {
  const { executablePath } = info.project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
    ],
  });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}
