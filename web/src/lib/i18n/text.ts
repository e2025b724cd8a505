// Words with holes, and words that depend on a number.
import { numberFormat, pluralRules } from './formats';

/** A message: plain, or one form for each plural category of its language, chosen by `n`. */
export type Plural = { one?: string; few?: string; many?: string; other: string };
export type Values = Record<string, string | number>;

/** Words of one language: nested by page. */
export type Words = { [name: string]: string | Plural | Words };

export function isPlural(words: string | Plural | Words | undefined): words is Plural {
  return typeof words === 'object' && typeof words.other === 'string';
}

/** The same tree with any words at its leaves, so that the compiler asks each language for every key. */
export type Shape<Tree> = {
  [Name in keyof Tree]: Tree[Name] extends string ? string : Tree[Name] extends { other: string } ? Plural : Shape<Tree[Name]>;
};

/** Dotted names of all leaves. */
export type KeyOf<Tree> = {
  [Name in keyof Tree & string]: Tree[Name] extends string | { other: string } ? Name : `${Name}.${KeyOf<Tree[Name]>}`;
}[keyof Tree & string];

/** The message at a dotted name. */
export function find(words: Words, key: string): string | Plural | undefined {
  let here: string | Plural | Words | undefined = words;
  for (const name of key.split('.')) {
    if (typeof here !== 'object' || isPlural(here)) return undefined;
    here = (here as Words)[name];
  }
  return typeof here === 'string' || isPlural(here) ? here : undefined;
}

/** A message with its holes filled; numbers are written as the locale writes them. */
export function fill(message: string | Plural, values: Values, locale: string): string {
  const text = typeof message === 'string' ? message : choose(message, Number(values.n ?? 0), locale);
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name];
    if (value === undefined) return hole;
    return typeof value === 'number' ? numberFormat(locale).format(value) : value;
  });
}

function choose(message: Plural, n: number, locale: string): string {
  const form = pluralRules(locale).select(n);
  return (message as Record<string, string | undefined>)[form] ?? message.other;
}

/** Every dotted name. */
export function keysOf(words: Words, before = ''): string[] {
  return Object.entries(words).flatMap(([name, below]) =>
    typeof below === 'string' || isPlural(below) ? [`${before}${name}`] : keysOf(below, `${before}${name}.`),
  );
}
