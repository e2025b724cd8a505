import { beforeEach, describe, expect, it } from 'vitest';
import type { Arrival } from './kinds';
import { UploadMemory, type Shelf } from './memory';
import { SILENT_MS, UploadQueue, type Carrier, type SendingHeard } from './queue';

class Timing {
  now = 1_000_000;
  private due: { atMs: number; act: () => void }[] = [];
  nowMs = (): number => this.now;
  later = (ms: number, act: () => void): (() => void) => {
    const entry = { atMs: this.now + ms, act };
    this.due.push(entry);
    return () => (this.due = this.due.filter((each) => each !== entry));
  };
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      const next = this.due.filter((entry) => entry.atMs <= until).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.now = next.atMs;
      this.due = this.due.filter((entry) => entry !== next);
      next.act();
      await settled();
    }
    this.now = until;
    await settled();
  }
}

/** A box that keeps what tests let through. */
class FakeBox implements Carrier {
  sendings: { file: File; place: string; url: string; heard: SendingHeard; stopped: boolean }[] = [];
  forgotten: string[] = [];
  jobs = new Map<string, string>();
  arrivals = new Map<string, Arrival>();
  send(file: File, place: string, url: string, _party: unknown, heard: SendingHeard): { stop(): void } {
    const sending = { file, place, url, heard, stopped: false };
    this.sendings.push(sending);
    return { stop: () => (sending.stopped = true) };
  }
  forget(url: string): void {
    this.forgotten.push(url);
  }
  async jobOf(url: string): Promise<string | null> {
    return this.jobs.get(url) ?? null;
  }
  async arrival(jobId: string): Promise<Arrival | null> {
    return this.arrivals.get(jobId) ?? null;
  }
  get last() {
    const sending = this.sendings.at(-1);
    if (sending === undefined) throw new Error('nothing was sent');
    return sending;
  }
  get running() {
    return this.sendings.filter((sending) => !sending.stopped);
  }
}

export class FakeShelf implements Shelf {
  kept = new Map<string, string>();
  get length(): number {
    return this.kept.size;
  }
  key = (index: number): string | null => [...this.kept.keys()][index] ?? null;
  getItem = (key: string): string | null => this.kept.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.kept.set(key, value);
  removeItem = (key: string): void => void this.kept.delete(key);
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
};
const file = (name: string, size = 1000): File => ({ name, size }) as File;
const offline = { status: 0, body: '', retryAfterS: null };
const arrivalOf = (more: Partial<Arrival> = {}): Arrival => ({
  jobId: 'j1', itemId: 'i1', name: 'game', duplicate: false, error: '', remedy: '', ...more,
});

let timing: Timing;
let box: FakeBox;
let shelf: FakeShelf;
let queue: UploadQueue;
let ids = 0;

function open(windowId = 'w1'): UploadQueue {
  return new UploadQueue({
    carrier: box,
    timing,
    memory: new UploadMemory(shelf, windowId, timing.nowMs),
    markOf: async (of) => `${of.name}/${of.size}`,
    newId: () => `u${(ids += 1)}`,
    chance: () => 1,
  });
}

const add = (...files: File[]) => queue.add(files.map((each) => ({ file: each, place: each.name })));
const states = (): string[] => queue.uploads.map((upload) => upload.state);
const first = () => {
  const upload = queue.uploads[0];
  if (upload === undefined) throw new Error('there is no upload');
  return upload;
};

beforeEach(() => {
  [timing, box, shelf, ids] = [new Timing(), new FakeBox(), new FakeShelf(), 0];
  queue = open();
});

describe('sending', () => {
  it('sends two at once and the others in order', async () => {
    await add(file('a'), file('b'), file('c'));
    expect(states()).toEqual(['sending', 'sending', 'waiting']);
    box.sendings[0]?.heard.sent('j1');
    expect(states()).toEqual(['arriving', 'sending', 'sending']);
    expect(box.last.place).toBe('c');
  });

  it('tells speed and the time that is left', async () => {
    await add(file('a', 10_000));
    for (let second = 1; second <= 3; second += 1) {
      await timing.pass(1_000);
      box.last.heard.progress(1_000 * second);
    }
    expect(first().bytesPerS).toBe(1_000);
    expect(first().secondsLeft).toBe(7);
  });

  it('links a finished upload to its recording', async () => {
    await add(file('a'));
    box.arrivals.set('j1', arrivalOf());
    box.last.heard.sent('j1');
    await settled();
    expect(first()).toMatchObject({ state: 'done', sent: 1000, arrival: { itemId: 'i1' } });
  });

  it('asks until the box has taken it in', async () => {
    await add(file('a'));
    box.last.heard.at('/api/tus/1');
    box.last.heard.sent(null);
    await timing.pass(10_000);
    expect(states()).toEqual(['arriving']);
    box.jobs.set('/api/tus/1', 'j1');
    box.arrivals.set('j1', arrivalOf());
    await timing.pass(30_000);
    expect(states()).toEqual(['done']);
  });

  it('says what the box said of a file that is no recording', async () => {
    await add(file('a'));
    box.arrivals.set('j1', arrivalOf({ error: 'No picture in it.', remedy: 'Copy it again.' }));
    box.last.heard.sent('j1');
    await settled();
    expect(first()).toMatchObject({ state: 'failed', trouble: { error: 'No picture in it.', remedy: 'Copy it again.' } });
  });

  it('takes a file once, however often it is dropped', async () => {
    await add(file('a'));
    expect(await add(file('a'))).toEqual({ added: 0, resumed: 0 });
    expect(queue.uploads).toHaveLength(1);
  });

  it('says in its place that a file cannot be read', async () => {
    queue = new UploadQueue({
      carrier: box, timing, memory: new UploadMemory(shelf, 'w1', timing.nowMs), newId: () => 'u1',
      markOf: () => Promise.reject(new Error('locked')),
    });
    await add(file('a'));
    expect(first()).toMatchObject({ state: 'failed', trouble: { kind: 'unreadable' } });
  });
});

describe('a line that breaks', () => {
  it('rests longer each time and goes on where the box is', async () => {
    await add(file('a'));
    box.last.heard.at('/api/tus/1');
    box.last.heard.progress(400);
    const waits: number[] = [];
    for (let time = 0; time < 7; time += 1) {
      box.last.heard.failed(offline);
      expect(first()).toMatchObject({ state: 'resting', sent: 400, trouble: { kind: 'offline' } });
      waits.push((first().retryAtMs ?? 0) - timing.now);
      await timing.pass(30_000);
      expect(states()).toEqual(['sending']);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(box.last.url).toBe('/api/tus/1');
  });

  it('does not wait any longer once the line is back', async () => {
    await add(file('a'));
    box.last.heard.failed(offline);
    queue.wake();
    expect(states()).toEqual(['sending']);
  });

  it('notices a line that is silent although nothing broke', async () => {
    await add(file('a'));
    box.last.heard.progress(10);
    await timing.pass(SILENT_MS + 1);
    queue.watch();
    expect(states()).toEqual(['resting']);
    expect(box.last.stopped).toBe(true);
  });

  it('gives the box time to take in what is all there', async () => {
    await add(file('a'));
    box.last.heard.progress(1000);
    await timing.pass(10 * SILENT_MS);
    queue.watch();
    expect(states()).toEqual(['sending']);
  });

  it('hears nothing of a sending that was stopped', async () => {
    await add(file('a'));
    queue.pause('u1');
    box.last.heard.failed(offline);
    box.last.heard.progress(900);
    expect(first()).toMatchObject({ state: 'paused', sent: 0 });
  });

  it('begins anew when the box has forgotten the upload', async () => {
    await add(file('a'));
    box.last.heard.at('/api/tus/1');
    box.last.heard.progress(400);
    box.last.heard.failed({ status: 410, body: '', retryAfterS: null });
    await timing.pass(2_000);
    expect(box.last.url).toBe('');
    expect(first().sent).toBe(0);
  });

  it('waits as long as the box asks for', async () => {
    await add(file('a'));
    box.last.heard.failed({ status: 503, body: '{"error": "Full.", "remedy": "Wait."}', retryAfterS: 60 });
    expect(first()).toMatchObject({ trouble: { error: 'Full.', remedy: 'Wait.' }, retryAtMs: timing.now + 60_000 });
  });

  it('stops at what trying again cannot mend, until somebody does', async () => {
    await add(file('a'), file('b'), file('c'));
    box.sendings[0]?.heard.failed({ status: 413, body: '{"error": "Too large."}', retryAfterS: null });
    expect(states()).toEqual(['failed', 'sending', 'sending']);
    box.sendings[1]?.heard.sent('j');
    queue.retry('u1');
    expect(states()).toEqual(['sending', 'arriving', 'sending']);
  });
});

describe('people', () => {
  it('pause, go on and give up', async () => {
    await add(file('a'));
    box.last.heard.at('/api/tus/1');
    queue.pause('u1');
    expect(box.running).toHaveLength(0);
    queue.resume('u1');
    expect(box.last.url).toBe('/api/tus/1');
    queue.cancel('u1');
    expect(queue.uploads).toHaveLength(0);
    expect(box.forgotten).toEqual(['/api/tus/1']);
  });

  it('take finished ones off the list without touching them on the box', async () => {
    await add(file('a'));
    box.last.heard.at('/api/tus/1');
    box.arrivals.set('j1', arrivalOf());
    box.last.heard.sent('j1');
    await settled();
    queue.clearOver();
    expect(queue.uploads).toHaveLength(0);
    expect(box.forgotten).toEqual([]);
  });

  it('let the next one go while one is paused', async () => {
    await add(file('a'), file('b'), file('c'));
    queue.pause('u1');
    expect(states()).toEqual(['paused', 'sending', 'sending']);
    queue.pauseAll();
    expect(states()).toEqual(['paused', 'paused', 'paused']);
    queue.resumeAll();
    expect(states()).toEqual(['sending', 'sending', 'waiting']);
  });
});

describe('a reload', () => {
  it('asks for the file again and goes on with the same bytes, whatever they are called', async () => {
    await add(file('a'));
    box.last.heard.at('/api/tus/1');
    box.last.heard.progress(400);
    queue.watch();
    queue = open();
    queue.restore();
    expect(first()).toMatchObject({ state: 'lost', name: 'a', sent: 400 });
    expect(await add(file('b'))).toEqual({ added: 1, resumed: 0 });
    expect(await add(file('a'))).toEqual({ added: 0, resumed: 1 });
    expect(box.last).toMatchObject({ url: '/api/tus/1', place: 'a' });
  });

  it('needs no file for what is on the box already', async () => {
    await add(file('a'));
    box.last.heard.at('/api/tus/1');
    box.last.heard.sent(null);
    queue = open();
    box.jobs.set('/api/tus/1', 'j1');
    box.arrivals.set('j1', arrivalOf());
    queue.restore();
    await settled();
    expect(states()).toEqual(['done']);
  });

  it('leaves the uploads of another open window alone, and takes up those of a closed one', async () => {
    await add(file('a'));
    const other = open('w2');
    other.restore();
    expect(other.uploads).toHaveLength(0);
    await timing.pass(60_000);
    other.restore();
    expect(other.uploads).toHaveLength(1);
  });

  it('tells its listeners, and no longer once they leave', async () => {
    const heard: number[] = [];
    const leave = queue.subscribe((uploads) => heard.push(uploads.length));
    await add(file('a'));
    leave();
    await add(file('b'));
    expect(heard[0]).toBe(0);
    expect(heard.at(-1)).toBe(1);
  });
});
