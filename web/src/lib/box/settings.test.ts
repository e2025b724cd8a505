import { expect, it } from 'vitest';
import { askedFrom, formOf, isChanged, spansWith, type Chosen, type Settings } from './settings';

const defaults: Chosen = {
  threshold: 0.15, min_moving: 1, max_stationary: 2, merge_gap: 3, pad_before: 2, pad_after: 3, budget: 0, reels_for: 0, server_name: 'Rink',
};
const nothing = Object.fromEntries(Object.keys(defaults).map((name) => [name, null])) as unknown as Chosen;
const settingsOf = (chosen: Partial<Chosen>): Settings => ({
  chosen: { ...nothing, ...chosen }, in_force: { ...defaults, ...chosen } as Chosen, defaults, fixed: [], where: '',
});

it('asks only for what differs from how the box was set up', () => {
  const settings = settingsOf({});
  expect(askedFrom(settings, { ...formOf(settings), budget: 120 })).toEqual({ ...nothing, budget: 120 });
});

it('gives back what is set as the box was set up, and keeps what the page does not offer', () => {
  const settings = settingsOf({ budget: 120, merge_gap: 9 });
  expect(askedFrom(settings, { ...formOf(settings), budget: 0 })).toEqual({ ...nothing, merge_gap: 9 });
});

it('knows whether anything was changed', () => {
  const settings = settingsOf({ pad_after: 5 });
  expect(isChanged(settings, formOf(settings))).toBe(false);
  expect(isChanged(settings, { ...formOf(settings), pad_after: 3 })).toBe(true);
});

it('offers the usual spans and the one that counts', () => {
  expect(spansWith([60, 120], 90)).toEqual([60, 90, 120, 0]);
  expect(spansWith([60, 120], 0)).toEqual([60, 120, 0]);
});
