// What the lobby's screen shows: what is being watched, and the latest reels with links that anybody may scan.
import { api, ApiError, type Item, type Share } from '../api';

export const MOST_REELS = 4;
export const MOST_WORK = 3;
const JOBS_LOOKED_AT = 12;
/** A link on the wall lasts this long, and is made anew when less than a third of that is left. */
export const LINK_HOURS = 72;

export interface Showing { work: Item[]; waiting: number; reels: Item[] }

/** The newest of everything; `now` for those in work, those furthest first. */
export function chosen(items: readonly Item[]): Showing {
  const under = items.filter((item) => item.status === 'processing').sort((one, other) => other.progress - one.progress);
  const queued = items.filter((item) => item.status === 'queued').length;
  const reels = items
    .filter((item) => item.download_url !== null && item.status === 'completed')
    .sort((one, other) => (other.finished_at_s ?? 0) - (one.finished_at_s ?? 0));
  return { work: under.slice(0, MOST_WORK), waiting: Math.max(0, under.length - MOST_WORK) + queued, reels: reels.slice(0, MOST_REELS) };
}

/** Read what there is to show. */
export async function readShowing(): Promise<Showing> {
  const { jobs } = await api.jobs(null, JOBS_LOOKED_AT);
  const details = await Promise.all(jobs.map((job) => api.job(job.job_id, 0, 200)));
  return chosen(details.flatMap((detail) => detail.items));
}

/** The link among these that lasts longest, if it lasts long enough to be shown. */
export function lasting(shares: readonly Share[], nowS: number): Share | null {
  const least = nowS + (LINK_HOURS * 3600) / 3;
  const good = shares.filter((share) => share.expires_at_s > least).sort((one, other) => other.expires_at_s - one.expires_at_s);
  return good[0] ?? null;
}

/** A link to a reel: one that is there, or a new one. None where this account may not share. */
export async function linkTo(item: Item, nowS = Date.now() / 1000): Promise<Share | null> {
  try {
    return lasting(await api.shares(item.item_id), nowS) ?? (await api.share(item.item_id, LINK_HOURS));
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404 || error.status === 409)) return null;
    throw error;
  }
}
