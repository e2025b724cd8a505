// What somebody is about to change: rules for the box to choose by, or parts chosen by hand.
import type { Rules } from '../api';
import { isSame, type Span } from '../ice/spans';
import type { HandAsked } from './asks';

export type Knobs = Pick<Rules, 'threshold' | 'pad_before' | 'pad_after' | 'budget'>;

/** parts: by hand; null lets the box choose by the knobs. */
export interface Draft {
  readonly knobs: Knobs;
  readonly parts: readonly Span[] | null;
}

/** The cut that there is: byHand when somebody chose its parts. */
export interface Present {
  readonly knobs: Knobs;
  readonly parts: readonly Span[];
  readonly byHand: boolean;
}

export function knobsOf(rules: Rules): Knobs {
  return { threshold: rules.threshold, pad_before: rules.pad_before, pad_after: rules.pad_after, budget: rules.budget };
}

export function isSameKnobs(one: Knobs, other: Knobs): boolean {
  return (
    Math.abs(one.threshold - other.threshold) < 1e-6 &&
    one.pad_before === other.pad_before &&
    one.pad_after === other.pad_after &&
    one.budget === other.budget
  );
}

/** Whether it would make another reel than there is. */
export function isChanged(draft: Draft, present: Present): boolean {
  if (draft.parts !== null) return !isSame(draft.parts, present.parts);
  return present.byHand || !isSameKnobs(draft.knobs, present.knobs);
}

/** The draft that changes nothing. */
export function unchanged(present: Present): Draft {
  return { knobs: present.knobs, parts: present.byHand ? present.parts : null };
}

/** What to ask of the box. */
export function askedFor(draft: Draft): HandAsked {
  if (draft.parts === null) return { ...draft.knobs };
  return { parts: draft.parts.map(({ start, end }): [number, number] => [start, end]) };
}

/** Sensitivity from 0 (only fast skating) to 100 (every little move); each step is the same factor. */
export const SLOWEST_HPS = 0.02;
export const FASTEST_HPS = 1.5;

export function sensitivityOf(threshold: number): number {
  const share = Math.log(threshold / SLOWEST_HPS) / Math.log(FASTEST_HPS / SLOWEST_HPS);
  return Math.round(100 * (1 - Math.max(0, Math.min(1, share))));
}

export function thresholdOf(sensitivity: number): number {
  const share = 1 - Math.max(0, Math.min(100, sensitivity)) / 100;
  return Number((SLOWEST_HPS * (FASTEST_HPS / SLOWEST_HPS) ** share).toFixed(4));
}
