// What became of a file, in words.
import type { ReceiptLine } from '../api';
import { t } from '../i18n';
import { lengthOf } from '../time';

export type Tone = 'good' | 'wait' | 'care' | 'quiet';

export function fateWords(line: ReceiptLine): string {
  if (line.fate !== 'recording') return t(`cards.fates.${line.fate}`);
  switch (line.status) {
    case 'completed':
      return line.kept_s ? t('cards.fates.recordingDone', { kept: lengthOf(line.kept_s) }) : t('cards.fates.recordingNothing');
    case 'failed':
      return t('cards.fates.recordingFailed');
    case 'cancelled':
      return t('cards.fates.recordingStopped');
    case 'queued':
    case 'processing':
      return t('cards.fates.recordingWork');
    default:
      return t('cards.fates.recording');
  }
}

export function toneOf(line: ReceiptLine): Tone {
  if (line.fate === 'refused' || (line.fate === 'recording' && line.status === 'failed')) return 'care';
  if (line.fate === 'waiting') return 'wait';
  return line.fate === 'ignored' || line.fate === 'proxy' ? 'quiet' : 'good';
}
