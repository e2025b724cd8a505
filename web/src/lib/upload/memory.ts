import type { Upload } from './kinds';

/** The parts of localStorage and sessionStorage that are used here. */
export interface Shelf {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export type Remembered = Pick<Upload, 'id' | 'name' | 'place' | 'size' | 'mark' | 'url' | 'sent'>;

const PREFIX = 'rinkreel.uploads.';
const MOST = 500;
/** Another window that has not said for so long that it still lives is gone; its uploads are ours. */
export const SILENT_MS = 15_000;

/** Uploads that outlive the page. Each window has its own list, so that two do not send the same file at once. */
export class UploadMemory {
  private readonly own: string;

  constructor(
    private readonly shelf: Shelf,
    windowId: string,
    private readonly nowMs: () => number,
  ) {
    this.own = PREFIX + windowId;
  }

  save(uploads: readonly Remembered[]): void {
    const kept = uploads.slice(0, MOST).map(({ id, name, place, size, mark, url, sent }) => ({ id, name, place, size, mark, url, sent }));
    try {
      if (kept.length === 0) this.shelf.removeItem(this.own);
      else this.shelf.setItem(this.own, JSON.stringify({ atMs: this.nowMs(), uploads: kept }));
    } catch {
      // Private windows and full shelves remember nothing; sending goes on all the same.
    }
  }

  /** Our own list from before the reload, and those of windows that are gone. */
  recall(): Remembered[] {
    try {
      const keys = Array.from({ length: this.shelf.length }, (_, index) => this.shelf.key(index)).filter((key) => key?.startsWith(PREFIX));
      return keys.flatMap((key) => (key === null ? [] : this.take(key))).slice(0, MOST);
    } catch {
      return [];
    }
  }

  private take(key: string): Remembered[] {
    const { atMs, uploads } = read(this.shelf.getItem(key));
    if (key !== this.own && this.nowMs() - atMs < SILENT_MS) return [];
    this.shelf.removeItem(key);
    return uploads;
  }
}

function read(text: string | null): { atMs: number; uploads: Remembered[] } {
  try {
    const said = JSON.parse(text ?? '') as { atMs?: unknown; uploads?: unknown };
    const uploads = Array.isArray(said.uploads) ? said.uploads.filter(isRemembered) : [];
    return { atMs: typeof said.atMs === 'number' ? said.atMs : 0, uploads };
  } catch {
    return { atMs: 0, uploads: [] };
  }
}

function isRemembered(value: unknown): value is Remembered {
  const said = value as Partial<Record<keyof Remembered, unknown>> | null;
  const texts = [said?.id, said?.name, said?.place, said?.mark, said?.url];
  return texts.every((text) => typeof text === 'string') && Number.isFinite(said?.size) && Number.isFinite(said?.sent);
}
