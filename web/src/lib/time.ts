// Times as people say them.
import { locale, t } from './i18n';
import { dateFormat, numberFormat } from './i18n/formats';

/** A length as words in parts: hours and minutes when long, minutes, or seconds when short. */
export function partsOf(seconds: number): { h: number; m: number; s: number; said: 'hours' | 'minutes' | 'seconds' } {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return { h: 0, m: 0, s: whole, said: 'seconds' };
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return { h: 0, m: minutes, s: 0, said: 'minutes' };
  return { h: Math.floor(minutes / 60), m: minutes % 60, s: 0, said: 'hours' };
}

/** "1 h 12 min", "3 min", "40 s". */
export function lengthOf(seconds: number): string {
  const { said, ...parts } = partsOf(seconds);
  return t(`time.${said}`, parts);
}

/** "1:12:05", "2:40": a place in a film. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Seconds that are left, rounded so that it does not flicker: up to a minute by tens, up to an hour by minutes, then by fives. */
export function steadied(seconds: number): number {
  if (seconds < 60) return Math.max(10, Math.ceil(seconds / 10) * 10);
  if (seconds < 3600) return Math.ceil(seconds / 60) * 60;
  return Math.ceil(seconds / 300) * 300;
}

/** "14 min left", "almost done". */
export function timeLeft(seconds: number): string {
  return seconds < 5 ? t('time.almost') : t('time.left', { time: lengthOf(steadied(seconds)) });
}

function daysBetween(one: Date, other: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(other) - midnight(one)) / 86_400_000);
}

/** A day: today, yesterday, a weekday within the week, else the date; with the year when it is not this one's. */
export function dayOf(atS: number, nowS = Date.now() / 1000): string {
  const [date, now] = [new Date(atS * 1000), new Date(nowS * 1000)];
  const days = daysBetween(date, now);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  const format: Intl.DateTimeFormatOptions =
    days > 1 && days < 7
      ? { weekday: 'long' }
      : { weekday: 'short', day: 'numeric', month: 'short', ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) };
  return dateFormat(locale(), format).format(date);
}

/** "18:30", "6:30 PM". */
export function hourOf(atS: number): string {
  return dateFormat(locale(), { hour: 'numeric', minute: '2-digit' }).format(new Date(atS * 1000));
}

/** A day and an hour, beginning with a capital. */
export function whenOf(atS: number, nowS?: number): string {
  const day = dayOf(atS, nowS);
  return `${day.charAt(0).toLocaleUpperCase(locale())}${day.slice(1)}, ${hourOf(atS)}`;
}

/** The whole date, for papers and titles. */
export function dateOf(atS: number): string {
  return dateFormat(locale(), { dateStyle: 'full', timeStyle: 'short' }).format(new Date(atS * 1000));
}

/** "4.2 GB". */
export function sizeOf(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  let value = Math.max(0, bytes);
  let at = 0;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  const digits = at === 0 || value >= 99.5 ? 0 : 1;
  return numberFormat(locale(), { style: 'unit', unit: units[at] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: digits }).format(value);
}
