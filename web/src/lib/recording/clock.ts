// Times that people read and write: 1:02:03.5.
/** A time with tenths. */
export function exactClock(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const [h, m, s] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, Math.floor(tenths / 10) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return `${h ? `${h}:${two(m)}` : m}:${two(s)}.${tenths % 10}`;
}

/** Seconds of a written time; null when it is none. Comma or point, one to three parts. */
export function readClock(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!/^(\d{1,3}:){0,2}\d{1,5}(\.\d{1,3})?$/.test(plain)) return null;
  const parts = plain.split(':').map(Number);
  if (parts.slice(1).some((part) => part >= 60)) return null;
  return parts.reduce((sum, part) => sum * 60 + part, 0);
}

/** A label for a round time; tenths only where the steps are that small. */
export function tickClock(seconds: number, step: number): string {
  return step < 1 ? exactClock(seconds) : exactClock(seconds).replace(/\.\d$/, '');
}
