import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { licences } from './scripts/licences.mjs';
import { precompress } from './scripts/precompress.mjs';

export default defineConfig({
  plugins: [react(), licences(), precompress()],
  base: './',
  worker: { format: 'es' },
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 1500 },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'scripts/**/*.test.ts'],
    testTimeout: 60_000,
    // TF.js' packages name ES modules that node can't load by itself.
    server: { deps: { inline: [/@tensorflow\/tfjs-(core|backend)/] } },
  },
});
