import { defineConfig } from 'vite';

/** The command-line twin for node, and its helper threads (scripts/intact.mjs). */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist-cli',
    target: 'node20',
    rollupOptions: {
      input: { main: 'src/cli/main.ts', helper: 'src/cli/helper.ts' },
      output: { entryFileNames: '[name].mjs', format: 'es' },
    },
  },
  // Node can't load TF.js' ES modules by itself: they are part of the bundle.
  resolve: { mainFields: ['module', 'main'] },
  ssr: { external: ['@litertjs/core'], noExternal: [/@tensorflow\/tfjs-(core|backend)/] },
});
