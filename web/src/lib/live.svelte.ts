// Live news of the box: one line for the whole page, mended by itself. News may be missed; after each mend everything is read anew.
import { SvelteMap } from 'svelte/reactivity';
import { api, ApiError } from './api';

/** What changed; all empty: read everything anew. what: `item`, `job`, `notices`, `shares`, `accounts`, `keys`. */
export interface Changed { job_id?: string; item_id?: string; what?: string }
export interface Progress { item_id: string; job_id: string; stage: string; share: number; stages: { stage: string; share: number }[]; eta_s: number | null }

/** How the line is. `offline` only after it was away for a while, so that a blink shows no banner. */
export const live = $state<{ line: 'connecting' | 'live' | 'offline' }>({ line: 'connecting' });

/** The latest progress by item. Reactive. */
export const progress = new SvelteMap<string, Progress>();

const MOST_PROGRESS = 500;
const SILENT_S = 40;
const BLINK_MS = 2500;
/** What was read while the line was first opened is read once more, but only when the page stands. */
const STANDS_MS = 1200;
const listeners = new Set<(changed: Changed) => void>();

let source: EventSource | null = null;
let heardAt = 0;
let again: ReturnType<typeof setTimeout> | undefined;
let blink: ReturnType<typeof setTimeout> | undefined;
let pulse: ReturnType<typeof setInterval> | undefined;
let tries = 0;
let opened = false;
let stands: ReturnType<typeof setTimeout> | undefined;

/** Be told what changed; the answer ends it. */
export function onChanged(act: (changed: Changed) => void): () => void {
  listeners.add(act);
  return () => listeners.delete(act);
}

/** Open the line; the answer closes it. */
export function openLine(): () => void {
  connect();
  pulse = setInterval(() => void checkSilence(), 10_000);
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', reconnect);
  return () => {
    document.removeEventListener('visibilitychange', wake);
    removeEventListener('online', reconnect);
    clearInterval(pulse);
    clearTimeout(again);
    clearTimeout(blink);
    clearTimeout(stands);
    opened = false;
    source?.close();
    source = null;
    progress.clear();
    live.line = 'connecting';
  };
}

/** How long to wait before the next try, in milliseconds: soon at first, never long. */
export function waitBefore(attempt: number): number {
  return Math.min(10_000, 500 * 2 ** Math.min(attempt, 8));
}

function connect(): void {
  clearTimeout(again);
  source?.close();
  const line = new EventSource('/api/events');
  source = line;
  heardAt = Date.now();
  line.onopen = () => {
    tries = 0;
    heardAt = Date.now();
    clearTimeout(blink);
    blink = undefined;
    live.line = 'live';
    if (opened) tell({});
    else stands = setTimeout(() => tell({}), STANDS_MS);
    opened = true;
  };
  line.onerror = () => void broke(line);
  line.addEventListener('changed', (event) => tell(read<Changed>(event) ?? {}));
  line.addEventListener('progress', (event) => {
    const news = read<Progress>(event);
    if (news) note(news);
  });
}

/** A browser mends a broken line by itself, but gives up when the box answers with an error: then we try. */
async function broke(line: EventSource): Promise<void> {
  if (line !== source) return;
  blink ??= setTimeout(() => (live.line = 'offline'), BLINK_MS);
  if (line.readyState !== EventSource.CLOSED) return;
  again = setTimeout(connect, waitBefore(tries++));
  // Perhaps nobody is signed in any more; the client says so to the session.
  await api.me({ timeoutS: 8 }).catch(() => undefined);
}

function reconnect(): void {
  tries = 0;
  connect();
}

function wake(): void {
  // A phone that slept holds a line that nobody is at the other end of.
  if (document.visibilityState === 'visible' && (live.line !== 'live' || Date.now() - heardAt > SILENT_S * 1000)) reconnect();
}

/** Quiet may mean that nothing happens, or that nobody is there: ask. */
async function checkSilence(): Promise<void> {
  if (document.visibilityState !== 'visible' || Date.now() - heardAt < SILENT_S * 1000) return;
  heardAt = Date.now();
  try {
    await api.me({ timeoutS: 8 });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0) return;
    live.line = 'offline';
    reconnect();
  }
}

function read<News>(event: Event): News | null {
  heardAt = Date.now();
  try {
    return JSON.parse((event as MessageEvent<string>).data) as News;
  } catch {
    return null;
  }
}

function note(news: Progress): void {
  if (!progress.has(news.item_id) && progress.size >= MOST_PROGRESS) {
    const oldest = progress.keys().next().value;
    if (oldest !== undefined) progress.delete(oldest);
  }
  progress.set(news.item_id, news);
}

function tell(changed: Changed): void {
  heardAt = Date.now();
  if (changed.item_id) progress.delete(changed.item_id);
  for (const act of listeners) act(changed);
}
