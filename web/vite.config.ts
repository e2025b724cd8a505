import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// RINKREEL_BOX: where a running box answers while the page is worked on with `npm run dev`.
const box = process.env.RINKREEL_BOX ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // The page's policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { '/api': box, '/s': box } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
