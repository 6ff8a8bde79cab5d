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
  // Node can't load TF.js' ES modules by itself: they are part of the bundle.
  resolve: { mainFields: ['module', 'main'] },
  ssr: { external: ['@litertjs/core'], noExternal: [/@tensorflow\/tfjs-(core|backend)/] },
});
