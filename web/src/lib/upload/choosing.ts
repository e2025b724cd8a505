import type { Chosen } from './kinds';

// What cameras, phones, camcorders and screen recorders write; the box knows the same list.
const FOOTAGE = new Set(
  (
    'mp4 m4v mov qt mts m2ts m2t ts tp trp avi divx mkv webm mpg mpeg m2v mpe vob mod tod 3gp 3g2 wmv asf flv f4v ogv ogm dv ' +
    'mxf insv 360 264 h264 avc 265 h265 hevc m4s mjpg mjpeg rm rmvb y4m nut'
  ).split(' '),
);
// What lies beside footage on a card. Somebody who picks one of these by hand meant the recording next to it.
const BESIDE = new Set(
  (
    'lrv lrf thm xml srt sav cpi mpl bdm mpls clpi bnp ind int gpx idx sub aae log csv json txt pdf ' +
    'jpg jpeg png gif heic heif webp gpr dng cr2 cr3 nef arw wav mp3 aac m4a zip tmp part crdownload db ini'
  ).split(' '),
);
const LITTER = /^(\.|~\$|thumbs\.db$|desktop\.ini$|system volume information$|\$recycle\.bin$|@eadir$|__macosx$)/i;

/** For the file picker: cameras' own endings are not among what browsers call video. */
export const ACCEPTED = ['video/*', ...[...FOOTAGE].map((ending) => `.${ending}`)].join(',');

export type LeftOut = 'empty' | 'notFootage';

/** Why a file is not sent, or null. `byHand`: somebody picked this very file; a strange name is tried then. */
export function reasonToLeaveOut(place: string, size: number, byHand: boolean): LeftOut | null {
  const parts = place.split('/').filter(Boolean);
  if (parts.some((part) => LITTER.test(part))) return 'notFootage';
  const name = parts.at(-1) ?? '';
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  if (byHand ? BESIDE.has(ending) : !FOOTAGE.has(ending)) return 'notFootage';
  return size === 0 ? 'empty' : null;
}

export interface Choice {
  wanted: Chosen[];
  leftOut: { place: string; why: LeftOut }[];
}

/** Sort what was picked or dropped; places in order, so that chapters go one after the other. */
export function choose(found: readonly (Chosen & { byHand: boolean })[]): Choice {
  const choice: Choice = { wanted: [], leftOut: [] };
  for (const { file, place, byHand } of [...found].sort((a, b) => a.place.localeCompare(b.place, 'en', { numeric: true }))) {
    const why = reasonToLeaveOut(place, file.size, byHand);
    if (why === null) choice.wanted.push({ file, place });
    else choice.leftOut.push({ place, why });
  }
  return choice;
}
