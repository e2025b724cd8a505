import type { Trouble } from './kinds';

/** How long until the next try. Short at first, as most lines come back at once; never long, as somebody is waiting. */
export function restMs(failures: number, chance: () => number = Math.random): number {
  const longest = Math.min(30_000, 1_000 * 2 ** Math.min(failures, 10));
  return Math.round(longest * (0.75 + 0.25 * chance()));
}

export interface Failure {
  /** 0: no answer came. */
  status: number;
  body: string;
  retryAfterS: number | null;
}

export interface Verdict {
  trouble: Trouble;
  /** `again`: by itself, after a rest. `anew`: the box has forgotten this upload. `stop`: somebody has to do something. */
  next: 'again' | 'anew' | 'stop';
  leastRestMs: number;
}

/** What a failed request means for its upload. */
export function judge(failure: Failure): Verdict {
  const { status } = failure;
  const said = wordsOf(failure.body);
  const verdict = (kind: Trouble['kind'], next: Verdict['next'], leastRestMs = 0): Verdict => ({
    trouble: { kind, status, ...said },
    next,
    leastRestMs: Math.max(leastRestMs, (failure.retryAfterS ?? 0) * 1_000),
  });
  if (status === 0) return verdict('offline', 'again');
  if (status === 401) return verdict('signedOut', 'again', 5_000);
  if (status === 404 || status === 410) return verdict('busy', 'anew');
  if (status === 507) return verdict('full', 'again', 30_000);
  if (status === 409 || status === 423 || status === 408 || status === 429 || status >= 500) return verdict('busy', 'again');
  return verdict('refused', 'stop');
}

/** The box answers `{error, remedy}`; a proxy in between may answer anything. */
export function wordsOf(body: string): { error: string; remedy: string } {
  try {
    const said = JSON.parse(body) as { error?: unknown; remedy?: unknown };
    return { error: textOf(said.error), remedy: textOf(said.remedy) };
  } catch {
    return { error: '', remedy: '' };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 500) : '');
