import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import root from '../../vite.config.ts';

const here = import.meta.dirname;

/** The bench page: the product's own aliases and worker format, built into a cache folder and served on loopback. */
export default defineConfig({
  root: here,
  publicDir: false,
  ...(root.resolve ? { resolve: root.resolve } : {}),
  ...(root.worker ? { worker: root.worker } : {}),
  // Both engines come as WebAssembly, fetched from the same origin; Perspective's guide asks for `esnext`.
  build: {
    outDir: resolve(here, '../../.cache/bench-page'),
    emptyOutDir: true,
    target: 'esnext',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
  },
});
