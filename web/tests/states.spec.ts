import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { Appliance } from './support/appliance';
import { padded } from './support/footage';
import { expectSound, PICTURES, sticksOut } from './support/sound';

// What a page is like before, between and after: empty, at work, without its box, for those who may only watch, in other languages.
// The tests go on from each other.
test.describe.configure({ mode: 'serial' });

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
const NAME = 'Jana';
const PASSWORD = 'cold hands warm hearts';
const WATCHED_MS = 180_000;

let box: Appliance;
let page: Page;
let item = '';

interface Found { item_id: string; job_id: string; status: string; name: string; revision: number; kept_s: number; message: string }

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  mkdirSync(PICTURES, { recursive: true });
  box = await Appliance.start();
  page = await visit(browser, PHONE);
});

test.afterAll(async () => {
  await page?.context().close();
  await box?.stop();
});

async function visit(browser: Browser, viewport: typeof PHONE, more: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: box.told.page, viewport, ...more });
  return context.newPage();
}

async function again(browser: Browser, viewport: typeof PHONE, more: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const other = await visit(browser, viewport, more);
  await other.context().addCookies(await page.context().cookies());
  return other;
}

async function close(...contexts: { context(): BrowserContext }[]): Promise<void> {
  for (const each of contexts) await each.context().close();
}

async function itemNow(id = item): Promise<Found> {
  return ((await (await page.request.get(`/api/items/${id}`)).json()) as { item: Found }).item;
}

async function itemsNow(): Promise<Found[]> {
  const { jobs } = (await (await page.request.get('/api/jobs')).json()) as { jobs: { job_id: string }[] };
  const all = await Promise.all(jobs.map(async ({ job_id }) => (await (await page.request.get(`/api/status/${job_id}`)).json()) as { items: Found[] }));
  return all.flatMap(({ items }) => items);
}

test('a box that nobody has used asks for its first account, and then shows how footage gets in', async ({ browser }) => {
  const desk = await visit(browser, DESK);
  await desk.goto('/');
  await expectSound(desk, 'first-run-desk');
  await close(desk);
  await page.goto('/');
  await expectSound(page, 'first-run-phone');
  await page.getByLabel('Code').fill(box.told.code);
  await page.getByLabel('Name').fill(NAME);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password, once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByText('The ice is clear.')).toBeVisible();
  await expect(page.getByText(/^smb:\/\//)).toBeVisible();
  await expect(page.getByText(/^\\\\/)).toBeVisible();
  await expectSound(page, 'empty-phone');
  const dark = await again(browser, DESK, { colorScheme: 'dark' });
  await dark.goto('/');
  await expectSound(dark, 'empty-desk-dark');
  await dark.goto('/cards');
  await expectSound(dark, 'no-cards-desk-dark');
  await dark.goto('/tv');
  await expectSound(dark, 'tv-empty', false);
  await close(dark);
});

test('a recording in work says how far it is, without being asked', async () => {
  const card = join(box.told.share, 'DCIM');
  const two = [1, 2].map((number) => padded(join(box.told.footage, `MVI_000${number - 1}.MP4`), join(dirname(box.told.footage), `GX0${number}0042.MP4`), 3_000_000 + 8 * number));
  mkdirSync(card, { recursive: true });
  for (const path of two) copyFileSync(path, join(card, path.split('/').at(-1) ?? ''));
  const row = page.getByRole('article').first();
  await expect(row).toBeVisible({ timeout: 60_000 });
  await expect(row.getByText(/^Watching/)).toBeVisible({ timeout: 60_000 });
  await page.screenshot({ path: join(PICTURES, 'working-phone.png') });
  await expect(page.getByRole('link', { name: /^Watch/ }).first()).toBeVisible({ timeout: WATCHED_MS });
  item = (await itemsNow()).find(({ status }) => status === 'completed')?.item_id ?? '';
  expect(item).not.toBe('');
});

test('a recording of two files is one timeline, and each part of it is watched in its own file', async ({ browser }) => {
  const desk = await again(browser, DESK);
  await desk.goto(`/recordings/${item}`);
  const ice = desk.getByRole('slider', { name: 'Here' });
  await expect(ice).toBeVisible();
  const film = desk.locator('video').first();
  const watched = async (share: number): Promise<string> => {
    const at = await desk.locator('.ice').first().boundingBox();
    if (at === null) throw new Error('the ice cannot be seen');
    await desk.mouse.click(at.x + at.width * share, at.y + at.height * 0.8);
    await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentSrc)).toMatch(/original/);
    await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
    return film.evaluate((video: HTMLVideoElement) => video.currentSrc);
  };
  await desk.locator('.ice').first().scrollIntoViewIfNeeded();
  const first = await watched(0.2);
  await expect.poll(() => watched(0.85), { timeout: 20_000 }).not.toBe(first);
  await expectSound(desk, 'two-files-desk');
  await close(desk);
});

test('the line of the chart and the sliders show what they would change, and it is applied and undone', async ({ browser }) => {
  const desk = await again(browser, DESK);
  await desk.goto(`/recordings/${item}`);
  const bar = desk.locator('.bar');
  const knob = desk.getByRole('slider', { name: 'How much motion counts' });
  await knob.scrollIntoViewIfNeeded();
  const before = Number(await knob.getAttribute('aria-valuenow'));
  const at = await knob.boundingBox();
  if (at === null) throw new Error('the line cannot be seen');
  await desk.mouse.move(at.x + at.width - 15, at.y + at.height / 2);
  await desk.mouse.down();
  await desk.mouse.move(at.x + at.width - 15, at.y + at.height / 2 - 40, { steps: 6 });
  await desk.mouse.up();
  await expect.poll(async () => Number(await knob.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
  await expect(bar).toContainText(/Reel|Nothing would be left/);
  await desk.getByRole('button', { name: 'Leave it' }).click();
  await expect.poll(async () => Number(await knob.getAttribute('aria-valuenow'))).toBeCloseTo(before, 2);
  const kept = (await itemNow()).kept_s;
  await desk.getByLabel('Kept after each moment').fill('0');
  await desk.getByLabel('Kept before each moment').fill('0');
  await expect(bar).toContainText(/Reel .* → /);
  await desk.screenshot({ path: join(PICTURES, 'preview-desk.png') });
  await desk.getByRole('button', { name: 'Make this reel' }).click();
  await expect.poll(async () => { const now = await itemNow(); return now.status === 'completed' && now.kept_s < kept - 0.5; }, { timeout: 60_000 }).toBe(true);
  await desk.getByRole('button', { name: 'Back to the reel before' }).click();
  await expect.poll(async () => Math.abs((await itemNow()).kept_s - kept), { timeout: 60_000 }).toBeLessThan(0.2);
  await close(desk);
});

test('a moment is split, cut out and put back by hand', async ({ browser }) => {
  const desk = await again(browser, DESK);
  await desk.goto(`/recordings/${item}`);
  const starts = desk.getByRole('slider', { name: /^Beginning of moment/ });
  await expect(starts.first()).toBeVisible();
  const count = await starts.count();
  const ice = desk.locator('.ice').first();
  await ice.scrollIntoViewIfNeeded();
  const [from, to] = [await starts.first().boundingBox(), await desk.getByRole('slider', { name: 'End of moment 1' }).boundingBox()];
  const frame = await ice.boundingBox();
  if (from === null || to === null || frame === null) throw new Error('the moment cannot be seen');
  await desk.mouse.click((from.x + to.x) / 2 + 20, frame.y + frame.height * 0.8);
  await desk.getByRole('button', { name: 'Split' }).click();
  await expect(starts).toHaveCount(count + 1);
  await desk.getByRole('button', { name: 'Cut out', exact: true }).first().click();
  await expect(starts).toHaveCount(count);
  await desk.getByRole('button', { name: 'Undo', exact: true }).click();
  await desk.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(starts).toHaveCount(count);
  await expect(desk.getByRole('button', { name: 'Make this reel' })).toHaveCount(0);
  await close(desk);
});

test('every page is sound in every language, and the other way round', async ({ browser }) => {
  test.setTimeout(240_000);
  const { job_id } = await itemNow();
  for (const locale of ['fr-FR', 'de-DE', 'cs-CZ', 'he-IL']) {
    const other = await again(browser, PHONE, { locale });
    for (const [name, path] of [['home', '/'], ['recording', `/recordings/${item}`], ['card', `/cards/${job_id}`], ['box', '/box'], ['tv', '/tv']] as const) {
      await other.goto(path);
      await expect(other.locator('h1').first()).toBeVisible();
      if (locale === 'he-IL') await other.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
      await expectSound(other, `${name}-phone-${locale.slice(0, 2)}`, name !== 'tv');
    }
    await close(other);
  }
});

test('a receipt prints without the page around it', async ({ browser }) => {
  const desk = await again(browser, DESK);
  await desk.goto(`/cards/${(await itemNow()).job_id}`);
  await expect(desk.getByRole('heading', { level: 1 })).toBeVisible();
  await desk.emulateMedia({ media: 'print' });
  await expect(desk.getByRole('navigation')).toBeHidden();
  await expect(desk.getByText('GX010042.MP4').first()).toBeVisible();
  await desk.screenshot({ path: join(PICTURES, 'receipt-print.png'), fullPage: true });
  await close(desk);
});

test('somebody who may only watch is offered nothing else, and first chooses an own password', async ({ browser }) => {
  const { csrf } = (await (await page.request.get('/api/me')).json()) as { csrf: string };
  const made = await page.request.post('/api/accounts', { data: { name: 'Petr', role: 'viewer', password: 'a first password' }, headers: { 'X-Rinkreel-CSRF': csrf } });
  expect(made.ok()).toBe(true);
  const guest = await visit(browser, PHONE);
  const refused: string[] = [];
  guest.on('response', (answer) => answer.status() === 403 && refused.push(answer.url()));
  await guest.goto('/');
  await guest.getByLabel('Name').fill('Petr');
  await guest.getByLabel('Password', { exact: true }).fill('a first password');
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await expect(guest.getByRole('link', { name: /^Watch/ }).first()).toBeVisible();
  await expectSound(guest, 'viewer-home-phone');
  await expect(guest.getByRole('button', { name: 'Send footage' })).toHaveCount(0);
  await guest.getByRole('link', { name: 'Choose a password' }).click();
  await expect(guest.getByLabel('New password')).toBeInViewport();
  await guest.goBack();
  await guest.getByRole('link', { name: /^Watch/ }).first().click();
  await expect(guest.locator('video').first()).toBeVisible();
  await expectSound(guest, 'viewer-recording-phone');
  for (const name of ['Make this reel', 'Share', 'Split', 'Cut out']) await expect(guest.getByRole('button', { name, exact: true })).toHaveCount(0);
  await guest.goto('/box');
  await expectSound(guest, 'viewer-box-phone');
  await expect(guest.getByRole('button', { name: 'Add a person' })).toHaveCount(0);
  expect(refused).toEqual([]);
  await close(guest);
});

test('a cut that fails leaves the reel and says why', async ({ browser }) => {
  // As a failing disk leaves it.
  const originals = join(dirname(box.told.share), 'originals', item);
  for (const name of readdirSync(originals).filter((each) => each.endsWith('.MP4'))) writeFileSync(join(originals, name), 'these were pictures');
  const phone = await again(browser, PHONE);
  await phone.goto(`/recordings/${item}`);
  const reel = await phone.locator('video').first().evaluate((video: HTMLVideoElement) => video.currentSrc);
  const { csrf } = (await (await page.request.get('/api/me')).json()) as { csrf: string };
  const asked = await page.request.post(`/api/items/${item}/recut`, { data: { pad_after: 1 }, headers: { 'X-Rinkreel-CSRF': csrf } });
  expect(await asked.text()).toContain('"ok":true');
  await expect(phone.getByText('The reel could not be cut anew.').first()).toBeVisible({ timeout: 60_000 });
  await expectSound(phone, 'failed-cut-phone');
  expect(await phone.locator('video').first().evaluate((video: HTMLVideoElement) => video.currentSrc)).toBe(reel);
  expect((await page.request.get(reel, { headers: { Range: 'bytes=0-9' } })).status()).toBe(206);
  await close(phone);
});

test('a page without its box says so over what it showed', async ({ browser }) => {
  const phone = await again(browser, PHONE);
  await phone.goto('/');
  await expect(phone.getByRole('article').first()).toBeVisible();
  await box.restartApi();
  await expect(phone.getByText('No connection to the box')).toBeVisible();
  await phone.screenshot({ path: join(PICTURES, 'offline-phone.png') });
  expect(await sticksOut(phone)).toEqual([]);
  await expect(phone.getByRole('article').first()).toBeVisible();
  await expect(phone.getByText('No connection to the box')).toBeHidden({ timeout: 60_000 });
  await close(phone);
});
