// What a recording is called on the page: the camera and its hour where the name tells them, never a bare file name first.
import { whenOf } from './time';

interface Named {
  name: string;
  created_at_s: number;
  camera?: string | null;
  recorded_at_s?: number | null;
}

/** How cameras name their files. Source: the makers' manuals on file names. */
const CAMERAS: [RegExp, string][] = [
  [/^(G[HXSL](\d{2}|[A-Z]{2})\d{4}|GOPR\d{4}|GP\d{6})$/i, 'GoPro'],
  [/^DJI_/i, 'DJI'],
  [/^(PRO_)?(VID|LRV)_\d{8}_\d{6}_\d{2}_\d{3}$/i, 'Insta360'],
  [/^(MVI_|MVI)\d{4}$/i, 'Canon'],
  [/^C\d{4}$/, 'Sony'],
  [/^P\d{7}$/i, 'Panasonic'],
  [/^\d{5}$/, 'AVCHD'],
];

const STAMP = /(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])[-_ T.]{0,3}([01]\d|2[0-3])[-_:.h]?([0-5]\d)(?:[-_:.m]?([0-5]\d))?(?!\d)/;

/** A file's name without its folders and its kind. */
export function stemOf(name: string): string {
  const last = name.split('/').at(-1) ?? name;
  return last.replace(/\.[A-Za-z0-9]{1,5}$/, '') || last;
}

/** The camera that a file's name speaks of. */
export function cameraOf(name: string): string | null {
  const stem = stemOf(name);
  return CAMERAS.find(([pattern]) => pattern.test(stem))?.[1] ?? null;
}

/** The local time that a file's name speaks of, in seconds since 1970. */
export function stampOf(name: string): number | null {
  const match = STAMP.exec(stemOf(name));
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const date = new Date(year, month - 1, day, hour, minute, second);
  return date.getDate() === day ? date.getTime() / 1000 : null;
}

/** What people called a file: its stem with spaces, the hour left out. Empty when only a counter or a camera's scheme is left. */
export function sayingOf(name: string): string {
  const stem = stemOf(name);
  if (cameraOf(name)) return '';
  const rest = stem.replace(STAMP, ' ').replace(/[_.]+|\s+-\s+|^-|-$/g, ' ').replace(/\s+/g, ' ').trim();
  return /\p{L}{2}/u.test(rest) && !/^(VID|MOV|VIDEO|REC|CLIP|IMG)$/i.test(rest) ? rest : '';
}

/** The head line of a recording. */
export function titleOf(item: Named, nowS?: number): string {
  const who = item.camera || cameraOf(item.name) || sayingOf(item.name);
  const at = item.recorded_at_s ?? stampOf(item.name);
  if (!who) return whenOf(at ?? item.created_at_s, nowS);
  return `${who} · ${whenOf(at ?? item.created_at_s, nowS)}`;
}

/** The file's own name, without its folders. */
export function fileOf(name: string): string {
  return name.split('/').at(-1) ?? name;
}
