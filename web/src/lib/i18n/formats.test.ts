import { describe, expect, it } from 'vitest';
import { dateFormat, numberFormat, pluralRules } from './formats';

describe('ways of writing', () => {
  it('are made once for each locale and wish', () => {
    expect(dateFormat('de', { hour: 'numeric' })).toBe(dateFormat('de', { hour: 'numeric' }));
    expect(dateFormat('de', { hour: 'numeric' })).not.toBe(dateFormat('en-GB', { hour: 'numeric' }));
    expect(numberFormat('de', { style: 'percent' })).not.toBe(numberFormat('de'));
    expect(pluralRules('cs')).toBe(pluralRules('cs'));
  });

  it('write as their locale does', () => {
    expect(numberFormat('de').format(1234.5)).toBe('1.234,5');
    expect(pluralRules('cs').select(3)).toBe('few');
  });

  it('stay few, whatever is asked for', () => {
    const first = numberFormat('en', { maximumFractionDigits: 0 });
    for (let at = 0; at < 250; at += 1) numberFormat('en', { minimumIntegerDigits: 1 + (at % 20), minimumFractionDigits: Math.floor(at / 20) });
    expect(numberFormat('en', { maximumFractionDigits: 0 })).not.toBe(first);
  });
});
