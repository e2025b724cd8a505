import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { expectAccessible } from './axe';

export const PICTURES = join(import.meta.dirname, '../.pictures');

/** What makes a page wider than its window, the innermost last. */
export async function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > width + 0.5 || one.getBoundingClientRect().left < -0.5);
    return [`${document.documentElement.scrollWidth} of ${width}`, ...wide.map((one) => `${one.tagName} ${one.getAttribute('class') ?? ''}`)];
  });
}

/** Nothing sticks out to the side, axe finds nothing, and a picture is kept for people to look at. */
export async function expectSound(page: Page, name: string, fullPage = true): Promise<void> {
  await expect(page.locator('h1, [role=alert]').first()).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
  expect.soft(await sticksOut(page), `what sticks out of ${name} to the side`).toEqual([]);
  await expectAccessible(page, name);
}
