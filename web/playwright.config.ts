import { defineConfig } from '@playwright/test';

/** Debian's browser; nothing is ever downloaded. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'tests/.results',
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    locale: 'en-GB',
    actionTimeout: 15_000,
    launchOptions: {
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [
    { name: 'flows', testMatch: ['flows.spec.ts', 'look.spec.ts', 'states.spec.ts'] },
    { name: 'figures', testMatch: 'figures.spec.ts' },
    { name: 'soak', testMatch: 'soak.spec.ts' },
  ],
});
