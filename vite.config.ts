import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

const root = import.meta.dirname;
// duckdb-wasm holds an `eval` that is never run here (the page's policy forbids it), and timings are no news to a user.
const checks = { eval: false, pluginTimings: false };

export default defineConfig({
  root: resolve(root, 'web'),
  publicDir: resolve(root, 'public'),
  // Links are relative: what is built is served from any folder of any host.
  base: './',
  plugins: [solid()],
  resolve: {
    alias: {
      // Not in the package's `exports`; its `./blocking` browser entry points to a file that does not exist.
      'duckdb-wasm-browser-blocking': resolve(
        root,
        'node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs',
      ),
    },
  },
  worker: { format: 'es', rolldownOptions: { checks } },
  build: {
    rolldownOptions: {
      checks,
      input: [resolve(root, 'web/index.html'), resolve(root, 'web/dead-letters/index.html')],
    },
    outDir: resolve(root, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
  },
  server: {
    proxy: {
      '/socket': { target: 'ws://127.0.0.1:8787', ws: true },
      '^/(stream|version|dead-letters|metrics|healthz|readyz)': 'http://127.0.0.1:8787',
    },
  },
});
