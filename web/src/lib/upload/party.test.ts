import { expect, test } from 'vitest';
import type { Chosen } from './kinds';
import { MOST_BYTES, partiesOf } from './party';

const partyOf = (files: Chosen[], index: number) => partiesOf(files)(files[index] as Chosen, 'b');
const chosen = (...names: string[]) => names.map((place) => ({ file: new File(['ice'], place), place }));

test('a file that is chosen alone comes with nothing', () => {
  expect(partyOf(chosen('a.mp4'), 0)).toBeNull();
});

test('files that are chosen together are named with their sizes', () => {
  const party = partyOf(chosen('GX010001.MP4', 'GX020001.MP4'), 1);
  expect(party?.batch).toBe('b');
  expect(new Set(JSON.parse(party?.beside ?? ''))).toEqual(new Set([['GX010001.MP4', 3], ['GX020001.MP4', 3]]));
});

test('of very many files the nearest are named, and the header stays small', () => {
  const names = Array.from({ length: 2000 }, (_, number) => `Übungstag/GX01${String(number).padStart(4, '0')}.MP4`);
  const beside = partyOf(chosen(...names), 1000)?.beside ?? '';
  expect(new TextEncoder().encode(beside).length).toBeLessThanOrEqual(MOST_BYTES);
  const places = (JSON.parse(beside) as [string, number][]).map(([place]) => place);
  expect(places).toContain(names[1000]);
  expect(places).toContain(names[1001]);
  expect(places).not.toContain(names[0]);
});
