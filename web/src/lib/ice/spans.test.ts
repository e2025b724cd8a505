import { describe, expect, test } from 'vitest';
import { chance } from './chance';
import {
  gaps, indexAt, isSame, lastIndexWhere, normalised, originalTime, reelTime, SHORTEST_S, snapped, total, withAdded, withDropped,
  withEdge, within, withJoined, withSplit, type Span,
} from './spans';

const HOUR = 3600;

function expectProper(spans: readonly Span[], duration: number): void {
  let last = 0;
  for (const { start, end } of spans) {
    expect(start).toBeGreaterThanOrEqual(last);
    expect(end - start).toBeGreaterThanOrEqual(SHORTEST_S - 1e-6);
    last = end;
  }
  expect(last).toBeLessThanOrEqual(duration);
}

function someSpans(next: () => number, duration: number): Span[] {
  const many = Math.floor(next() * 12);
  return normalised(Array.from({ length: many }, () => ({ start: next() * duration, end: next() * duration })), duration);
}

describe('any number of edits', () => {
  test('leave the parts sorted, disjoint, long enough and inside the recording', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = chance(seed);
      const duration = 1 + next() * 3 * HOUR;
      let spans = someSpans(next, duration);
      for (let edit = 0; edit < 30; edit++) {
        const index = Math.floor(next() * (spans.length + 1));
        const time = (next() * 1.4 - 0.2) * duration;
        const kind = Math.floor(next() * 5);
        if (kind === 0) spans = withEdge(spans, index, next() < 0.5 ? 'start' : 'end', time, duration);
        else if (kind === 1) spans = withAdded(spans, { start: time, end: next() * duration }, duration);
        else if (kind === 2) spans = withDropped(spans, index);
        else if (kind === 3) spans = withSplit(spans, time);
        else spans = withJoined(spans, index);
        expectProper(spans, duration);
      }
    }
  });

  test('leave the list they were given as it was', () => {
    const spans = Object.freeze([Object.freeze({ start: 1, end: 5 }), Object.freeze({ start: 8, end: 9 })]);
    withEdge(spans, 0, 'end', 7, 10);
    withAdded(spans, { start: 4, end: 8.5 }, 10);
    withSplit(spans, 3);
    withJoined(spans, 0);
    expect(spans).toEqual([{ start: 1, end: 5 }, { start: 8, end: 9 }]);
  });
});

test('parts and gaps together are the whole recording', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = chance(seed);
    const spans = someSpans(next, 500);
    expect(total(spans) + total(gaps(spans, 500))).toBeCloseTo(500, 2);
  }
});

test('an edge stops at its neighbour and before its own other end', () => {
  const spans = [{ start: 1, end: 5 }, { start: 8, end: 9 }];
  expect(withEdge(spans, 0, 'end', 100, 10)[0]).toEqual({ start: 1, end: 8 });
  expect(withEdge(spans, 1, 'start', -4, 10)[1]).toEqual({ start: 5, end: 9 });
  expect(withEdge(spans, 1, 'end', 2, 10)[1]).toEqual({ start: 8, end: 8 + SHORTEST_S });
  expect(withEdge(spans, 7, 'end', 2, 10)).toEqual(spans);
  expect(withEdge(spans, 0, 'end', Number.NaN, 10)).toEqual(spans);
});

test('a part that is added backwards over others takes them in', () => {
  expect(withAdded([{ start: 1, end: 5 }, { start: 8, end: 9 }], { start: 8.5, end: 4 }, 10)).toEqual([{ start: 1, end: 9 }]);
});

test('a split makes two parts that touch, unless a half would be too short to watch', () => {
  expect(withSplit([{ start: 1, end: 5 }], 3)).toEqual([{ start: 1, end: 3 }, { start: 3, end: 5 }]);
  expect(withSplit([{ start: 1, end: 5 }], 1.05)).toEqual([{ start: 1, end: 5 }]);
  expect(withSplit([{ start: 1, end: 5 }], 7)).toEqual([{ start: 1, end: 5 }]);
});

test('times that are no numbers never become parts', () => {
  expect(normalised([{ start: Number.NaN, end: 4 }, { start: 0, end: Infinity }, { start: 6, end: 2 }], 10)).toEqual([]);
});

test('a part is found by any time in it, and none by a time between', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = chance(seed);
    const spans = someSpans(next, 900);
    for (let turn = 0; turn < 40; turn++) {
      const time = next() * 900;
      expect(indexAt(spans, time)).toBe(spans.findIndex((span) => time >= span.start && time < span.end));
    }
  }
});

test('only parts that touch the window are looked at', () => {
  const spans = [{ start: 0, end: 1 }, { start: 4, end: 6 }, { start: 8, end: 9 }];
  expect(within(spans, 5, 7)).toEqual([1, 2]);
  expect(within(spans, 2, 3)).toEqual([1, 1]);
  expect(within(spans, 0, 9)).toEqual([0, 3]);
});

test('a place in the reel leads to the original and back', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = chance(seed);
    const spans = someSpans(next, 900);
    const length = total(spans);
    for (let turn = 0; turn < 20 && length > 0; turn++) {
      const at = next() * (length - 0.01);
      expect(reelTime(spans, originalTime(spans, at))).toBeCloseTo(at, 5);
    }
  }
  expect(reelTime([{ start: 2, end: 4 }], 1)).toBe(0);
  expect(originalTime([{ start: 2, end: 4 }], 99)).toBe(4);
  expect(originalTime([], 3)).toBe(0);
});

test('a time snaps to the nearest mark within reach', () => {
  expect(snapped(5.04, [5, 5.1], 0.1)).toBe(5);
  expect(snapped(5.2, [5], 0.1)).toBe(5.2);
});

test('lists that differ by less than anybody sees are the same', () => {
  expect(isSame([{ start: 1, end: 2 }], [{ start: 1.001, end: 2 }])).toBe(true);
  expect(isSame([{ start: 1, end: 2 }], [{ start: 1.01, end: 2 }])).toBe(false);
  expect(isSame([], [{ start: 1, end: 2 }])).toBe(false);
});

test('the last of a kind is found from behind', () => {
  expect(lastIndexWhere([1, 2, 3, 2], (each) => each === 2)).toBe(3);
  expect(lastIndexWhere([1], (each) => each === 2)).toBe(-1);
});
