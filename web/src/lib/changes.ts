// From a stream of "this changed" to few reads: changes are gathered for a moment, each reader hears of its own once.
import { onChanged, type Changed } from './live.svelte';

export const GATHER_MS = 350;

/** Whether everything may have changed. */
export function isAnything(changed: Changed): boolean {
  return !changed.job_id && !changed.item_id && !changed.what;
}

/** Whether news concern this job. */
export function concerns(changed: Changed, jobId: string): boolean {
  return isAnything(changed) || changed.job_id === jobId;
}

/** Run once a while after any of the news that matter; the answer ends it. */
export function whenChanged(matters: (changed: Changed) => boolean, act: () => void, subscribe = onChanged): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const end = subscribe((changed) => {
    if (waiting !== undefined || !matters(changed)) return;
    waiting = setTimeout(() => {
      waiting = undefined;
      act();
    }, GATHER_MS);
  });
  return () => {
    clearTimeout(waiting);
    end();
  };
}
