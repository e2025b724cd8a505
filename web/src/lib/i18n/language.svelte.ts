// The reader's language: as chosen here once, else as the browser says, else English.
import en from './en';
import { fill, find, type KeyOf, type Shape, type Values, type Words } from './text';

export type Language = 'en' | 'fr' | 'de' | 'cs';
export type Key = KeyOf<typeof en>;
export type Translation = Shape<typeof en>;

export const languages: Record<Language, string> = { en: 'English', fr: 'Français', de: 'Deutsch', cs: 'Čeština' };

const LOADERS: Record<Exclude<Language, 'en'>, () => Promise<{ default: Translation }>> = {
  fr: () => import('./fr'),
  de: () => import('./de'),
  cs: () => import('./cs'),
};
const KEPT = 'rinkreel.language';

const now = $state<{ language: Language; locale: string; words: Words }>({ language: 'en', locale: 'en', words: en });

/** The first of these languages that the page speaks, and the locale to write numbers in. */
export function choose(wanted: readonly string[]): { language: Language; locale: string } {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (base in languages) return { language: base as Language, locale: tag };
  }
  return { language: 'en', locale: 'en' };
}

/** The words for this, in the reader's language. Reactive. */
export function t(key: Key, values: Values = {}): string {
  const message = find(now.words, key) ?? find(en, key);
  return message === undefined ? key : fill(message, values, now.locale);
}

/** The language that is spoken. Reactive. */
export function language(): Language {
  return now.language;
}

/** How this reader writes dates and numbers. Reactive. */
export function locale(): string {
  return now.locale;
}

/** Speak another language from now on; remembered on this device. */
export async function setLanguage(wanted: Language): Promise<void> {
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
  await speak(choose([...navigator.languages.filter((tag) => tag.toLowerCase().startsWith(wanted)), wanted]));
}

/** Speak the reader's language. */
export async function startLanguage(): Promise<void> {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // As above.
  }
  const chosen = kept ? navigator.languages.filter((tag) => tag.toLowerCase().startsWith(kept)) : [];
  await speak(choose(kept ? [...chosen, kept] : navigator.languages));
}

async function speak({ language, locale }: { language: Language; locale: string }): Promise<void> {
  try {
    now.words = language === 'en' ? en : (await LOADERS[language]()).default;
    now.language = language;
    now.locale = locale;
  } catch {
    // The words could not be fetched: go on in the language there is.
  }
  document.documentElement.lang = now.language;
}
