import { describe, expect, it } from 'vitest';
import type { Fate, ItemStatus, ReceiptLine } from '../api';
import { fateWords, toneOf } from './fate';
import { reasonOf } from './verdict';

const FATES: Fate[] = ['waiting', 'recording', 'chapter', 'proxy', 'duplicate', 'ignored', 'refused'];
const STATES: (ItemStatus | null)[] = [null, 'queued', 'processing', 'completed', 'failed', 'cancelled'];
const line = (fate: Fate, status: ItemStatus | null = null, kept_s: number | null = null) => ({ fate, status, kept_s }) as ReceiptLine;

describe('what became of a file', () => {
  it('is said in words for every fate', () => {
    for (const fate of FATES) for (const state of STATES) expect(fateWords(line(fate, state))).toMatch(/^[A-Z][a-z ,]+$/);
  });

  it('says of a recording whether there is a reel', () => {
    expect(fateWords(line('recording', 'completed', 90))).toBe('Stored, reel made: 2 min');
    expect(fateWords(line('recording', 'completed', 0))).toBe('Stored, nobody moves in it');
  });

  it('asks for care where somebody has to look', () => {
    expect([line('refused'), line('recording', 'failed')].map(toneOf)).toEqual(['care', 'care']);
    expect(toneOf(line('recording', 'completed'))).toBe('good');
  });
});

describe('a verdict', () => {
  const told = (verdict: string, safe_to_format = false) => reasonOf({ verdict, safe_to_format, total: 12 });

  it('that the page knows is said in its own words', () => {
    expect(told('Do not format yet: 1 file is still being copied or taken in.')).toBe('1 file is still being copied or taken in.');
    expect(told('Do not format yet: 3 files could not be read (for example DCIM/a (1).MP4).')).toBe(
      '3 files could not be read, for example DCIM/a (1).MP4.',
    );
    expect(told('Safe to format: all 12 files are accounted for; 12 recordings are stored and checked.', true)).toMatch(/^All 12 files/);
  });

  it('that the page does not know is shown as the box says it', () => {
    expect(told('Do not format yet: the clock is wrong: it says 1970.')).toBe('The clock is wrong: it says 1970.');
  });
});
