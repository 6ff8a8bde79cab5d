import { defineConfig } from 'vite';

/** The command-line twin as one file for node (scripts/intact.mjs). */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'src/cli/main.ts',
    outDir: 'dist-cli',
    target: 'node20',
    rollupOptions: { output: { entryFileNames: 'main.mjs', format: 'es' } },
  },
  ssr: { external: ['@litertjs/core'] },
});
