// How far a recording is, from what the book said and what was heard since.
import type { Item } from '../api';
import type { Progress } from '../live.svelte';

export interface Standing {
  stage: 'probe' | 'analyse' | 'select' | 'assemble';
  share: number;
  watched: number;
  etaS: number | null;
}

const STAGES = ['probe', 'analyse', 'select', 'assemble'] as const;

/** Only of use while an item is processed. */
export function standingOf(item: Item, heard: Progress | undefined): Standing {
  const stage = STAGES.find((each) => each === (heard?.stage ?? item.stage)) ?? 'probe';
  const stages = heard?.stages ?? item.stages;
  const analysed = stages.find((each) => each.stage === 'analyse')?.share ?? 0;
  return {
    stage,
    share: heard?.share ?? item.progress,
    watched: Math.min(1, Math.max(0, stage === 'select' || stage === 'assemble' ? 1 : analysed)),
    etaS: heard ? heard.eta_s : item.eta_s,
  };
}
