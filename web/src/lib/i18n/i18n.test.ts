import { describe, expect, it } from 'vitest';
import cs from './cs';
import de from './de';
import en from './en';
import fr from './fr';
import { choose } from './language.svelte';
import { fill, find, isPlural, keysOf, type Plural, type Words } from './text';

const languages: Record<string, Words> = { en, fr, de, cs };
const holesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
const formsOf = (message: string | Plural): string[] => (typeof message === 'string' ? [message] : Object.values(message));

describe.each(Object.keys(languages))('%s', (language) => {
  const words = languages[language]!;

  it('has every key of the others and no key of its own', () => {
    expect(keysOf(words).sort()).toEqual(keysOf(en).sort());
  });

  it('leaves no message empty', () => {
    for (const key of keysOf(words)) for (const form of formsOf(find(words, key)!)) expect(form.trim(), key).not.toBe('');
  });

  it('has the holes of the English message', () => {
    for (const key of keysOf(en)) {
      const wanted = new Set(formsOf(find(en, key)!).flatMap(holesOf));
      const found = new Set(formsOf(find(words, key)!).flatMap(holesOf));
      expect([...found].sort(), key).toEqual([...wanted].sort());
    }
  });

  it('has every form that its numbers need', () => {
    const needed = new Set(Array.from({ length: 200 }, (_, n) => new Intl.PluralRules(language).select(n)));
    for (const key of keysOf(words)) {
      const message = find(words, key)!;
      if (isPlural(message)) for (const form of needed) expect(Object.keys(message), `${key} ${form}`).toContain(form);
    }
  });
});

describe('a message', () => {
  it('is filled, numbers as the reader writes them', () => {
    expect(fill('{n} of {all}', { n: 1234.5, all: 'x' }, 'de')).toBe('1.234,5 of x');
  });

  it('keeps a hole that nothing was given for', () => {
    expect(fill('{a} {b}', { a: 'x' }, 'en')).toBe('x {b}');
  });

  it('fills no hole twice, whatever is put into it', () => {
    expect(fill('{a} {b}', { a: '{b}', b: 'x' }, 'en')).toBe('{b} x');
  });

  it('has the form of its number', () => {
    const message = { one: 'nahrávka', few: 'nahrávky', other: 'nahrávek' };
    expect([1, 2, 4, 5, 0].map((n) => fill(message, { n }, 'cs'))).toEqual(['nahrávka', 'nahrávky', 'nahrávky', 'nahrávek', 'nahrávek']);
  });
});

describe('the language', () => {
  it('is the first that the page speaks', () => {
    expect(choose(['sv-SE', 'de-AT', 'en'])).toEqual({ language: 'de', locale: 'de-AT' });
  });

  it('is English where none is known', () => {
    expect(choose(['sv'])).toEqual({ language: 'en', locale: 'en' });
    expect(choose([])).toEqual({ language: 'en', locale: 'en' });
  });
});
