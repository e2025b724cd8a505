import { expect, test } from 'vitest';
import { askedFor, isChanged, sensitivityOf, thresholdOf, unchanged, type Present } from './draft';

const knobs = { threshold: 0.08, pad_before: 2, pad_after: 3, budget: null };
const found: Present = { knobs, parts: [{ start: 1, end: 4 }], byHand: false };
const byHand: Present = { ...found, byHand: true };

test('a draft that was just begun changes nothing', () => {
  expect(isChanged(unchanged(found), found)).toBe(false);
  expect(isChanged(unchanged(byHand), byHand)).toBe(false);
});

test('another knob or another part is a change', () => {
  expect(isChanged({ knobs: { ...knobs, budget: 60 }, parts: null }, found)).toBe(true);
  expect(isChanged({ knobs, parts: [{ start: 1, end: 5 }] }, found)).toBe(true);
  expect(isChanged({ knobs, parts: [{ start: 1, end: 4 }] }, found)).toBe(false);
});

test('letting the box choose again is a change where parts were set by hand', () => {
  expect(isChanged({ knobs, parts: null }, byHand)).toBe(true);
});

test('the box is asked for parts, or for rules with an end to the length taken away', () => {
  expect(askedFor({ knobs, parts: [{ start: 1, end: 5 }] })).toEqual({ parts: [[1, 5]] });
  expect(askedFor({ knobs, parts: null })).toEqual(knobs);
});

test('sensitivity and threshold lead to each other, and more of one is less of the other', () => {
  let last = Infinity;
  for (let sensitivity = 0; sensitivity <= 100; sensitivity++) {
    const threshold = thresholdOf(sensitivity);
    expect(sensitivityOf(threshold)).toBe(sensitivity);
    expect(threshold).toBeLessThan(last);
    last = threshold;
  }
  expect(sensitivityOf(50)).toBe(0);
  expect(sensitivityOf(0.0001)).toBe(100);
});
