import { expect, test, type Browser, type CDPSession, type Page } from '@playwright/test';
import { Appliance } from './support/appliance';
import { Spout } from './support/spout';

// Figures of pages that are left open: what they hold, and whether they still follow. Run by hand: `npm run test:soak`.
// SOAK_MINUTES: how long in real time (30). A box tells of each recording in work twice a second at most; here it is ten times, so that
// an hour's worth goes by in twelve minutes. Lines are broken again and again, and the box's program is killed twice.
const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);
const NEWS_PER_S = 10;
const SAMPLES = 30;
const RECORDINGS = 200;
/** A page may hold this much more at the end than after the first third, when every store is full. */
const MOST_GROWTH = 1.2;

interface Sample { minute: number; heapMB: number; nodes: number; listeners: number; answerMs: number }
interface Left { name: string; page: Page; session: CDPSession; samples: Sample[] }

let box: Appliance;
let spout: Spout;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  box = await Appliance.start('--recordings', String(RECORDINGS));
  const { jobs } = (await (await fetch(`${box.told.page}/api/jobs?limit=1`)).json()) as { jobs: { job_id: string }[] };
  const jobId = jobs[0]?.job_id ?? '';
  const { items } = (await (await fetch(`${box.told.page}/api/status/${jobId}?limit=12`)).json()) as { items: { item_id: string }[] };
  spout = await Spout.before(box.told.page, jobId, items.map(({ item_id }) => item_id));
});

test.afterAll(async () => {
  await spout?.close();
  await box?.stop();
});

async function left(browser: Browser, name: string, path: string): Promise<Left> {
  const context = await browser.newContext({ baseURL: spout.address, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto(path);
  return { name, page, session, samples: [] };
}

/** What a page holds when all that can go is gone, and how long it takes to draw when asked to. */
async function look({ page, session, samples }: Left, minute: number): Promise<void> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((each) => each.name === name)?.value ?? 0;
  const began = Date.now();
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  samples.push({ minute, heapMB: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes'), listeners: of('JSEventListeners'), answerMs: Date.now() - began });
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

test('pages that are left open hold no more in the end than in the beginning, and still follow', async ({ browser }) => {
  test.setTimeout(MINUTES * 60_000 + 300_000);
  const pages = [await left(browser, 'home', '/'), await left(browser, 'screen in the lobby', '/tv')];
  spout.pour(NEWS_PER_S);
  const began = Date.now();
  const restarts = new Set([Math.floor(SAMPLES / 3), Math.floor((2 * SAMPLES) / 3)]);
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const until = began + ((sample + 1) * MINUTES * 60_000) / SAMPLES;
    if (sample > 0) spout.breakLines(sample % 3 === 0 ? 2 : 0);
    if (restarts.has(sample)) await box.restartApi();
    await new Promise((go) => setTimeout(go, Math.max(0, until - Date.now())));
    for (const one of pages) await look(one, (Date.now() - began) / 60_000);
  }
  console.log(`  ${spout.told.news} pieces of news, ${spout.told.finished} recordings finished, ${spout.told.broken} lines broken, ${spout.told.refused} refused, ${restarts.size} restarts, in ${MINUTES} minutes`);
  for (const { name, samples } of pages) {
    console.log(`\n  ${name}\n${row(['minute', 'heap MB', 'nodes', 'listeners', 'two pictures ms'])}`);
    for (const each of samples) console.log(row([each.minute.toFixed(1), each.heapMB.toFixed(2), each.nodes, each.listeners, each.answerMs]));
  }
  // It follows: what the box says now is on the page soon.
  const [home] = pages;
  const oldest = spout.oldest;
  await expect.poll(() => home?.page.locator('article').filter({ hasText: 'Watching' }).count(), { timeout: 15_000 }).toBe(3);
  await expect.poll(() => spout.oldest?.itemId, { timeout: 60_000 }).not.toBe(oldest?.itemId);
  await expect(home!.page.locator(`a[href="/recordings/${oldest?.itemId}"]`).first()).toBeVisible();
  for (const { name, samples } of pages) {
    const third = Math.floor(samples.length / 3);
    const [early, late] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
    for (const what of ['heapMB', 'nodes', 'listeners'] as const) {
      expect.soft(median(late.map((each) => each[what])), `${what} of ${name}`).toBeLessThan(MOST_GROWTH * median(early.map((each) => each[what])));
    }
  }
});

test('going to and fro leaves nothing behind', async ({ browser }) => {
  test.setTimeout(600_000);
  const one = await left(browser, 'to and fro', '/');
  const { page } = one;
  for (let turn = 0; turn < 60; turn += 1) {
    await page.locator('article h3 a').nth(turn % 6).click();
    await expect(page).toHaveURL(/recordings/);
    await expect(page.locator('h1')).toBeVisible();
    for (const name of ['Cards', 'Box', 'Recordings']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await expect(page.locator('h1')).toBeVisible();
    }
    await expect(page.locator('article').first()).toBeVisible();
    if (turn % 6 === 5) await look(one, turn + 1);
  }
  console.log(row(['turn', 'heap MB', 'nodes', 'listeners', 'two pictures ms']));
  for (const each of one.samples) console.log(row([each.minute, each.heapMB.toFixed(2), each.nodes, each.listeners, each.answerMs]));
  const [early, late] = [one.samples.slice(2, 5), one.samples.slice(-3)];
  for (const what of ['heapMB', 'nodes', 'listeners'] as const) {
    expect.soft(median(late.map((each) => each[what])), what).toBeLessThan(MOST_GROWTH * median(early.map((each) => each[what])));
  }
});
