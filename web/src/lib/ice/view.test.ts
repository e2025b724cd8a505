import { expect, test } from 'vitest';
import { chance } from './chance';
import { around, CLOSEST_S, length, panned, pinched, showing, ticks, timeAt, whole, xOf, zoomed, type View } from './view';

function expectInside(view: View, duration: number): void {
  expect(view.from).toBeGreaterThanOrEqual(0);
  expect(view.to).toBeLessThanOrEqual(duration + 1e-6);
  expect(length(view)).toBeGreaterThanOrEqual(Math.min(CLOSEST_S, duration) - 1e-6);
}

test('however one zooms, pans and pinches, the view stays inside the recording', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = chance(seed);
    const duration = 0.5 + next() * 10_800;
    let view = whole(duration);
    for (let turn = 0; turn < 30; turn++) {
      const kind = Math.floor(next() * 5);
      const time = next() * duration;
      if (kind === 0) view = zoomed(view, duration, Math.exp(next() * 6 - 3), time);
      else if (kind === 1) view = panned(view, duration, (next() - 0.5) * duration * 3);
      else if (kind === 2) view = pinched(duration, 360, [time, next() * duration], [next() * 360, next() * 360]);
      else if (kind === 3) view = showing(view, duration, time);
      else view = around(time, time + next() * 30, duration);
      expectInside(view, duration);
    }
  }
});

test('a time lies under its pixel, and a pixel over its time', () => {
  const view = { from: 120, to: 180 };
  expect(xOf(view, 600, 150)).toBe(300);
  expect(timeAt(view, 600, 300)).toBe(150);
  for (const time of [120, 133.7, 180]) expect(timeAt(view, 317, xOf(view, 317, time))).toBeCloseTo(time, 9);
  expect(timeAt(view, 0, 40)).toBe(120);
});

test('the time under the finger stays under it while one zooms', () => {
  const before = { from: 100, to: 200 };
  const after = zoomed(before, 1000, 2.5, 130);
  expect(xOf(after, 500, 130)).toBeCloseTo(xOf(before, 500, 130), 6);
  expect(length(after)).toBeCloseTo(40, 6);
});

test('both fingers keep the times they were put on', () => {
  const view = pinched(1000, 400, [300, 320], [100, 300]);
  expect(timeAt(view, 400, 100)).toBeCloseTo(300, 6);
  expect(timeAt(view, 400, 300)).toBeCloseTo(320, 6);
});

test('a view that shows the time already stays where it is', () => {
  const view = { from: 100, to: 200 };
  expect(showing(view, 1000, 150)).toBe(view);
  expect(showing(view, 1000, 250).to).toBeCloseTo(258, 6);
  expect(showing(view, 1000, 5).from).toBe(0);
});

test('labels are round, inside the view, and as far apart as asked', () => {
  for (const [from, to] of [[0, 10_800], [31.4, 33.5], [100, 460]] as const) {
    const { step, times } = ticks({ from, to }, 800, 80);
    expect(times.length).toBeGreaterThan(0);
    expect((step / (to - from)) * 800).toBeGreaterThanOrEqual(80);
    for (const time of times) {
      expect(time).toBeGreaterThanOrEqual(from - 1e-6);
      expect(time).toBeLessThanOrEqual(to + 1e-6);
      expect(Math.abs(time / step - Math.round(time / step))).toBeLessThan(1e-6);
    }
  }
});
