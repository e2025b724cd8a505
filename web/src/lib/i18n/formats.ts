// How languages write dates and numbers. Each way of writing is made once: making one takes longer than using it a hundred times.

const made = new Map<string, unknown>();
/** Few are ever asked for; the bound is there so that nothing can make it grow. */
const MOST = 200;

function once<Format>(key: string, make: () => Format): Format {
  const found = made.get(key) as Format | undefined;
  if (found !== undefined) return found;
  if (made.size >= MOST) made.clear();
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(`d ${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options));
}

export function numberFormat(locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return once(`n ${locale} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options));
}

export function pluralRules(locale: string): Intl.PluralRules {
  return once(`p ${locale}`, () => new Intl.PluralRules(locale));
}
