// An error in the reader's words: what happened, and what to do about it.
import { ApiError } from './api';
import { boxWords } from './boxwords';
import { t } from './i18n';

export interface Said { title: string; remedy: string }

/** What to tell people about an error. The box's own words where it found some. */
export function saidOf(error: unknown): Said {
  if (!(error instanceof ApiError)) return { title: t('shared.wentWrong'), remedy: '' };
  if (error.status === 0) return { title: t('shared.notThere'), remedy: t('shared.notThereRemedy') };
  if (error.status === 403) return { title: t('shared.noPermission'), remedy: t('shared.noPermissionRemedy') };
  return { title: boxWords(error.error) || t('shared.wentWrong'), remedy: boxWords(error.remedy) };
}

/** The same in one line. */
export function lineOf(error: unknown): string {
  const { title, remedy } = saidOf(error);
  return remedy ? `${title} ${remedy}` : title;
}
