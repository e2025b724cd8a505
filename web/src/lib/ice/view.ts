/** Which stretch of a recording is on the screen, and where on it a time lies. */

import { clamped } from './spans';

export interface View {
  readonly from: number;
  readonly to: number;
}

/** Nothing is gained by looking closer than this. */
export const CLOSEST_S = 2;

export function whole(duration: number): View {
  return { from: 0, to: Math.max(duration, 0.001) };
}

export function length(view: View): number {
  return view.to - view.from;
}

/** Pixels from the strip's beginning. */
export function xOf(view: View, width: number, time: number): number {
  return ((time - view.from) / length(view)) * width;
}

/** The time under a pixel. */
export function timeAt(view: View, width: number, x: number): number {
  return width > 0 ? view.from + (x / width) * length(view) : view.from;
}

/** A view of this length that begins here, moved into the recording. */
export function placed(from: number, span: number, duration: number): View {
  const fits = clamped(span, Math.min(CLOSEST_S, duration), Math.max(duration, 0.001));
  const begin = clamped(from, 0, Math.max(0, duration - fits));
  return { from: begin, to: begin + fits };
}

/** Closer (factor above 1) or farther; the time under the finger stays under it. */
export function zoomed(view: View, duration: number, factor: number, around: number): View {
  const wanted = length(view) / factor;
  const span = clamped(wanted, Math.min(CLOSEST_S, duration), Math.max(duration, 0.001));
  const share = clamped((around - view.from) / length(view), 0, 1);
  return placed(around - share * span, span, duration);
}

export function panned(view: View, duration: number, seconds: number): View {
  return placed(view.from + seconds, length(view), duration);
}

/** Two fingers that lay on two times lie at two places now. */
export function pinched(duration: number, width: number, times: readonly [number, number], xs: readonly [number, number]): View {
  const [left, right] = xs[0] <= xs[1] ? [0, 1] : [1, 0];
  const apart = Math.max(1, xs[right as 0 | 1] - xs[left as 0 | 1]);
  const seconds = Math.abs(times[right as 0 | 1] - times[left as 0 | 1]);
  const span = clamped((seconds / apart) * width, Math.min(CLOSEST_S, duration), Math.max(duration, 0.001));
  return placed(times[left as 0 | 1] - (xs[left as 0 | 1] / Math.max(width, 1)) * span, span, duration);
}

/** The view with a time in it, moved no further than needed; margin: share of the view that stays free beside it. */
export function showing(view: View, duration: number, time: number, margin = 0.08): View {
  const free = length(view) * margin;
  if (time < view.from + free) return placed(time - free, length(view), duration);
  if (time > view.to - free) return placed(time - length(view) + free, length(view), duration);
  return view;
}

/** A part with some ice around it. */
export function around(start: number, end: number, duration: number): View {
  const free = Math.max(2, (end - start) * 0.6);
  return placed(start - free, end - start + 2 * free, duration);
}

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** Round times for labels, at least this many pixels apart. */
export function ticks(view: View, width: number, apart: number): { step: number; times: number[] } {
  const least = (length(view) / Math.max(width, 1)) * apart;
  const step = STEPS.find((each) => each >= least) ?? STEPS[STEPS.length - 1]!;
  const times: number[] = [];
  for (let at = Math.ceil(view.from / step - 1e-9); at * step <= view.to + 1e-9 && times.length < 200; at++)
    times.push(at * step);
  return { step, times };
}
