// The list of drops: what was read before, and what was read now.
import type { Job, Jobs } from '../api';

/** The newest page over what is known: newer ones in front, changed ones in place, vanished ones gone. */
export function merged(known: readonly Job[], newest: Jobs): Job[] {
  const read = new Map(newest.jobs.map((job) => [job.job_id, job]));
  const oldest = newest.jobs.at(-1);
  // The page reaches this far back; what lies behind it was not asked for and stays.
  const behind = newest.next_before === null || !oldest ? [] : known.filter((job) => !read.has(job.job_id) && job.created_at_s < oldest.created_at_s);
  return [...newest.jobs, ...behind];
}
