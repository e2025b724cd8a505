// Which small picture of a sheet shows a time.
import { placeOf } from '../ice/motion';
import type { Thumbnails } from './asks';

export interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The picture nearest to a time. */
export function tileAt(sheet: Thumbnails, time: number): Tile {
  const { times_s: times, columns, width_px: width, height_px: height } = sheet;
  let index = Math.min(placeOf(times, time), times.length - 1);
  if (index > 0 && time - times[index - 1]! < times[index]! - time) index -= 1;
  const at = Math.max(0, index);
  return { x: (at % columns) * width, y: Math.floor(at / columns) * height, width, height };
}
