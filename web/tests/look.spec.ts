import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { Appliance } from './support/appliance';
import { expectAccessible } from './support/axe';
import { expectSound, PICTURES } from './support/sound';

// Every page on a phone and a desk, in the light and in the dark: nothing sticks out, nothing breaks a rule of axe, and a picture of
// each is kept in tests/.pictures for people to look at.
test.describe.configure({ mode: 'default' });

const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 } } as const;
const SCHEMES = ['light', 'dark'] as const;
const NAME = 'Jana';
const PASSWORD = 'cold hands warm hearts';

let box: Appliance;
let item = '';
let job = '';
let cookies: Awaited<ReturnType<BrowserContext['cookies']>> = [];

interface Row { item_id: string; job_id: string; status: string; name: string }

async function rowsOf(page: Page): Promise<Row[]> {
  return page.evaluate(async () => {
    const { jobs } = await (await fetch('/api/jobs?limit=20')).json();
    const all = await Promise.all(jobs.map(async (each: { job_id: string }) => (await fetch(`/api/status/${each.job_id}`)).json()));
    return all.flatMap((each: { items: Row[] }) => each.items);
  });
}

async function open(browser: Browser, size: keyof typeof SIZES, colorScheme: (typeof SCHEMES)[number]): Promise<Page> {
  const context = await browser.newContext({ baseURL: box.told.page, viewport: SIZES[size], colorScheme, hasTouch: size === 'phone', isMobile: size === 'phone' });
  await context.addCookies(cookies);
  return context.newPage();
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(400_000);
  mkdirSync(PICTURES, { recursive: true });
  box = await Appliance.start();
  const context = await browser.newContext({ baseURL: box.told.page });
  const page = await context.newPage();
  await page.goto('/');
  const answer = await page.evaluate(async (asked) => {
    const said = await fetch('/api/first-run', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(asked) });
    return said.status;
  }, { code: box.told.code, name: NAME, password: PASSWORD });
  expect(answer).toBe(200);
  cookies = await context.cookies();
  for (const name of ['MVI_0000.MP4', 'MVI_0002.MP4']) copyFileSync(join(box.told.footage, name), join(box.told.share, name));
  await expect.poll(async () => (await rowsOf(page)).map(({ status }) => status).sort().join(), { timeout: 240_000, intervals: [1000] }).toBe('completed,failed');
  const done = (await rowsOf(page)).find(({ status }) => status === 'completed');
  [item, job] = [done?.item_id ?? '', done?.job_id ?? ''];
  await context.close();
});

test.afterAll(async () => {
  await box?.stop();
});

const PAGES: [string, () => string][] = [
  ['home', () => '/'],
  ['recording', () => `/recordings/${item}`],
  ['cards', () => '/cards'],
  ['card', () => `/cards/${job}`],
  ['box', () => '/box'],
  ['tv', () => '/tv'],
  ['nowhere', () => '/recordings/nothing'],
];

for (const size of ['phone', 'desk'] as const) {
  for (const scheme of SCHEMES) {
    test(`every page is sound on a ${size} in the ${scheme}`, async ({ browser }) => {
      const page = await open(browser, size, scheme);
      const wrong: string[] = [];
      page.on('console', (message) => message.type() === 'error' && !/status of 40[0-9]/.test(message.text()) && wrong.push(message.text()));
      page.on('pageerror', (error) => wrong.push(String(error)));
      for (const [name, path] of PAGES) {
        await page.goto(path());
        await expectSound(page, `${name}-${size}-${scheme}`, name !== 'tv');
      }
      expect.soft(wrong).toEqual([]);
      await page.context().close();
    });
  }
}

test('the box’s sheets are sound, and a person can be added and taken away', async ({ browser }) => {
  const page = await open(browser, 'phone', 'light');
  await page.goto('/box');
  await page.getByRole('button', { name: 'Add a person' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Name').fill('Petr');
  await sheet.getByLabel('A first password').fill('a long first one');
  await expectAccessible(page, 'adding a person');
  await page.screenshot({ path: join(PICTURES, 'box-person-phone-light.png') });
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Petr')).toBeVisible();
  await page.getByRole('button', { name: 'Remove Petr' }).click();
  await sheet.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('Petr')).toHaveCount(0);
  await page.getByRole('button', { name: 'Make a key' }).click();
  await sheet.getByLabel('What it is for').fill('nightly');
  await sheet.getByRole('button', { name: 'Make it' }).click();
  await expect(sheet.locator('code')).toContainText('rk_');
  await page.context().close();
});
