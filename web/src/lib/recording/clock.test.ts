import { expect, test } from 'vitest';
import { exactClock, readClock, tickClock } from './clock';

test('a time that is written can be read again', () => {
  for (let tenths = 0; tenths < 120_000; tenths += 137) expect(readClock(exactClock(tenths / 10))).toBeCloseTo(tenths / 10, 6);
});

test('people may write a comma, seconds alone, or hours', () => {
  expect(readClock(' 12:05,5 ')).toBe(725.5);
  expect(readClock('90')).toBe(90);
  expect(readClock('1:02:03.25')).toBe(3723.25);
});

test('what is no time is refused', () => {
  for (const text of ['', 'abc', '1:75', '1:2:3:4', '-5', '1:60:00', '1e9', '5.']) expect(readClock(text)).toBeNull();
});

test('tenths are written only where steps are that small', () => {
  expect(tickClock(61.5, 0.5)).toBe('1:01.5');
  expect(tickClock(3600, 600)).toBe('1:00:00');
  expect(exactClock(59.96)).toBe('1:00.0');
});
