// A recording may be several files, one after the other: which of them a time lies in.

/** lengths: of all files but the last may be left to know. */
export function fileAt(lengths: readonly number[], time: number): { file: number; at: number } {
  let file = 0;
  let at = Math.max(0, time);
  while (file < lengths.length - 1 && at >= lengths[file]!) at -= lengths[file++]!;
  return { file, at };
}

/** Where in the recording a file begins. */
export function beginOf(lengths: readonly number[], file: number): number {
  return lengths.slice(0, file).reduce((sum, length) => sum + length, 0);
}

const PATIENCE_MS = 15_000;

/** How long a film is, in seconds; null when the browser cannot tell. */
export function lengthOfFilm(url: string): Promise<number | null> {
  return new Promise((tell) => {
    const probe = document.createElement('video');
    const end = (length: number | null) => {
      clearTimeout(patience);
      probe.removeAttribute('src');
      probe.load();
      tell(length);
    };
    const patience = setTimeout(() => end(null), PATIENCE_MS);
    probe.preload = 'metadata';
    probe.onloadedmetadata = () => end(Number.isFinite(probe.duration) ? probe.duration : null);
    probe.onerror = () => end(null);
    probe.src = url;
  });
}

/** Lengths of all files; those that the browser cannot tell are taken to be as their sizes say. */
export async function lengthsOf(urls: readonly string[], sizes: readonly number[], duration: number): Promise<number[]> {
  if (urls.length <= 1) return [duration];
  const bytes = sizes.reduce((sum, size) => sum + size, 0) || 1;
  const lengths: number[] = [];
  for (const [at, url] of urls.entries()) lengths.push((await lengthOfFilm(url)) ?? (duration * (sizes[at] ?? 0)) / bytes);
  return lengths;
}
