// What a change would do, in a sentence.
import { t } from '../i18n';
import { clockOf } from '../time';
import type { Outcome } from './editing.svelte';

/** "Reel 2:40 → 3:05, 2 moments more". */
export function changeLine(before: Outcome, after: Outcome): string {
  const [was, will] = [clockOf(Math.round(before.seconds)), clockOf(Math.round(after.seconds))];
  const reel = was === will ? t('recording.change.same', { after: will }) : t('recording.change.reel', { before: was, after: will });
  const more = after.moments - before.moments;
  const moments =
    more > 0
      ? t('recording.change.more', { n: more })
      : more < 0
        ? t('recording.change.fewer', { n: -more })
        : t('recording.change.equal');
  return `${reel}, ${moments}`;
}
