// The draft of one recording's reel: steps that can be taken back, and what the box says they would do.
import { ApiError, type Rules } from '../api';
import { begun, redone, stepped, undone, type History } from '../ice/history';
import { total, withAdded, withDropped, withEdge, withSplit, type Edge, type Span } from '../ice/spans';
import { lineOf } from '../said';
import { preview, recut } from './asks';
import { askedFor, isChanged, isSameKnobs, unchanged, type Draft, type Knobs, type Present } from './draft';

const SOON_MS = 160;

export interface Outcome {
  seconds: number;
  moments: number;
}

export class Editing {
  #present = $state.raw<Present>({ knobs: { threshold: 0.08, pad_before: 2, pad_after: 3, budget: null }, parts: [], byHand: false });
  #history = $state.raw<History<Draft>>(begun(unchanged(this.#present)));
  #found = $state.raw<{ knobs: Knobs; parts: readonly Span[]; seconds: number; moments: number } | null>(null);
  /** While something is dragged: not yet a step. */
  #loose = $state.raw<Draft | null>(null);
  looking = $state(false);
  trouble = $state('');
  sending = $state(false);
  #asking: AbortController | null = null;
  #soon: ReturnType<typeof setTimeout> | undefined;

  duration = $state(0);

  constructor(readonly itemId: string) {}

  get present(): Present {
    return this.#present;
  }

  get draft(): Draft {
    return this.#loose ?? this.#history.present;
  }

  /** The parts to show: by hand, as the box would choose, or as they are until it has said so. */
  get parts(): readonly Span[] {
    const { parts, knobs } = this.draft;
    if (parts) return parts;
    if (!this.#present.byHand && isSameKnobs(knobs, this.#present.knobs)) return this.#present.parts;
    return this.#found?.parts ?? this.#present.parts;
  }

  get changed(): boolean {
    return isChanged(this.draft, this.#present);
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  get before(): Outcome {
    return { seconds: total(this.#present.parts), moments: this.#present.parts.length };
  }

  /** What would come out; null while the box is asked. */
  get after(): Outcome | null {
    const { parts, knobs } = this.draft;
    if (parts) return { seconds: total(parts), moments: parts.length };
    if (!this.#found || !isSameKnobs(this.#found.knobs, knobs)) return null;
    return { seconds: this.#found.seconds, moments: this.#found.parts.length };
  }

  /** The box has another cut; what was about to be changed is kept only if nothing else came between. */
  take(present: Present): void {
    this.#present = present;
    this.#found = null;
    this.#loose = null;
    this.#history = begun(unchanged(present));
    this.trouble = '';
  }

  edge(index: number, edge: Edge, time: number): void {
    this.#put(withEdge(this.parts, index, edge, time, this.duration));
  }

  add(span: Span): void {
    this.#put(withAdded(this.parts, span, this.duration));
  }

  drop(index: number): void {
    this.#put(withDropped(this.parts, index));
  }

  split(time: number): void {
    const parts = withSplit(this.parts, time);
    if (parts.length !== this.parts.length) this.#put(parts);
  }

  /** Turn a knob; the box chooses anew. */
  turn(knobs: Partial<Knobs>): void {
    this.#step({ knobs: { ...this.draft.knobs, ...knobs }, parts: null });
  }

  /** Let the box choose again. */
  letChoose(): void {
    this.turn({});
  }

  /** Something is being dragged: everything until `settle` is one step. */
  #dragging = false;

  hold(): void {
    this.#dragging = true;
  }

  settle(): void {
    this.#dragging = false;
    const loose = this.#loose;
    this.#loose = null;
    if (loose) this.#history = stepped(this.#history, loose);
  }

  undo(): void {
    this.#loose = null;
    this.#history = undone(this.#history);
    this.#look();
  }

  redo(): void {
    this.#history = redone(this.#history);
    this.#look();
  }

  discard(): void {
    this.#loose = null;
    this.#step(unchanged(this.#present));
  }

  /** Have the box make it. Raises ApiError. */
  async apply(): Promise<void> {
    this.sending = true;
    try {
      await recut(this.itemId, askedFor(this.draft));
    } finally {
      this.sending = false;
    }
  }

  end(): void {
    clearTimeout(this.#soon);
    this.#asking?.abort();
  }

  #put(parts: readonly Span[]): void {
    this.#step({ knobs: this.draft.knobs, parts });
  }

  #step(draft: Draft): void {
    if (this.#dragging) this.#loose = draft;
    else this.#history = stepped(this.#history, draft);
    this.#look();
  }

  #look(): void {
    this.trouble = '';
    clearTimeout(this.#soon);
    const { draft } = this;
    if (draft.parts !== null || !this.changed) {
      this.#asking?.abort();
      this.looking = false;
      return;
    }
    if (this.#found && isSameKnobs(this.#found.knobs, draft.knobs)) return;
    this.looking = true;
    this.#soon = setTimeout(() => void this.#ask(draft), SOON_MS);
  }

  async #ask(draft: Draft): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      const answer = await preview(this.itemId, askedFor(draft), asking.signal);
      if (asking.signal.aborted) return;
      const parts = answer.cuts.map((cut) => ({ start: cut.start_s, end: cut.end_s }));
      this.#found = { knobs: draft.knobs, parts, seconds: answer.reel_s, moments: answer.moments };
      this.looking = false;
    } catch (error) {
      if (asking.signal.aborted) return;
      this.looking = false;
      this.trouble = error instanceof ApiError ? lineOf(error) : '';
    }
  }
}

/** Whether rules say that somebody chose the parts. */
export function isByHand(rules: Rules): boolean {
  return typeof (rules as { parts?: number | null }).parts === 'number';
}
