/** The pages: the demo and the live statecharts. They are built into dist/pages/, and load nothing from elsewhere. */
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('visualizations'),
  base: './', // a page works wherever a server puts it
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: at('dist/pages'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 2_000, // elkjs is in a worker of its own
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        demo: at('visualizations/demo/index.html'),
        inspector: at('visualizations/inspector/index.html'),
      },
    },
  },
});
