import { beforeEach, expect, test, vi } from 'vitest';
import { isWorthIt, remember, remembered } from './memory';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) });
});

test('a reel goes on where it was left, unless it was cut anew', () => {
  remember('a', { at: 50, cut: 1, length: 100 });
  expect(remembered('a', 1)).toBe(50);
  expect(remembered('a', 2)).toBeNull();
  expect(remembered('b', 1)).toBeNull();
});

test('a reel seen to its end begins anew', () => {
  remember('a', { at: 50, cut: 1, length: 100 });
  remember('a', { at: 99, cut: 1, length: 100 });
  expect(remembered('a', 1)).toBeNull();
  expect(isWorthIt({ at: 1, length: 100 })).toBe(false);
});

test('only so many places are kept, the oldest go first', () => {
  for (let index = 0; index < 150; index++) remember(`r${index}`, { at: 50, cut: 1, length: 100 });
  expect(remembered('r0', 1)).toBeNull();
  expect(remembered('r149', 1)).toBe(50);
});

test('a browser that keeps nothing, or rubbish, is no trouble', () => {
  vi.stubGlobal('localStorage', { getItem: () => '{broken', setItem: () => { throw new Error('full'); } });
  expect(() => remember('a', { at: 50, cut: 1, length: 100 })).not.toThrow();
  expect(remembered('a', 1)).toBeNull();
});
