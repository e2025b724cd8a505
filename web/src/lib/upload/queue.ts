import type { Arrival, Chosen, Trouble, Upload } from './kinds';
import type { Remembered, UploadMemory } from './memory';
import { partiesOf, type Party } from './party';
import { Speedometer } from './speed';
import { judge, restMs, type Failure } from './trouble';

/** One file on its way. Nothing is heard from it after `stop`. */
export interface Sending {
  stop(): void;
}

export interface SendingHeard {
  /** Where the box keeps it, to go on there later. */
  at(url: string): void;
  progress(sent: number): void;
  /** All bytes are on the box; as which job, if it knows already. */
  sent(jobId: string | null): void;
  failed(failure: Failure): void;
}

/** The box, as far as sending goes. */
export interface Carrier {
  send(file: File, place: string, url: string, party: Party | null, heard: SendingHeard): Sending;
  /** Forget what was sent so far. Best effort. */
  forget(url: string): void;
  /** The job that a complete upload became; null while it is being taken in. Raises when the box cannot be asked. */
  jobOf(url: string): Promise<string | null>;
  /** What became of it; null while that is not known. Raises when the box cannot be asked. */
  arrival(jobId: string): Promise<Arrival | null>;
}

export interface Timing {
  nowMs(): number;
  /** Do it later; the answer calls it off. */
  later(ms: number, act: () => void): () => void;
}

export interface QueueParts {
  carrier: Carrier;
  timing: Timing;
  memory: Pick<UploadMemory, 'save' | 'recall'>;
  markOf(file: File): Promise<string>;
  newId(): string;
  chance?: () => number;
}

interface Row {
  upload: Upload;
  file: File | null;
  /** Not remembered beyond a reload: what was not begun by then is sent by itself. */
  party: Party | null;
  speed: Speedometer;
  failures: number;
  heardAtMs: number;
  sending: Sending | null;
  callOff: (() => void) | null;
}

/** Two at once keep a fast line full without starving each other on a slow one. */
const AT_ONCE = 2;
/** A line that is silent for so long is gone, whatever the browser believes. Once all is sent, the box may take its time. */
export const SILENT_MS = 20_000;
export const TAKING_MS = 900_000;
const ASK_MS = 2_000;
const SAVE_MS = 2_000;
const TELL_MS = 200;

/** All uploads of this page: sends them in order, rests and goes on when the line breaks, and remembers them beyond a reload. */
export class UploadQueue {
  private rows: Row[] = [];
  private listeners = new Set<(uploads: readonly Upload[]) => void>();
  private savedAtMs = -Infinity;
  private tellOff: (() => void) | null = null;

  constructor(private readonly parts: QueueParts) {}

  /** As a store: told at once, and again whenever something changed. */
  subscribe(heard: (uploads: readonly Upload[]) => void): () => void {
    this.listeners.add(heard);
    heard(this.uploads);
    return () => this.listeners.delete(heard);
  }

  get uploads(): readonly Upload[] {
    return this.rows.map((row) => row.upload);
  }

  /** Take up what an earlier page began. */
  restore(): void {
    const known = new Set(this.rows.map((row) => row.upload.id));
    for (const remembered of this.parts.memory.recall()) {
      if (!known.has(remembered.id)) this.rows.push(rowOf(asLost(remembered), null));
    }
    // What is on the box already needs no file.
    for (const row of this.rows) if (row.upload.state === 'arriving') this.follow(row, null);
    this.settle();
  }

  /** Send these; a file that was on its way before a reload goes on where it was. */
  async add(chosen: readonly Chosen[]): Promise<{ added: number; resumed: number }> {
    const counts = { added: 0, resumed: 0 };
    const partyOf = partiesOf(chosen);
    let batch = '';
    for (const each of chosen) {
      const { file, place } = each;
      let mark: string;
      try {
        mark = await this.parts.markOf(file);
      } catch {
        // Gone or locked since it was chosen: say so in its place.
        this.rows.push(rowOf({ ...blank(this.parts.newId(), file.name, place, file.size, ''), state: 'failed', trouble: unreadable() }, null));
        continue;
      }
      const known = this.rows.find((row) => row.upload.mark === mark && row.upload.state !== 'done' && row.upload.state !== 'failed');
      if (known === undefined) {
        const id = this.parts.newId();
        batch ||= id;
        this.rows.push(rowOf(blank(id, file.name, place, file.size, mark), file, partyOf(each, batch)));
        counts.added += 1;
      } else if (known.upload.state === 'lost') {
        known.file = file;
        this.change(known, { state: 'waiting', trouble: null });
        counts.resumed += 1;
      }
      this.start();
    }
    this.settle();
    return counts;
  }

  pause(id: string): void {
    const row = this.find(id);
    if (row === undefined || !['waiting', 'sending', 'resting'].includes(row.upload.state)) return;
    this.halt(row);
    this.change(row, { state: 'paused' });
    this.settle();
  }

  resume(id: string): void {
    const row = this.find(id);
    if (row?.upload.state !== 'paused') return;
    row.failures = 0;
    this.change(row, { state: row.file === null ? 'lost' : 'waiting', trouble: null });
    this.settle();
  }

  /** Try a failed one from where it is. */
  retry(id: string): void {
    const row = this.find(id);
    if (row === undefined || (row.upload.state !== 'failed' && row.upload.state !== 'resting')) return;
    this.halt(row);
    row.failures = 0;
    this.change(row, { state: row.file === null ? 'lost' : 'waiting', trouble: null });
    this.settle();
  }

  /** Give one up, here and on the box; or take a finished one off the list. */
  cancel(id: string): void {
    const row = this.find(id);
    if (row === undefined) return;
    this.halt(row);
    if (row.upload.url && row.upload.state !== 'done' && row.upload.state !== 'arriving') this.parts.carrier.forget(row.upload.url);
    this.rows = this.rows.filter((each) => each !== row);
    this.settle();
  }

  pauseAll(): void {
    for (const { upload } of [...this.rows]) this.pause(upload.id);
  }

  resumeAll(): void {
    for (const { upload } of [...this.rows]) this.resume(upload.id);
  }

  clearOver(): void {
    this.rows = this.rows.filter(({ upload }) => upload.state !== 'done' && upload.state !== 'failed');
    this.settle();
  }

  /** The line is back, the phone was unlocked, somebody signed in: do not wait any longer. */
  wake(): void {
    for (const row of this.rows) {
      if (row.upload.state === 'resting') {
        this.halt(row);
        row.failures = 0;
        this.change(row, { state: 'waiting' });
      } else if (row.upload.state === 'sending') this.look(row);
    }
    this.settle();
  }

  /** Look for silence. Called every few seconds, as a sleeping phone's timers sleep too. */
  watch(): void {
    for (const row of this.rows) if (row.upload.state === 'sending') this.look(row);
    this.save(true);
  }

  private look(row: Row): void {
    const patience = row.upload.sent >= row.upload.size ? TAKING_MS : SILENT_MS;
    if (this.parts.timing.nowMs() - row.heardAtMs > patience) this.fail(row, { status: 0, body: '', retryAfterS: null });
  }

  private find(id: string): Row | undefined {
    return this.rows.find((row) => row.upload.id === id);
  }

  /** Start what may start, remember, and tell. */
  private settle(): void {
    this.start();
    this.save(true);
    this.tell();
  }

  private start(): void {
    let free = AT_ONCE - this.rows.filter((row) => row.upload.state === 'sending').length;
    for (const row of this.rows) {
      if (free <= 0) break;
      if (row.upload.state !== 'waiting' || row.file === null) continue;
      this.begin(row, row.file);
      free -= 1;
    }
  }

  private begin(row: Row, file: File): void {
    row.speed.reset();
    row.heardAtMs = this.parts.timing.nowMs();
    row.upload = { ...row.upload, state: 'sending', retryAtMs: null, bytesPerS: null, secondsLeft: null };
    row.sending = this.parts.carrier.send(file, row.upload.place, row.upload.url, row.party, {
      at: (url) => this.heard(row, () => this.change(row, { url })),
      progress: (sent) => this.heard(row, () => this.progress(row, sent)),
      sent: (jobId) => this.heard(row, () => this.arrived(row, jobId)),
      failed: (failure) => this.heard(row, () => this.fail(row, failure)),
    });
  }

  /** News of an upload that was stopped meanwhile is no news. */
  private heard(row: Row, act: () => void): void {
    if (row.upload.state !== 'sending' || !this.rows.includes(row)) return;
    row.heardAtMs = this.parts.timing.nowMs();
    act();
  }

  private progress(row: Row, sent: number): void {
    row.speed.note(this.parts.timing.nowMs(), sent);
    if (sent > row.upload.sent) row.failures = 0;
    const secondsLeft = row.speed.secondsLeft(row.upload.size - sent);
    row.upload = { ...row.upload, sent, bytesPerS: row.speed.bytesPerS, secondsLeft, trouble: null };
    this.save(false);
    this.tellSoon();
  }

  private arrived(row: Row, jobId: string | null): void {
    this.halt(row);
    this.change(row, { state: 'arriving', sent: row.upload.size, trouble: null });
    this.follow(row, jobId);
    this.settle();
  }

  private fail(row: Row, failure: Failure): void {
    this.halt(row);
    const { trouble, next, leastRestMs } = judge(failure);
    const url = next === 'anew' ? '' : row.upload.url;
    if (next === 'stop') this.change(row, { state: 'failed', trouble });
    else {
      const waitMs = Math.max(leastRestMs, restMs(row.failures, this.parts.chance));
      row.failures += 1;
      this.change(row, { state: 'resting', trouble, url, sent: url ? row.upload.sent : 0, retryAtMs: this.parts.timing.nowMs() + waitMs });
      row.callOff = this.parts.timing.later(waitMs, () => {
        this.change(row, { state: 'waiting' });
        this.settle();
      });
    }
    this.settle();
  }

  /** Ask what became of an upload until it is known. */
  private follow(row: Row, jobId: string | null, rests = 0): void {
    const again = (known: string | null): void => {
      if (this.rows.includes(row) && row.upload.state === 'arriving') {
        row.callOff = this.parts.timing.later(Math.min(ASK_MS * 1.5 ** rests, 20_000), () => this.follow(row, known, rests + 1));
      }
    };
    void this.ask(row, jobId).then(
      (known) => (known === 'over' ? this.settle() : again(known)),
      () => again(jobId),
    );
  }

  private async ask(row: Row, known: string | null): Promise<string | null | 'over'> {
    const jobId = known ?? (await this.parts.carrier.jobOf(row.upload.url));
    const arrival = jobId === null ? null : await this.parts.carrier.arrival(jobId);
    if (arrival === null) return jobId;
    if (row.upload.state !== 'arriving') return 'over';
    const trouble: Trouble | null = arrival.error ? { kind: 'refused', status: 415, error: arrival.error, remedy: arrival.remedy } : null;
    this.change(row, { state: trouble === null ? 'done' : 'failed', trouble, arrival });
    return 'over';
  }

  private halt(row: Row): void {
    row.callOff?.();
    row.callOff = null;
    row.sending?.stop();
    row.sending = null;
  }

  private change(row: Row, to: Partial<Upload>): void {
    row.upload = { ...row.upload, retryAtMs: null, bytesPerS: null, secondsLeft: null, ...to };
    this.save(true);
    this.tell();
  }

  private save(now: boolean): void {
    const atMs = this.parts.timing.nowMs();
    if (!now && atMs - this.savedAtMs < SAVE_MS) return;
    this.savedAtMs = atMs;
    this.parts.memory.save(this.uploads.filter(({ state }) => state !== 'done' && state !== 'failed'));
  }

  private tell(): void {
    this.tellOff?.();
    this.tellOff = null;
    const uploads = this.uploads;
    for (const heard of this.listeners) heard(uploads);
  }

  /** Progress comes far more often than anybody can read. */
  private tellSoon(): void {
    this.tellOff ??= this.parts.timing.later(TELL_MS, () => {
      this.tellOff = null;
      this.tell();
    });
  }
}

function rowOf(upload: Upload, file: File | null, party: Party | null = null): Row {
  return { upload, file, party, speed: new Speedometer(), failures: 0, heardAtMs: 0, sending: null, callOff: null };
}

function blank(id: string, name: string, place: string, size: number, mark: string): Upload {
  const nothingYet = { bytesPerS: null, secondsLeft: null, trouble: null, retryAtMs: null, arrival: null } as const;
  return { id, name, place, size, mark, state: 'waiting', sent: 0, url: '', ...nothingYet };
}

function asLost({ id, name, place, size, mark, url, sent }: Remembered): Upload {
  const complete = sent >= size && url !== '';
  return { ...blank(id, name, place, size, mark), url, sent: url ? sent : 0, state: complete ? 'arriving' : 'lost' };
}

const unreadable = (): Trouble => ({ kind: 'unreadable', error: '', remedy: '', status: 0 });
