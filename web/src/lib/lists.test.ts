import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Item, Job, Share } from './api';
import { concerns, GATHER_MS, isAnything, whenChanged } from './changes';
import { merged } from './home/jobs';
import { shareAddresses } from './home/addresses';
import { standingOf } from './home/standing';
import { waitBefore, type Changed } from './live.svelte';
import { slabsOf } from './slabs';
import { chosen, lasting, LINK_HOURS, MOST_REELS, MOST_WORK } from './tv/showing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const job = (id: string, at: number, total = 1) => ({ job_id: id, created_at_s: at, total }) as Job;
const item = (id: string, rest: Partial<Item>) => ({ item_id: id, progress: 0, stages: [], download_url: null, ...rest }) as Item;

describe('a long list in slabs', () => {
  it('holds every row once', () => {
    for (const total of [0, 1, 11, 12, 13, 2000]) {
      const slabs = slabsOf(total, 12);
      expect(slabs.reduce((sum, slab) => sum + slab.limit, 0)).toBe(total);
      slabs.forEach((slab, index) => expect(slab.offset).toBe(index * 12));
    }
  });
});

describe('the newest page of drops', () => {
  const known = [job('c', 3), job('b', 2), job('a', 1)];

  it('puts new drops in front, and keeps the old ones behind it', () => {
    expect(merged(known, { jobs: [job('d', 4), job('c', 3, 9)], next_before: 3 }).map((each) => each.job_id)).toEqual(['d', 'c', 'b', 'a']);
  });

  it('takes over what changed', () => {
    expect(merged(known, { jobs: [job('c', 3, 9)], next_before: 3 })[0]?.total).toBe(9);
  });

  it('loses what is gone, as far as it reaches', () => {
    expect(merged(known, { jobs: [job('c', 3), job('a', 1)], next_before: null }).map((each) => each.job_id)).toEqual(['c', 'a']);
    expect(merged(known, { jobs: [], next_before: null })).toEqual([]);
  });
});

describe('news', () => {
  function listen(matters: (changed: Changed) => boolean) {
    let tell: (changed: Changed) => void = () => {};
    let runs = 0;
    const end = whenChanged(matters, () => (runs += 1), (act) => {
      tell = act;
      return () => (tell = () => {});
    });
    return { tell: (changed: Changed) => tell(changed), runs: () => runs, end };
  }

  it('in a burst are read once', () => {
    const heard = listen((changed) => concerns(changed, 'a'));
    for (let n = 0; n < 100; n += 1) heard.tell({ job_id: 'a', item_id: String(n) });
    vi.advanceTimersByTime(GATHER_MS);
    expect(heard.runs()).toBe(1);
    heard.tell({ job_id: 'a' });
    vi.advanceTimersByTime(GATHER_MS);
    expect(heard.runs()).toBe(2);
  });

  it('of others are not read', () => {
    const heard = listen((changed) => concerns(changed, 'a'));
    heard.tell({ job_id: 'b' });
    heard.tell({ what: 'notices' });
    vi.advanceTimersByTime(GATHER_MS);
    expect(heard.runs()).toBe(0);
  });

  it('that were missed count as everything', () => {
    expect(isAnything({})).toBe(true);
    expect(concerns({ job_id: '', item_id: '', what: '' }, 'a')).toBe(true);
  });

  it('are not read after one has left', () => {
    const heard = listen(() => true);
    heard.tell({});
    heard.end();
    vi.advanceTimersByTime(GATHER_MS * 2);
    expect(heard.runs()).toBe(0);
  });

  it('are asked for again soon, and never seldom', () => {
    expect(waitBefore(0)).toBeLessThanOrEqual(1000);
    expect([...Array(50).keys()].map(waitBefore).every((ms) => ms > 0 && ms <= 10_000)).toBe(true);
  });
});

describe('a standing', () => {
  const watching = item('a', { stage: 'analyse', progress: 0.3, stages: [{ stage: 'analyse', share: 0.4 }], eta_s: 90 });

  it('is the latest that was heard', () => {
    const heard = { item_id: 'a', job_id: 'j', stage: 'assemble', share: 0.95, stages: [{ stage: 'analyse', share: 1 }], eta_s: 4 };
    expect(standingOf(watching, heard)).toEqual({ stage: 'assemble', share: 0.95, watched: 1, etaS: 4 });
  });

  it('is what the book says where nothing was heard, and unknown stages are the first', () => {
    expect(standingOf(watching, undefined)).toEqual({ stage: 'analyse', share: 0.3, watched: 0.4, etaS: 90 });
    expect(standingOf(item('b', { stage: '' }), undefined).stage).toBe('probe');
  });
});

describe('the lobby’s screen', () => {
  it('shows the latest reels and the work that is furthest', () => {
    const reels = [...Array(9).keys()].map((n) => item(`r${n}`, { status: 'completed', download_url: 'x', finished_at_s: n }));
    const work = [...Array(5).keys()].map((n) => item(`w${n}`, { status: 'processing', progress: n / 10 }));
    const showing = chosen([...reels, ...work, item('q', { status: 'queued' }), item('n', { status: 'completed' })]);
    expect(showing.reels.map((each) => each.item_id)).toEqual(['r8', 'r7', 'r6', 'r5'].slice(0, MOST_REELS));
    expect(showing.work.map((each) => each.item_id)).toEqual(['w4', 'w3', 'w2'].slice(0, MOST_WORK));
    expect(showing.waiting).toBe(3);
  });

  it('shows no link that is about to end', () => {
    const share = (expires_at_s: number) => ({ expires_at_s }) as Share;
    const day = 24 * 3600;
    expect(lasting([share(day - 60), share(100)], 0)).toBeNull();
    expect(lasting([share(day + 60), share(LINK_HOURS * 3600)], 0)?.expires_at_s).toBe(LINK_HOURS * 3600);
  });
});

describe('the drop folder', () => {
  it('has an address for each kind of computer', () => {
    expect(shareAddresses('rink.local')).toEqual({ smb: 'smb://rink.local/footage', windows: '\\\\rink.local\\footage' });
    expect(shareAddresses('[fe80::1]').windows).toBe('\\\\fe80--1.ipv6-literal.net\\footage');
  });
});
