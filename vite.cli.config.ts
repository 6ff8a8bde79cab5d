import { defineConfig } from 'vite';

/** The command-line twin as one file for node (scripts/intact.mjs). */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist-cli',
    target: 'node20',
    rollupOptions: {
      // The others run in threads of their own.
      input: {
        main: 'src/cli/main.ts',
        gradients: 'src/cli/gradients.ts',
        kernels: 'src/cli/kernels.ts',
        shard: 'src/cli/shard.ts',
      },
      output: { entryFileNames: '[name].mjs', format: 'es' },
    },
  },
  // Node can't load TF.js' ES modules by itself: they are part of the bundle.
  resolve: { mainFields: ['module', 'main'] },
  ssr: { external: ['@litertjs/core'], noExternal: [/@tensorflow\/tfjs-(core|backend)/] },
});
