// A receipt's one line, in the reader's language. The box says it in English; what is not known here is shown as the box says it.
import type { Receipt } from '../api';
import { t, type Key } from '../i18n';

const WHYS: [RegExp, Key][] = [
  [/^(\d+) files? (?:is|are) still being copied or taken in/, 'cards.why.copying'],
  [/^more files may be on their way/, 'cards.why.coming'],
  [/^(\d+) files? vanished before being stored \(for example (.+)\)/, 'cards.why.vanished'],
  [/^(\d+) files? could not be read \(for example (.+)\)/, 'cards.why.unread'],
  [/^(\d+) files? could not be taken in \(for example (.+)\)/, 'cards.why.refused'],
  [/^(\d+) files? can no longer be found in the store \(for example (.+)\)/, 'cards.why.lost'],
  [/^(\d+) files? matched a recording that is gone \(for example (.+)\)/, 'cards.why.gone'],
  [/^(\d+) files? could not be opened, see whether the copy is whole \(for example (.+)\)/, 'cards.why.broken'],
  [/^(\d+) files? ended too early, see whether the copy is whole \(for example (.+)\)/, 'cards.why.short'],
  [/^(\d+) files? (?:is|are) still to be opened/, 'cards.why.unopened'],
];

/** Why a card may not be formatted, or what makes it safe. */
export function reasonOf(receipt: Pick<Receipt, 'verdict' | 'safe_to_format' | 'total'>): string {
  if (receipt.safe_to_format) return t('cards.safeAll', { n: receipt.total });
  const why = receipt.verdict.replace(/^[^:]+: /, '');
  for (const [pattern, key] of WHYS) {
    const match = pattern.exec(why);
    if (match) return t(key, { n: Number(match[1] ?? 0), place: match[2] ?? '' });
  }
  return why.charAt(0).toUpperCase() + why.slice(1);
}
