import { expect, test } from 'vitest';
import { begun, MOST_STEPS, redone, stepped, undone } from './history';

test('steps are taken back and done again in their order', () => {
  const three = stepped(stepped(begun(1), 2), 3);
  expect(undone(three).present).toBe(2);
  expect(undone(undone(three)).present).toBe(1);
  expect(redone(redone(undone(undone(three))))).toEqual(three);
});

test('there is nothing before the first step and nothing after the last', () => {
  const one = begun(1);
  expect(undone(one)).toBe(one);
  expect(redone(one)).toBe(one);
});

test('a new step forgets what was taken back', () => {
  const other = stepped(undone(stepped(begun(1), 2)), 5);
  expect(redone(other)).toBe(other);
  expect(undone(other).present).toBe(1);
});

test('undefined and null are values like any other', () => {
  expect(undone(stepped(begun<number | null>(null), 4)).present).toBeNull();
});

test('only so many steps are kept', () => {
  let history = begun(0);
  for (let step = 1; step <= MOST_STEPS + 50; step++) history = stepped(history, step);
  expect(history.past).toHaveLength(MOST_STEPS);
  expect(history.past[0]).toBe(50);
});
