import { expect, test } from 'vitest';
import { ceilingOf, columns, heightOf, placeOf, speedAt } from './motion';

const motion = { times: [0, 1, 2, 3, 4], speeds: [0, 0.5, 2, 0.25, 0] };

test('each pixel shows the fastest of its samples', () => {
  expect([...columns(motion, { from: 0, to: 5 }, 5)]).toEqual([0, 0.5, 2, 0.25, 0]);
  expect(Math.max(...columns(motion, { from: 0, to: 5 }, 2))).toBe(2);
});

test('a sample stands until the next one when one looks closely', () => {
  expect([...columns(motion, { from: 2, to: 4 }, 4)]).toEqual([2, 2, 0.25, 0.25]);
});

test('a stretch without samples and a strip without width are empty', () => {
  expect([...columns({ times: [], speeds: [] }, { from: 0, to: 5 }, 3)]).toEqual([0, 0, 0]);
  expect(columns(motion, { from: 0, to: 5 }, -2)).toHaveLength(0);
});

test('three hours of samples are drawn from those in view only', () => {
  const times = Array.from({ length: 86_400 }, (_, at) => at / 8);
  let looked = 0;
  const speeds = new Proxy(times, {
    get(all, name) {
      if (typeof name === 'string' && /^\d+$/.test(name)) looked += 1;
      return Reflect.get(all, name) as unknown;
    },
  });
  columns({ times, speeds }, { from: 5000, to: 5060 }, 300);
  expect(looked).toBeGreaterThan(0);
  expect(looked).toBeLessThan(2 * 60 * 8 + 20 + 600);
});

test('the place of a time is that of the first sample not before it', () => {
  expect([-1, 0, 0.5, 4, 9].map((time) => placeOf(motion.times, time))).toEqual([0, 0, 1, 4, 5]);
});

test('a speed and its height lead to each other, and stay on the chart', () => {
  const ceiling = ceilingOf(motion, 0.08);
  for (const speed of [0, 0.02, 0.08, 1, ceiling]) expect(speedAt(heightOf(speed, ceiling), ceiling)).toBeCloseTo(speed, 9);
  expect(heightOf(99, ceiling)).toBe(1);
  expect(speedAt(-1, ceiling)).toBe(0);
  expect(ceilingOf({ times: [], speeds: [] }, 0.4)).toBe(1);
});
