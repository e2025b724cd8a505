import { choose, type Choice } from './choosing';
import { fromDrop, fromPicker } from './folders';
import { markOf } from './mark';
import { UploadMemory } from './memory';
import { UploadQueue } from './queue';
import { tusCarrier } from './tus';

export { ACCEPTED } from './choosing';
export type { LeftOut } from './choosing';
export type { Upload } from './kinds';
export { phoneWord, summaryOf } from './summary';

const WINDOW = 'rinkreel.window';
const WATCH_MS = 5_000;

/** The uploads of this page; a store. */
export const uploads = new UploadQueue({
  carrier: tusCarrier,
  timing: { nowMs: Date.now, later },
  memory: new UploadMemory(localStorage, windowId(), Date.now),
  markOf,
  newId,
});

/** What was just chosen: taken, gone on with, and left out with the reason. */
export interface Taken {
  added: number;
  resumed: number;
  leftOut: Choice['leftOut'];
}

export async function takeFiles(files: Iterable<File>): Promise<Taken> {
  return take(choose(fromPicker(files)));
}

export async function takeDrop(transfer: DataTransfer): Promise<Taken> {
  return take(choose(await fromDrop(transfer)));
}

async function take({ wanted, leftOut }: Choice): Promise<Taken> {
  return { ...(await uploads.add(wanted)), leftOut };
}

/** Take up what was left, and go on whenever the line, the screen or the page comes back; the answer ends it. */
export function tend(): () => void {
  const wake = (): void => uploads.wake();
  const seen = (): void => (document.visibilityState === 'visible' ? uploads.wake() : undefined);
  const pulse = setInterval(() => uploads.watch(), WATCH_MS);
  addEventListener('online', wake);
  addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', seen);
  uploads.restore();
  return () => {
    clearInterval(pulse);
    removeEventListener('online', wake);
    removeEventListener('pageshow', wake);
    document.removeEventListener('visibilitychange', seen);
  };
}

/** Open the picker of files, or of a folder; asked for by any page's button. */
export function askForFiles(what: 'files' | 'folder' = 'files'): void {
  dispatchEvent(new CustomEvent(ASKED, { detail: what }));
}

export const ASKED = 'rinkreel:pick';

function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** The same after a reload, another one in another window. */
function windowId(): string {
  try {
    const kept = sessionStorage.getItem(WINDOW) ?? newId();
    sessionStorage.setItem(WINDOW, kept);
    return kept;
  } catch {
    return newId();
  }
}

function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join('');
}
