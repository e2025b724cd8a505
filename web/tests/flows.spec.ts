import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { Appliance } from './support/appliance';
import { expectAccessible } from './support/axe';
import { padded } from './support/footage';
import { Line } from './support/line';

// One box from its first run to its last page, by one person after the other. The tests go on from each other.
test.describe.configure({ mode: 'serial' });

const NAME = 'Jana';
const PASSWORD = 'cold hands warm hearts';
const MIB = 1024 ** 2;
const GAME_BYTES = 24 * MIB;
/** How long the box may take to watch a few seconds of footage on a slow and busy machine. */
const WATCHED_MS = 180_000;

let box: Appliance;
let line: Line;
let context: BrowserContext;
let page: Page;
let scratch: string;
let game: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  scratch = mkdtempSync(join(tmpdir(), 'rinkreel-footage-'));
  box = await Appliance.start();
  line = await Line.to(box.told.page);
  game = padded(join(box.told.footage, 'MVI_0000.MP4'), join(scratch, 'game 1.mp4'), GAME_BYTES);
  context = await browser.newContext({ baseURL: line.address, viewport: { width: 1200, height: 800 } });
  page = await context.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
});

test.afterAll(async () => {
  await context?.close();
  await line?.close();
  await box?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const tray = () => page.getByRole('region', { name: 'Uploads' });
const rowOf = (name: string) => tray().getByRole('listitem').filter({ hasText: name });

test('the first person makes an account with the code that the box printed, and is inside', async () => {
  await page.goto('/');
  await page.getByLabel('Code').fill(box.told.code);
  await page.getByLabel('Name').fill(NAME);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password, once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Recordings' })).toBeVisible();
  await expect(page.getByText('The ice is clear.')).toBeVisible();
});

test('a wrong password is refused, and the right one lets in', async () => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Name').fill(NAME);
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('Name or password is wrong');
  await expectAccessible(page, 'signing in');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Recordings' })).toBeVisible();
});

test('an upload whose connection is cut goes on where it was, also after the page was loaded anew', async () => {
  line.bytesPerS = 4 * MIB;
  await page.locator('input[data-pick=files]').setInputFiles(game);
  await expect(rowOf('game 1.mp4')).toContainText(/\d.* of 25.* MB/);
  await expect.poll(() => line.sent, { timeout: 20_000 }).toBeGreaterThan(7 * MIB);
  line.cut();
  await expect(tray()).toContainText('No connection');
  line.mend();
  await expect(rowOf('game 1.mp4').getByRole('progressbar')).toBeVisible();
  await expect.poll(() => line.sent, { timeout: 20_000 }).toBeGreaterThan(12 * MIB);
  await page.reload();
  await expect(rowOf('game 1.mp4')).toContainText('your browser needs the file once more');
  await expectAccessible(page, 'the tray that asks for a file');
  await page.locator('input[data-pick=files]').setInputFiles(game);
  line.bytesPerS = Infinity;
  await expect(tray().getByRole('link', { name: 'game 1.mp4' })).toBeVisible({ timeout: 30_000 });
  // What was there before each break was not sent again, but for what was under way.
  expect(line.sent).toBeLessThan(2 * GAME_BYTES);
});

test('an upload can be paused, gone on with and given up; what is no recording is left out', async () => {
  line.bytesPerS = MIB;
  const second = padded(join(box.told.footage, 'MVI_0001.MP4'), join(scratch, 'second.mp4'), GAME_BYTES + 64);
  await page.locator('input[data-pick=files]').setInputFiles([second, join(import.meta.dirname, '../package.json')]);
  await expect(page.getByText(/left out.*package\.json/)).toBeVisible();
  await rowOf('second.mp4').getByRole('button', { name: /^Pause/ }).click();
  await expect(rowOf('second.mp4')).toContainText('Paused at');
  await rowOf('second.mp4').getByRole('button', { name: /^Go on/ }).click();
  await expect(rowOf('second.mp4')).toContainText('/s');
  await rowOf('second.mp4').getByRole('button', { name: /^Cancel/ }).click();
  await expect(rowOf('second.mp4')).toHaveCount(0);
  line.bytesPerS = Infinity;
});

test('a recording that cannot be read says why and what to do, and can be tried again', async () => {
  const broken = padded(join(box.told.footage, 'MVI_0002.MP4'), join(scratch, 'broken.mp4'), 30_000);
  await page.locator('input[data-pick=files]').setInputFiles(broken);
  await expect(rowOf('broken.mp4')).toContainText(/on the box|not|cannot/i, { timeout: 30_000 });
  await page.goto('/');
  const card = page.getByRole('article').filter({ has: page.getByRole('button', { name: 'Try again' }) });
  await expect(card).toBeVisible({ timeout: 60_000 });
  await expect(card.locator('strong')).not.toBeEmpty();
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card).toBeVisible({ timeout: 60_000 });
});

test('the home page shows how watching goes on, and the reel when it is done, without being loaded anew', async () => {
  test.setTimeout(WATCHED_MS + 30_000);
  await expect(page.getByRole('link', { name: 'Watch' }).or(page.locator('a', { hasText: 'Watch' })).first()).toBeVisible({ timeout: WATCHED_MS });
  await expectAccessible(page, 'home');
});
