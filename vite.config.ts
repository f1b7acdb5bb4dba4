import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import solid from 'vite-plugin-solid';

const root = import.meta.dirname;
// duckdb-wasm holds an `eval` that is never run here (the page's policy forbids it), and timings are no news to a user.
const checks = { eval: false, pluginTimings: false };

/** What only a relay answers: never the page that this browser keeps. (relay/serve/server.ts) */
const OF_RELAY = /^\/(?:[^?]*\/)?(?:dead-letters|metrics|healthz|readyz|version|socket|stream)(?:[/?]|$)/;

/** Keeps all of the page in the browser, DuckDB's 35 MB too, so that it opens without a network. (web/offline) */
const serviceWorker = VitePWA({
  strategies: 'generateSW',
  registerType: 'prompt',
  injectRegister: false,
  manifest: false,
  workbox: {
    globPatterns: ['**/*.{html,js,css,woff2,wasm,svg,png,webmanifest}'],
    globIgnores: ['dead-letters/**'],
    maximumFileSizeToCacheInBytes: 48 * 2 ** 20,
    dontCacheBustURLsMatching: /^assets\//,
    navigateFallback: 'index.html',
    navigateFallbackDenylist: [OF_RELAY],
    cleanupOutdatedCaches: true,
    // What a page loads later, the relay of the tab say, is there from the first visit on.
    clientsClaim: true,
    skipWaiting: false,
    inlineWorkboxRuntime: true,
    sourcemap: false,
  },
});

/** What is built is for those who use it: by another NODE_ENV, a test's, it would be without its service worker. */
const forUse: Plugin = {
  name: 'highwater:for-use',
  config(_config, { command }) {
    if (command === 'build') process.env.NODE_ENV = 'production';
  },
};

/** A build that fails is told as such: the service worker, made at the end, would only say that the page is missing. */
function unlessFailed(plugins: readonly Plugin[]): Plugin[] {
  let failed = false;
  const watch: Plugin = {
    name: 'highwater:failed',
    buildEnd(error) {
      if (error !== undefined) failed = true;
    },
    renderError() {
      failed = true;
    },
  };
  const quiet = plugins.map((plugin): Plugin => {
    const { closeBundle } = plugin;
    if (typeof closeBundle !== 'object') return plugin;
    const { handler } = closeBundle;
    return {
      ...plugin,
      closeBundle: {
        ...closeBundle,
        handler() {
          return failed ? undefined : handler.call(this);
        },
      },
    };
  });
  return [watch, ...quiet];
}

export default defineConfig({
  root: resolve(root, 'web'),
  publicDir: resolve(root, 'public'),
  // Links are relative: what is built is served from any folder of any host.
  base: './',
  plugins: [forUse, solid(), unlessFailed(serviceWorker)],
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
