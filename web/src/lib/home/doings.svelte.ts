// What can be done with a recording from its card, each with a way back where there is one.
import { SvelteSet } from 'svelte/reactivity';
import { api, type Item } from '../api';
import { t } from '../i18n';
import { titleOf } from '../names';
import { lineOf } from '../said';
import { say, undoable } from '../ui/toasts.svelte';

/** Recordings that are as good as deleted. Reactive. */
export const gone = new SvelteSet<string>();

async function attempt(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    say(lineOf(error));
    return false;
  }
}

/** Delete a recording once nobody took it back. */
export function deleteSoon(item: Item): void {
  gone.add(item.item_id);
  const run = async () => {
    if (!(await attempt(() => api.deleteItem(item.item_id, { keepalive: true })))) gone.delete(item.item_id);
  };
  undoable(t('home.deleted', { name: titleOf(item) }), t('shared.undo'), { undo: () => gone.delete(item.item_id), run: () => void run() });
}

/** Stop working on a recording; the way back is to begin again where it was. */
export async function stop(item: Item): Promise<void> {
  if (!(await attempt(() => api.cancel(item.item_id)))) return;
  say(t('home.stoppedToast', { name: titleOf(item) }), { word: t('shared.undo'), run: () => void retry(item) });
}

export const retry = (item: Item) => attempt(() => api.retry(item.item_id));
export const pin = (item: Item, pinned: boolean) => attempt(() => api.pin(item.item_id, pinned));
