import type { Chosen } from './kinds';

/** No card holds more, and a page must not hang on somebody's home folder. */
export const MOST_FILES = 5_000;
const DEEPEST = 12;

export interface Found extends Chosen {
  byHand: boolean;
}

/** What a picker gave. With a folder picker, files carry their place in it. */
export function fromPicker(files: Iterable<File>): Found[] {
  return [...files].slice(0, MOST_FILES).map((file) => ({
    file,
    place: file.webkitRelativePath || file.name,
    byHand: !file.webkitRelativePath,
  }));
}

/** What was dropped, folders opened. The entries have to be taken before the first await: a drop is over then. */
export async function fromDrop(transfer: Pick<DataTransfer, 'items' | 'files'>): Promise<Found[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry): entry is FileSystemEntry => entry !== null);
  if (entries.length === 0) return fromPicker(transfer.files);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, '', DEEPEST, found);
  return found;
}

async function walk(entry: FileSystemEntry, above: string, deeper: number, found: Found[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  const place = above ? `${above}/${entry.name}` : entry.name;
  if (entry.isFile) {
    const file = await fileOf(entry as FileSystemFileEntry);
    if (file !== null) found.push({ file, place, byHand: above === '' });
  } else if (entry.isDirectory && deeper > 0) {
    for await (const child of childrenOf(entry as FileSystemDirectoryEntry)) await walk(child, place, deeper - 1, found);
  }
}

/** A file that vanished or may not be read is left out; the others go on. */
function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}

async function* childrenOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  // A reader gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) return;
    yield* some;
  }
}
