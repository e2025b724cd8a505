// Which parts of a recording are kept, for the strips of many cards: asked once for each cut, a few at a time.
import { api, ApiError } from './api';

export type Kept = [start: number, end: number][];
const MOST_KEPT = 600;
const AT_ONCE = 4;
const kept = new Map<string, Promise<Kept>>();
const waiting: (() => void)[] = [];
let running = 0;

/** The kept spans of an item's cut. */
export function keptSpans(itemId: string, revision: number): Promise<Kept> {
  const key = `${itemId}.${revision}`;
  let found = kept.get(key);
  if (!found) {
    found = inTurn(() => read(itemId));
    found.catch(() => kept.delete(key));
    kept.set(key, found);
    const oldest = kept.keys().next().value;
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  }
  return found;
}

async function read(itemId: string): Promise<Kept> {
  try {
    return (await api.segments(itemId, 0, 1)).cuts.map((cut): [number, number] => [cut.start_s, cut.end_s]);
  } catch (error) {
    // No cut of it is there any more; that is an answer too.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

async function inTurn<Found>(ask: () => Promise<Found>): Promise<Found> {
  if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  running += 1;
  try {
    return await ask();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
