import { expect, test, type Page } from '@playwright/test';
import { Appliance } from './support/appliance';

// Figures, not judgements: how heavy the first load is, and how the page moves with two thousand recordings and three hours of ice.
const RECORDINGS = 2_000;
const HOURS_S = 3 * 3600;

let box: Appliance;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  box = await Appliance.start('--recordings', String(RECORDINGS));
});

test.afterAll(async () => {
  await box?.stop();
});

const tell = (name: string, value: string): void => console.log(`  ${name}: ${value}`);
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

/** Longest pause between two pictures while something is done, and the time that tasks of over 50 ms held the page up. */
async function paced(page: Page, act: () => Promise<void>): Promise<{ slowestMs: number; framesPerS: number }> {
  await page.evaluate(() => {
    const watch = window as unknown as { frames: number[]; watching: boolean };
    [watch.frames, watch.watching] = [[], true];
    const look = (at: number): void => {
      watch.frames.push(at);
      if (watch.watching) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await act();
  return page.evaluate(() => {
    const watch = window as unknown as { frames: number[]; watching: boolean };
    watch.watching = false;
    const gaps = watch.frames.slice(1).map((at, index) => at - (watch.frames[index] ?? at));
    const all = gaps.reduce((sum, gap) => sum + gap, 0);
    return { slowestMs: Math.max(...gaps), framesPerS: (1000 * gaps.length) / all };
  });
}

test('the first load of a home page with two thousand recordings', async ({ browser }) => {
  const context = await browser.newContext({ baseURL: box.told.page, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let [requests, bytes, scripts] = [0, 0, 0];
  const kinds = new Map<string, string>();
  const asked = new Map<string, number>();
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    kinds.set(requestId, type);
    if (response.url.endsWith('/api/events')) return;
    requests += 1;
    const kind = new URL(response.url).pathname.replace(/[0-9a-fx]{9,}|job\d+/g, '…').replace(/-[\w-]{8}\./, '.');
    asked.set(kind, (asked.get(kind) ?? 0) + 1);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    if (kinds.get(requestId) === 'Script') scripts += encodedDataLength;
  });
  await page.addInitScript(() => {
    const watch = window as unknown as { held: number[] };
    watch.held = [];
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => watch.held.push(entry.startTime + entry.duration))).observe({ type: 'longtask', buffered: true });
  });
  await page.goto('/');
  await expect(page.getByRole('article').first()).toBeVisible();
  const shownMs = await page.evaluate(() => performance.now());
  await page.waitForTimeout(3_000);
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  const held = await page.evaluate(() => (window as unknown as { held: number[] }).held);
  tell('requests', String(requests));
  tell('of them', [...asked].filter(([, count]) => count > 1).map(([kind, count]) => `${kind} ×${count}`).join(', '));
  tell('transferred', `${kB(bytes)}, of it scripts ${kB(scripts)}`);
  tell('first picture', `${paint.toFixed(0)} ms`);
  tell('recordings shown', `${shownMs.toFixed(0)} ms`);
  tell('time to interactive', `${Math.max(paint, ...held).toFixed(0)} ms (end of the last task over 50 ms)`);
  const scroll = await paced(page, async () => {
    for (let turn = 0; turn < 40; turn += 1) {
      await page.mouse.wheel(0, 1_600);
      await page.waitForTimeout(50);
    }
  });
  tell('scrolling', `${scroll.framesPerS.toFixed(0)} pictures a second, slowest ${scroll.slowestMs.toFixed(0)} ms`);
  for (let turn = 0; turn < 120; turn += 1) {
    await page.mouse.wheel(0, 8_000);
    await page.waitForTimeout(80);
  }
  const cards = await page.getByRole('article').count();
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  const memory = await page.evaluate(() => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0);
  tell('after scrolling on', `${cards} cards, ${nodes} elements, ${(memory / 1e6).toFixed(0)} MB of heap`);
  expect(scripts).toBeLessThan(150_000);
  await context.close();
});

test('a timeline of three hours', async ({ browser }) => {
  const context = await browser.newContext({ baseURL: box.told.page, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto('/');
  const jobs = (await (await page.request.get('/api/jobs?limit=1')).json()) as { jobs: { job_id: string }[] };
  const status = (await (await page.request.get(`/api/status/${jobs.jobs[0]?.job_id}`)).json()) as { items: { item_id: string }[] };
  const item = status.items[0]?.item_id ?? '';
  const segments = Array.from({ length: 300 }, (_, index) => ({ start_s: 36 * index + 5, end_s: 36 * index + 17, score: 1, peak_hps: 1, peak_at_s: 36 * index + 9, reason: '' }));
  const cuts = segments.map(({ start_s, end_s }, index) => ({ start_s, end_s, reel_at_s: 12 * index, title: '' }));
  await page.route(`**/api/items/${item}/segments*`, (route) => route.fulfill({ json: { item_id: item, revision: 1, total: 300, segments, cuts } }));
  await page.route(`**/api/items/${item}/signal*`, (route) => {
    const points = Number(new URL(route.request().url()).searchParams.get('points') ?? 1000);
    const times_s = Array.from({ length: points }, (_, index) => (HOURS_S * index) / points);
    const speed_hps = times_s.map((at) => (at % 36 > 5 && at % 36 < 17 ? 0.6 + 0.4 * Math.sin(at) : 0.02));
    return route.fulfill({ json: { item_id: item, revision: 1, threshold_hps: 0.15, release_hps: 0.1, times_s, speed_hps, people: times_s.map(() => 1) } });
  });
  await page.route(`**/api/items/${item}`, async (route) => {
    const answer = await route.fetch();
    const said = await answer.json();
    said.item.duration_s = HOURS_S;
    said.item.kept_s = 3600;
    said.item.moments = 300;
    const rules = { threshold: 0.15, release: 0.1, min_moving: 1, max_stationary: 2, merge_gap: 3, pad_before: 2, pad_after: 3, budget: null };
    said.revisions = [{ number: 1, created_at_s: said.item.created_at_s, moments: 300, reel_s: 3600, rules }];
    await route.fulfill({ json: said });
  });
  const began = Date.now();
  await page.goto(`/recordings/${item}`);
  const line = page.getByRole('slider').first();
  await expect(line).toBeVisible();
  tell('timeline shown', `${Date.now() - began} ms`);
  const canvas = page.locator('canvas').first();
  const at = (await canvas.boundingBox()) ?? { x: 300, y: 400, width: 600, height: 100 };
  await page.mouse.move(at.x + at.width / 3, at.y + at.height / 2);
  const zoom = await paced(page, async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, turn < 15 ? -120 : 120);
      await page.keyboard.up('Control');
      await page.waitForTimeout(16);
    }
  });
  tell('zooming', `${zoom.framesPerS.toFixed(0)} pictures a second, slowest ${zoom.slowestMs.toFixed(0)} ms`);
  await context.close();
});
