import type { Chosen } from './kinds';

/** What the box is told of the files that come with one, so that a camera's chapters become one recording. */
export type Party = { batch: string; beside: string };

/** The header that carries it takes 8 kB, packed by four thirds, with the file's own name beside it. */
export const MOST_BYTES = 5_000;

/** Of many files, those are named that lie nearest: chapters follow each other. */
export function partiesOf(chosen: readonly Chosen[]): (one: Chosen, batch: string) => Party | null {
  const sorted = [...chosen].sort((one, other) => (one.place < other.place ? -1 : 1));
  const at = new Map(sorted.map((each, index) => [each, index]));
  return (one, batch) => (chosen.length < 2 ? null : { batch, beside: `[${near(sorted, at.get(one) ?? 0).join(',')}]` });
}

function near(sorted: readonly Chosen[], at: number): string[] {
  const named: string[] = [];
  let bytes = 2;
  for (let step = 0; step < 2 * sorted.length; step += 1) {
    // 0, 1 after, 1 before, 2 after, …
    const each = sorted[at + (step % 2 === 0 ? -step / 2 : (step + 1) / 2)];
    if (each === undefined) continue;
    const entry = JSON.stringify([each.place, each.file.size]);
    bytes += new TextEncoder().encode(entry).length + 1;
    if (bytes > MOST_BYTES) break;
    named.push(entry);
  }
  return named;
}
