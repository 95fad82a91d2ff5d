import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a running Kopa. */
const KOPA = process.env['KOPA'] ?? 'http://127.0.0.1:8000';
const SERVED = ['/auth', '/events', '/findings', '/forecast', '/now', '/page', '/public', '/state', '/tiles'];
const MAPLIBRE = fileURLToPath(new URL('node_modules/maplibre-gl/src/', import.meta.url));

/**
 * MapLibre from its source, and its worker as an entry of the same build: what the two share is one file,
 * sent once. Its own bundles hold it twice, 140 kB gzip more. `virtual:map-worker` is the worker's address.
 */
function mapWorker(): Plugin {
  const name = 'virtual:map-worker';
  const worker = `${MAPLIBRE}source/worker.ts`;
  let serving = false;
  let file = '';
  return {
    name: 'map-worker',
    configResolved(config) {
      serving = config.command === 'serve';
    },
    buildStart() {
      if (!serving) file = this.emitFile({ type: 'chunk', id: worker, name: 'map-worker' });
    },
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      if (serving) return `export { default } from ${JSON.stringify(`${worker}?worker&url`)}`;
      return `export default import.meta.ROLLUP_FILE_URL_${file}`;
    },
  };
}

export default defineConfig({
  plugins: [mapWorker(), svelte()],
  resolve: { alias: [{ find: /^maplibre-src\//, replacement: MAPLIBRE }] },
  worker: { format: 'es' },
  // MapLibre's classes declare fields that their parents' constructors set: a declaration must not clear them
  oxc: { typescript: { removeClassFieldsWithoutInitializer: true } },
  build: {
    outDir: '../src/kopa/web/dist',
    emptyOutDir: true,
    assetsDir: 'static',
    // fonts and images stay files: the page's CSP takes no `data:` for fonts
    assetsInlineLimit: 0,
    // the map alone is over the default; `scripts/size.mjs` holds the real limit
    chunkSizeWarningLimit: 1200,
    target: 'es2023',
  },
  server: { proxy: Object.fromEntries(SERVED.map((path) => [path, { target: KOPA }])) },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
