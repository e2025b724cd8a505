import { join } from 'node:path';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
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
  await page.screenshot({ path: join(import.meta.dirname, '.pictures/upload-desk-light.png') });
  await page.locator('input[data-pick=files]').setInputFiles(game);
  line.bytesPerS = Infinity;
  await expect(tray().getByRole('link', { name: 'game 1.mp4' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('article').first()).toContainText(/Waiting for its turn|Looking at the file|Watching|Choosing moments|Making the reel/);
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

test('a recording that is damaged says why and what to do, and can be tried again', async () => {
  copyFileSync(join(box.told.footage, 'MVI_0002.MP4'), join(box.told.share, 'MVI_0002.MP4'));
  await page.goto('/');
  const card = page.getByRole('article').filter({ has: page.getByRole('button', { name: 'Try again' }) });
  await expect(card).toBeVisible({ timeout: 60_000 });
  await expect(card.locator('.what')).not.toBeEmpty();
  const tried = page.waitForResponse((answer) => answer.url().endsWith('/retry'));
  await card.getByRole('button', { name: 'Try again' }).click();
  expect((await tried).status()).toBe(200);
  await expect(card).toBeVisible({ timeout: 60_000 });
});

test('the home page shows the reel when it is done, without being loaded anew', async () => {
  test.setTimeout(WATCHED_MS + 30_000);
  await expect(page.getByRole('link', { name: /^Watch/ }).first()).toBeVisible({ timeout: WATCHED_MS });
});

test('a page that nothing happens on asks the box for nothing', async () => {
  await page.goto('/');
  await expect(page.getByRole('link', { name: /^Watch/ }).first()).toBeVisible();
  await page.waitForLoadState('load');
  await page.waitForTimeout(2_500);
  const asked: string[] = [];
  const hear = (request: { url(): string }): number => asked.push(new URL(request.url()).pathname);
  page.on('request', hear);
  await page.waitForTimeout(3_000);
  page.off('request', hear);
  expect(asked).toEqual([]);
});

test('the page mends itself when the box’s program was killed and started anew', async () => {
  await box.restartApi();
  await expect(page.getByText('No connection to the box')).toBeVisible();
  await expect(page.getByText('No connection to the box')).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole('article').first()).toBeVisible();
});

test('a reel plays', async () => {
  await page.getByRole('link', { name: /^Watch/ }).first().click();
  await expect(page).toHaveURL(/recordings/);
  const film = page.locator('video').first();
  await film.evaluate((video: HTMLVideoElement) => {
    video.muted = true;
    return video.play();
  });
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0.3);
  await film.evaluate((video: HTMLVideoElement) => video.pause());
});

test('an edge is dragged, the change is shown and applied, and undone', async () => {
  const edge = page.getByRole('slider', { name: 'End of moment 1' });
  const length = async () => Number(await edge.getAttribute('aria-valuenow'));
  const before = await length();
  await edge.scrollIntoViewIfNeeded();
  const at = await edge.boundingBox();
  if (at === null) throw new Error('the edge cannot be seen');
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  await page.mouse.down();
  await page.mouse.move(at.x - 200, at.y + at.height / 2, { steps: 8 });
  await page.mouse.up();
  await expect.poll(length).toBeLessThan(before - 1);
  await page.getByRole('button', { name: 'Make this reel' }).click();
  const kept = async () => (await (await page.request.get(`/api/items/${page.url().split('/').at(-1)}`)).json()) as { item: { revision: number; status: string; kept_s: number } };
  await expect.poll(async () => { const { item } = await kept(); return `${item.revision} ${item.status}`; }, { timeout: 60_000 }).toBe('2 completed');
  expect((await kept()).item.kept_s).toBeLessThan(before - 1);
  await page.getByRole('button', { name: 'Back to the reel before' }).click();
  await expect.poll(async () => (await kept()).item.kept_s, { timeout: 60_000 }).toBeGreaterThan(before - 1);
  await expect.poll(length).toBeGreaterThan(before - 1);
  await expectAccessible(page, 'a recording that was cut anew');
});

test('an edge is moved with the keyboard alone', async () => {
  const edge = page.getByRole('slider', { name: 'End of moment 1' });
  const before = Number(await edge.getAttribute('aria-valuenow'));
  await edge.focus();
  for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => Number(await edge.getAttribute('aria-valuenow'))).toBeLessThan(before);
});

test('a link opens the reel for somebody without an account, until it is revoked; one that is over says so', async ({ browser }) => {
  await page.reload();
  const item = page.url().split('/').at(-1);
  await page.getByRole('button', { name: 'Share' }).click();
  const sheet = page.getByRole('dialog');
  const made = page.waitForResponse((answer) => answer.url().endsWith('/share'));
  await sheet.getByRole('button', { name: 'Make a link' }).click();
  const { url } = (await (await made).json()) as { url: string };
  await expect(sheet.locator('img').first()).toBeVisible();
  await expectAccessible(page, 'sharing');
  const guest = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  await guest.goto(url);
  await expect(guest.locator('video')).toBeVisible();
  await expect.poll(() => guest.locator('video').evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(0);
  await expectAccessible(guest, 'a shared reel');
  await sheet.getByRole('button', { name: 'End this link' }).first().click();
  await expect.poll(async () => (await guest.goto(url))?.status()).toBe(404);
  await expectAccessible(guest, 'a link that is over');
  const { csrf } = (await (await page.request.get('/api/me')).json()) as { csrf: string };
  const short = await page.request.post(`/api/items/${item}/share`, { data: { hours: 0.01 }, headers: { 'X-Rinkreel-CSRF': csrf } });
  const over = (await short.json()) as { url: string };
  expect((await guest.goto(over.url))?.status()).toBe(200);
  await expect.poll(async () => (await guest.goto(over.url))?.status(), { timeout: 60_000, intervals: [2000] }).toBe(404);
  await guest.context().close();
});

test('the whole way from signing in to a moving edge goes by keyboard alone', async ({ browser }) => {
  const alone = await (await browser.newContext({ baseURL: line.address, viewport: { width: 1200, height: 800 } })).newPage();
  const tabTo = async (found: ReturnType<Page['locator']>): Promise<void> => {
    await expect(found).toBeVisible();
    for (let press = 0; press < 80; press += 1) {
      if (await found.evaluate((one) => one === document.activeElement)) return;
      await alone.keyboard.press('Tab');
    }
    throw new Error('Tab does not get there');
  };
  await alone.goto('/');
  await tabTo(alone.getByLabel('Name'));
  await alone.keyboard.type(NAME);
  await tabTo(alone.getByLabel('Password', { exact: true }));
  await alone.keyboard.type(PASSWORD);
  await alone.keyboard.press('Enter');
  const watch = alone.getByRole('link', { name: /^Watch/ }).first();
  await tabTo(watch);
  await alone.keyboard.press('Enter');
  await expect(alone).toHaveURL(/recordings/);
  await tabTo(alone.getByRole('slider', { name: 'End of moment 1' }));
  await alone.keyboard.press('ArrowLeft');
  await tabTo(alone.getByRole('button', { name: 'Make this reel' }));
  await alone.keyboard.press('?');
  await expect(alone.getByRole('dialog')).toContainText('Play or pause');
  await alone.keyboard.press('Escape');
  await expect(alone.getByRole('dialog')).toHaveCount(0);
  await alone.context().close();
});

test('a camera’s chapters that are sent together become one recording', async () => {
  const chapters = [1, 2].map((number) =>
    padded(join(box.told.footage, `MVI_000${number - 1}.MP4`), join(scratch, `GX0${number}0042.MP4`), GAME_BYTES + 64 + 8 * number),
  );
  await page.goto('/');
  await page.locator('input[data-pick=files]').setInputFiles(chapters);
  const sent = tray().getByRole('link', { name: /^GX0.0042/ });
  await expect(sent).toHaveCount(2, { timeout: 60_000 });
  expect(await sent.first().getAttribute('href')).toBe(await sent.last().getAttribute('href'));
  const { jobs } = (await (await page.request.get('/api/jobs')).json()) as { jobs: { job_id: string; name: string }[] };
  const [job, ...others] = jobs.filter(({ name }) => /GX0.0042/.test(name));
  expect(others).toEqual([]);
  const receipt = (await (await page.request.get(`/api/jobs/${job?.job_id}/receipt`)).json()) as { files: { fate: string; place: string }[] };
  expect(receipt.files.map(({ fate }) => fate)).toEqual(['recording', 'chapter']);
});
