/** What staff may choose; null: as the box was set up. budget, reels_for: 0 is without end. */
export interface Chosen {
  threshold: number | null;
  min_moving: number | null;
  max_stationary: number | null;
  merge_gap: number | null;
  pad_before: number | null;
  pad_after: number | null;
  budget: number | null;
  reels_for: number | null;
  server_name: string | null;
}

export interface Settings {
  chosen: Chosen;
  in_force: Chosen;
  defaults: Chosen;
  fixed: { key: string; value: string; variable: string }[];
  where: string;
}

/** The few that the page offers; the others stay as they were chosen. */
export type Form = Pick<Chosen, 'threshold' | 'pad_before' | 'pad_after' | 'budget' | 'reels_for' | 'server_name'>;
const OFFERED = ['threshold', 'pad_before', 'pad_after', 'budget', 'reels_for', 'server_name'] as const;

export function formOf({ in_force }: Settings): Form {
  return Object.fromEntries(OFFERED.map((name) => [name, in_force[name]])) as unknown as Form;
}

/** What to ask for: only what differs from how the box was set up counts as chosen, so that a better default still reaches it. */
export function askedFrom({ chosen, defaults }: Settings, form: Form): Chosen {
  const offered = OFFERED.map((name) => [name, form[name] === defaults[name] ? null : form[name]]);
  return { ...chosen, ...(Object.fromEntries(offered) as Partial<Chosen>) };
}

export function isChanged(settings: Settings, form: Form): boolean {
  return OFFERED.some((name) => form[name] !== settings.in_force[name]);
}

/** The usual spans, and the one that counts now among them. Without end comes last. */
export function spansWith(usual: readonly number[], now: number | null): number[] {
  const spans = [...new Set([...usual, ...(now ? [now] : [])])].sort((a, b) => a - b);
  return [...spans, 0];
}
