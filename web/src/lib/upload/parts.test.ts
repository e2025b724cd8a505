import { describe, expect, it } from 'vitest';
import { choose, reasonToLeaveOut } from './choosing';
import { fromDrop, fromPicker } from './folders';
import type { Upload } from './kinds';
import { markOf } from './mark';
import { UploadMemory, type Remembered, type Shelf } from './memory';
import { Speedometer } from './speed';
import { phoneWord, summaryOf } from './summary';
import { judge, restMs, wordsOf } from './trouble';
import { ScreenKeeper } from './wake';

const upload = (more: Partial<Upload> = {}): Upload => ({
  id: 'u', name: 'a', place: 'a', size: 100, mark: 'm', state: 'sending', sent: 0, bytesPerS: null, secondsLeft: null,
  trouble: null, retryAtMs: null, url: '', arrival: null, ...more,
});

describe('choosing', () => {
  it('takes footage out of a folder and leaves out what lies beside it', () => {
    expect(reasonToLeaveOut('DCIM/100/MVI_1.MP4', 5, false)).toBeNull();
    expect(reasonToLeaveOut('PRIVATE/AVCHD/BDMV/STREAM/00001.MTS', 5, false)).toBeNull();
    for (const place of ['DCIM/100/MVI_1.THM', 'DCIM/100/._MVI_1.MP4', 'DCIM/GX010001.LRV', 'notes', '.Trash/a.mp4']) {
      expect(reasonToLeaveOut(place, 5, false)).toBe('notFootage');
    }
    expect(reasonToLeaveOut('a.mp4', 0, true)).toBe('empty');
  });

  it('tries a strange file that somebody picked by hand', () => {
    expect(reasonToLeaveOut('camera-dump.xyz', 5, true)).toBeNull();
    expect(reasonToLeaveOut('camera-dump.xyz', 5, false)).toBe('notFootage');
    expect(reasonToLeaveOut('IMG_1.JPG', 5, true)).toBe('notFootage');
  });

  it('sends chapters in their order', () => {
    const found = ['c/10.mp4', 'c/9.mp4'].map((place) => ({ place, byHand: false, file: { size: 1 } as File }));
    expect(choose(found).wanted.map(({ place }) => place)).toEqual(['c/9.mp4', 'c/10.mp4']);
  });
});

describe('a drop', () => {
  const entryOf = (name: string, children?: FileSystemEntry[]): FileSystemEntry => {
    let rest = children ? [children.slice(0, 2), children.slice(2), []] : [];
    return {
      name, isFile: !children, isDirectory: Boolean(children),
      file: (give: (file: File) => void, refuse: () => void) => (name === 'gone.mp4' ? refuse() : give({ name, size: 1 } as File)),
      createReader: () => ({ readEntries: (give: (some: FileSystemEntry[]) => void) => (give(rest[0] ?? []), (rest = rest.slice(1))) }),
    } as unknown as FileSystemEntry;
  };

  it('is opened to the last folder, and what cannot be read is left out', async () => {
    const card = entryOf('card', [entryOf('1.mp4'), entryOf('gone.mp4'), entryOf('deep', [entryOf('2.mp4')])]);
    const items = [{ kind: 'file', webkitGetAsEntry: () => card }, { kind: 'string', webkitGetAsEntry: () => null }];
    const found = await fromDrop({ items, files: [] } as unknown as DataTransfer);
    expect(found.map(({ place, byHand }) => [place, byHand])).toEqual([['card/1.mp4', false], ['card/deep/2.mp4', false]]);
  });

  it('knows files that were picked from those of a picked folder', () => {
    const files = [{ name: 'a.mp4', webkitRelativePath: '' }, { name: 'b.mp4', webkitRelativePath: 'card/b.mp4' }] as File[];
    expect(fromPicker(files).map(({ place, byHand }) => [place, byHand])).toEqual([['a.mp4', true], ['card/b.mp4', false]]);
  });
});

describe('a mark', () => {
  it('is the same for the same bytes and another for others, at either end and in the middle', async () => {
    const bytes = new Uint8Array(400_000).fill(7);
    const mark = await markOf(new Blob([bytes]));
    expect(await markOf(new Blob([bytes]))).toBe(mark);
    for (const at of [0, 200_000, 399_999]) {
      const others = bytes.slice();
      others[at] = 8;
      expect(await markOf(new Blob([others]))).not.toBe(mark);
    }
    expect(await markOf(new Blob([bytes.slice(1)]))).not.toBe(mark);
  });
});

describe('speed', () => {
  it('is that of the last seconds', () => {
    const speed = new Speedometer();
    for (let second = 0; second <= 20; second += 1) speed.note(second * 1000, second < 10 ? second * 1000 : 10_000 + (second - 10) * 100);
    expect(speed.bytesPerS).toBeLessThan(300);
    expect(speed.secondsLeft(1_000)).toBeGreaterThan(3);
  });

  it('is not guessed from a moment, nor from an offset that went back', () => {
    const speed = new Speedometer();
    speed.note(0, 0);
    speed.note(100, 5_000_000);
    expect(speed.bytesPerS).toBeNull();
    speed.note(5_000, 100);
    expect(speed.bytesPerS).toBeNull();
  });
});

describe('memory', () => {
  const remembered: Remembered = { id: 'u', name: 'a', place: 'a', size: 9, mark: 'm', url: '/u', sent: 3 };
  const shelfOf = (kept: Record<string, string>, broken = false): Shelf => ({
    get length() {
      return Object.keys(kept).length;
    },
    key: (index) => Object.keys(kept)[index] ?? null,
    getItem: (key) => kept[key] ?? null,
    setItem: (key, value) => {
      if (broken) throw new Error('full');
      kept[key] = value;
    },
    removeItem: (key) => void delete kept[key],
  });

  it('keeps what is needed to go on', () => {
    const kept = {};
    new UploadMemory(shelfOf(kept), 'w', () => 5).save([{ ...remembered, file: 'not this' } as Remembered]);
    expect(new UploadMemory(shelfOf(kept), 'w', () => 6).recall()).toEqual([remembered]);
  });

  it('overlooks what it cannot read, and a shelf that keeps nothing', () => {
    const kept = { 'rinkreel.uploads.x': '{', 'rinkreel.uploads.y': '{"atMs": 0, "uploads": [{"id": 3}, null]}', other: '' };
    expect(new UploadMemory(shelfOf(kept), 'w', () => 1e9).recall()).toEqual([]);
    expect(() => new UploadMemory(shelfOf({}, true), 'w', () => 5).save([remembered])).not.toThrow();
  });
});

describe('trouble', () => {
  it('is judged by what the box answered', () => {
    const next = (status: number) => judge({ status, body: '', retryAfterS: null }).next;
    expect([0, 401, 409, 423, 429, 500, 503, 507].map(next)).toEqual(Array(8).fill('again'));
    expect([404, 410].map(next)).toEqual(['anew', 'anew']);
    expect([400, 403, 412, 413, 415, 422].map(next)).toEqual(Array(6).fill('stop'));
  });

  it('rests never long, and never at the same instant as everybody else', () => {
    expect(restMs(99, () => 1)).toBe(30_000);
    expect(restMs(0, () => 0)).toBe(750);
  });

  it('finds words only where there are some', () => {
    expect(wordsOf('<html>')).toEqual({ error: '', remedy: '' });
    expect(wordsOf('{"error": 5, "remedy": "Wait."}')).toEqual({ error: '', remedy: 'Wait.' });
  });
});

describe('the tray in one line', () => {
  it('adds up what is sent, what is left and how long it takes', () => {
    const uploads = [
      upload({ state: 'done', sent: 100 }),
      upload({ sent: 50, bytesPerS: 10 }),
      upload({ state: 'waiting' }),
      upload({ state: 'failed', sent: 10 }),
    ];
    expect(summaryOf(uploads)).toMatchObject({ total: 4, over: 2, failed: 1, moving: 2, share: 0.5, secondsLeft: 15, offline: false });
  });

  it('knows that the line is gone only when nothing moves', () => {
    const resting = upload({ state: 'resting', trouble: { kind: 'offline', error: '', remedy: '', status: 0 } });
    expect(summaryOf([resting]).offline).toBe(true);
    expect(summaryOf([resting, upload()]).offline).toBe(false);
  });

  it('says that a phone may be locked only when every byte is on the box', () => {
    const word = (awake: boolean, ...states: Upload['state'][]) => phoneWord(summaryOf(states.map((state) => upload({ state }))), awake);
    expect(word(false, 'sending')).toBe('stay');
    expect(word(true, 'sending')).toBe('awake');
    expect(word(true, 'resting')).toBe('awake');
    expect(word(false, 'done', 'waiting')).toBe('stay');
    expect(word(false, 'done', 'lost')).toBe('none');
    expect(word(false, 'done', 'paused')).toBe('none');
    expect(word(false, 'done', 'arriving')).toBe('may');
    expect(word(false, 'failed')).toBe('none');
    expect(word(false)).toBe('none');
  });
});

describe('the screen', () => {
  const sentinelOf = () => {
    const sentinel = {
      released: false, heard: () => {},
      release: async () => ((sentinel.released = true), sentinel.heard()),
      addEventListener: (_: 'release', heard: () => void) => (sentinel.heard = heard),
    };
    return sentinel;
  };

  it('stays on while that is wanted, and is asked for again when the page is seen again', async () => {
    const [told, given] = [[] as boolean[], [] as ReturnType<typeof sentinelOf>[]];
    let seen = true;
    const keeper = new ScreenKeeper(
      { request: async () => (given.push(sentinelOf()), given.at(-1) ?? sentinelOf()) }, () => seen, (held) => told.push(held),
    );
    await keeper.want(true);
    expect(keeper.held).toBe(true);
    seen = false;
    await given[0]?.release();
    await keeper.settle();
    expect(keeper.held).toBe(false);
    seen = true;
    await keeper.settle();
    expect(keeper.held).toBe(true);
    await keeper.want(false);
    expect(given.every((each) => each.released)).toBe(true);
    expect(told.at(-1)).toBe(false);
  });

  it('is not promised where the browser cannot or will not', async () => {
    const told: boolean[] = [];
    await new ScreenKeeper(undefined, () => true, (held) => told.push(held)).want(true);
    await new ScreenKeeper({ request: () => Promise.reject(new Error('battery')) }, () => true, (held) => told.push(held)).want(true);
    expect(told).not.toContain(true);
  });
});
