// Short words at the page's foot. What can be undone is done only once its toast is gone.

export interface Toast {
  id: number;
  text: string;
  act?: { word: string; run: () => void };
}

const SHOWN_MS = 6000;
const MOST = 4;

export const toasts = $state<Toast[]>([]);
let next = 1;
const due = new Map<number, { timer: ReturnType<typeof setTimeout>; end: () => void }>();

/** Say something. after: run when it goes without its act having been chosen. */
export function say(text: string, act?: Toast['act'], after: () => void = () => {}): number {
  const id = next++;
  const end = () => {
    drop(id);
    after();
  };
  due.set(id, { timer: setTimeout(end, SHOWN_MS), end });
  toasts.push({ id, text, ...(act ? { act } : {}) });
  while (toasts.length > MOST && toasts[0]) due.get(toasts[0].id)?.end();
  return id;
}

/** The act of a toast was chosen. */
export function choose(id: number): void {
  const toast = toasts.find((each) => each.id === id);
  drop(id);
  toast?.act?.run();
}

/** Close one; what it announced is done now. */
export function closeToast(id: number): void {
  due.get(id)?.end();
}

/** The page is being left: what was announced is done now. */
export function finishAll(): void {
  for (const { end } of [...due.values()]) end();
}

/** Do something that can be taken back for a while: shown as done, done when the toast goes. */
export function undoable(text: string, undoWord: string, { undo, run }: { undo: () => void; run: () => void }): void {
  say(text, { word: undoWord, run: undo }, run);
}

function drop(id: number): void {
  const waiting = due.get(id);
  if (waiting) clearTimeout(waiting.timer);
  due.delete(id);
  const at = toasts.findIndex((each) => each.id === id);
  if (at >= 0) toasts.splice(at, 1);
}
