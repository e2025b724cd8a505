/** The motion signal, reduced to what a canvas of some width can show. */

import { xOf, type View } from './view';

export interface Motion {
  readonly times: readonly number[];
  readonly speeds: readonly number[];
}

/** Where in a sorted list a value would go. */
export function placeOf(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Fastest speed for each pixel column; a sample stands until the next one. Only what is visible is looked at. */
export function columns(motion: Motion, view: View, width: number): Float32Array {
  const found = new Float32Array(Math.max(0, Math.floor(width)));
  const { times, speeds } = motion;
  const first = Math.max(0, placeOf(times, view.from) - 1);
  for (let at = first; at < times.length && times[at]! <= view.to; at++) {
    const begin = Math.max(0, Math.floor(xOf(view, width, times[at]!)));
    const next = at + 1 < times.length ? times[at + 1]! : times[at]! + typicalStep(times);
    const end = Math.min(found.length, Math.max(begin + 1, Math.floor(xOf(view, width, next))));
    for (let x = begin; x < end; x++) found[x] = Math.max(found[x]!, speeds[at]!);
  }
  return found;
}

function typicalStep(times: readonly number[]): number {
  return times.length > 1 ? (times[times.length - 1]! - times[0]!) / (times.length - 1) : 0;
}

/** The speed at the top of the chart: what all but the wildest moments stay below, and well above the threshold. */
export function ceilingOf(motion: Motion, threshold: number): number {
  const sorted = [...motion.speeds].sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length * 0.995)] ?? 0;
  return Math.max(high * 1.08, threshold * 2.5, 0.2);
}

/** Height share of a speed: slow motion gets more room, as thresholds lie there. */
export function heightOf(speed: number, ceiling: number): number {
  return Math.sqrt(Math.max(0, Math.min(1, speed / ceiling)));
}

/** The speed at a height share. */
export function speedAt(height: number, ceiling: number): number {
  const inside = Math.max(0, Math.min(1, height));
  return inside * inside * ceiling;
}
