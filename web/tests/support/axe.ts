import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Found {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** No rule of axe is broken. It is run through the debugger, so that the page's policy stays as it is. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(SOURCE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<Found> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  const told = found.violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('\n  ')}`);
  expect.soft(told, `axe on ${what}`).toEqual([]);
}
