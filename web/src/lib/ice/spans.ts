/** Editing of kept parts. Lists of spans are always sorted, disjoint and inside the recording; every function answers a new list. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Edge = 'start' | 'end';

/** Nobody can watch less than this, and no handle could be grabbed. */
export const SHORTEST_S = 0.2;

/** A thousandth of a second is finer than any frame, and keeps sums from trailing digits. */
export function rounded(time: number): number {
  return Math.round(time * 1000) / 1000;
}

/** Any spans as a proper list: sorted, joined where they overlap, inside [0, duration], too short ones left out. */
export function normalised(spans: readonly Span[], duration: number): Span[] {
  const inside = spans
    .filter(({ start, end }) => Number.isFinite(start) && Number.isFinite(end))
    .map(({ start, end }) => ({ start: clamped(rounded(start), 0, duration), end: clamped(rounded(end), 0, duration) }))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const joined: Span[] = [];
  for (const span of inside) {
    const last = joined[joined.length - 1];
    if (last && span.start < last.end) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else joined.push(span);
  }
  return joined.filter(isLongEnough);
}

/** Number of the span that holds this time, or -1. */
export function indexAt(spans: readonly Span[], time: number): number {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle]!;
    if (time < span.start) high = middle - 1;
    else if (time >= span.end) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** Numbers [first, last) of the spans that touch a window. */
export function within(spans: readonly Span[], from: number, to: number): [number, number] {
  const first = firstWhere(spans, (span) => span.end >= from);
  return [
    first,
    Math.max(
      first,
      firstWhere(spans, (span) => span.start > to),
    ),
  ];
}

/** An edge goes where it is dragged, but neither past its neighbour nor past its own other end. */
export function withEdge(spans: readonly Span[], index: number, edge: Edge, time: number, duration: number): Span[] {
  const span = spans[index];
  if (!span || !Number.isFinite(time)) return [...spans];
  const before = spans[index - 1]?.end ?? 0;
  const after = spans[index + 1]?.start ?? duration;
  const moved =
    edge === 'start'
      ? { start: clamped(rounded(time), before, span.end - SHORTEST_S), end: span.end }
      : { start: span.start, end: clamped(rounded(time), span.start + SHORTEST_S, after) };
  return spans.map((each, at) => (at === index ? moved : each));
}

/** One more part; it takes in whatever it overlaps. */
export function withAdded(spans: readonly Span[], added: Span, duration: number): Span[] {
  const span = added.start <= added.end ? added : { start: added.end, end: added.start };
  return normalised([...spans, span], duration);
}

/** One part less. */
export function withDropped(spans: readonly Span[], index: number): Span[] {
  return spans.filter((_, at) => at !== index);
}

/** Two parts where one was; nothing changes where a half would be too short. */
export function withSplit(spans: readonly Span[], time: number): Span[] {
  const index = indexAt(spans, time);
  const span = spans[index];
  if (!span) return [...spans];
  const halves = [
    { start: span.start, end: rounded(time) },
    { start: rounded(time), end: span.end },
  ];
  return halves.every(isLongEnough) ? [...spans.slice(0, index), ...halves, ...spans.slice(index + 1)] : [...spans];
}

/** A part and the one after it become one, with what lies between. */
export function withJoined(spans: readonly Span[], index: number): Span[] {
  const [first, second] = [spans[index], spans[index + 1]];
  if (!first || !second) return [...spans];
  return [...spans.slice(0, index), { start: first.start, end: second.end }, ...spans.slice(index + 2)];
}

/** What lies between the parts. */
export function gaps(spans: readonly Span[], duration: number): Span[] {
  const found: Span[] = [];
  let at = 0;
  for (const span of spans) {
    if (span.start > at) found.push({ start: at, end: span.start });
    at = span.end;
  }
  if (duration > at) found.push({ start: at, end: duration });
  return found;
}

/** Seconds of all parts together. */
export function total(spans: readonly Span[]): number {
  return rounded(spans.reduce((sum, { start, end }) => sum + end - start, 0));
}

/** Whether two lists say the same. */
export function isSame(one: readonly Span[], other: readonly Span[]): boolean {
  return (
    one.length === other.length &&
    one.every((span, at) => Math.abs(span.start - other[at]!.start) < 0.0015 && Math.abs(span.end - other[at]!.end) < 0.0015)
  );
}

/** The nearest of some times, if one is within reach; else the time itself. */
export function snapped(time: number, marks: readonly number[], reach: number): number {
  let best = time;
  let distance = reach;
  for (const mark of marks) {
    const away = Math.abs(mark - time);
    if (away <= distance) [best, distance] = [mark, away];
  }
  return best;
}

/** Where the reel is while the original is at this time; between parts, where the next one begins. */
export function reelTime(spans: readonly Span[], time: number): number {
  let sum = 0;
  for (const { start, end } of spans) {
    if (time < start) return sum;
    if (time < end) return sum + time - start;
    sum += end - start;
  }
  return sum;
}

/** Where the original is while the reel is at this time. */
export function originalTime(spans: readonly Span[], time: number): number {
  let left = Math.max(0, time);
  for (const { start, end } of spans) {
    if (left < end - start) return start + left;
    left -= end - start;
  }
  return spans[spans.length - 1]?.end ?? 0;
}

/** Number of the last one for which something holds, or -1. */
export function lastIndexWhere<Each>(list: readonly Each[], holds: (each: Each) => boolean): number {
  for (let at = list.length - 1; at >= 0; at--) if (holds(list[at]!)) return at;
  return -1;
}

export function clamped(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

function isLongEnough({ start, end }: Span): boolean {
  return end - start >= SHORTEST_S - 1e-9;
}

function firstWhere(spans: readonly Span[], holds: (span: Span) => boolean): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(spans[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
