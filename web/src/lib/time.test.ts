import { beforeEach, describe, expect, it, vi } from 'vitest';
import { setLanguage } from './i18n';
import { clockOf, dayOf, lengthOf, partsOf, sizeOf, steadied, timeLeft, whenOf } from './time';

const at = (text: string) => new Date(text).getTime() / 1000;

beforeEach(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
  await setLanguage('en');
});

describe('lengths', () => {
  it('are said as people say them', () => {
    expect([0, 40.4, 59.4, 60, 179, 180, 3599, 3600, 4320].map(lengthOf)).toEqual([
      '0 s', '40 s', '59 s', '1 min', '3 min', '3 min', '1 h 0 min', '1 h 0 min', '1 h 12 min',
    ]);
  });

  it('never become sixty of something', () => {
    for (let seconds = 0; seconds < 8000; seconds += 0.5) {
      const { m, s } = partsOf(seconds);
      if (m >= 60 || s >= 60) expect.fail(`${seconds} s: ${m} min ${s} s`);
    }
  });

  it('in a film are clocks', () => {
    expect([0, 9.9, 160, 4325, -3].map(clockOf)).toEqual(['0:00', '0:09', '2:40', '1:12:05', '0:00']);
  });
});

describe('the time that is left', () => {
  it('does not flicker by seconds', () => {
    expect([12, 19, 61, 119, 121, 3700].map(steadied)).toEqual([20, 20, 120, 120, 180, 3900]);
  });

  it('never promises less than there is', () => {
    for (let seconds = 0; seconds < 10_000; seconds += 7) expect(steadied(seconds)).toBeGreaterThanOrEqual(seconds);
  });

  it('ends in words', () => {
    expect(timeLeft(2)).toBe('almost done');
    expect(timeLeft(830)).toBe('14 min left');
  });
});

describe('days', () => {
  const now = at('2026-02-18T12:00:00');

  it('are today, yesterday, weekdays, then dates', () => {
    expect(dayOf(at('2026-02-18T00:01:00'), now)).toBe('today');
    expect(dayOf(at('2026-02-17T23:59:00'), now)).toBe('yesterday');
    expect(dayOf(at('2026-02-14T18:30:00'), now)).toBe('Saturday');
    expect(dayOf(at('2026-02-01T18:30:00'), now)).toMatch(/^Sun,? 1 Feb$/);
    expect(dayOf(at('2025-12-01T18:30:00'), now)).toContain('2025');
  });

  it('of the future are dates, not weekdays that look past', () => {
    expect(dayOf(at('2026-02-20T10:00:00'), now)).toMatch(/^Fri,? 20 Feb$/);
  });

  it('are told apart over a change of the clocks', () => {
    expect(dayOf(at('2026-03-28T23:30:00'), at('2026-03-29T23:30:00'))).toBe('yesterday');
  });

  it('begin a line with a capital', () => {
    expect(whenOf(at('2026-02-18T09:05:00'), now)).toMatch(/^Today, /);
  });
});

describe('sizes', () => {
  it('are short', () => {
    expect([0, 999, 4_200_000_000, 64_000].map(sizeOf)).toEqual(['0 byte', '999 byte', '4.2 GB', '64 kB']);
  });

  it('never show a thousand of a unit', () => {
    for (const bytes of [999_499, 999_501, 999_600_000, 5e15]) expect(sizeOf(bytes).startsWith('1,000 k')).toBe(false);
  });
});
