import { describe, expect, it } from 'vitest';
import type { Box } from '../api';
import { diskShares, lightsOf, NAMES, worstOf, type Health, type LightName } from './lights';

const GB = 1e9;
const boxOf = (more: Partial<Box> = {}): Box => ({
  name: 'Rink', now_s: 1_000_000, disk_free_bytes: 500 * GB, disk_total_bytes: 1000 * GB, disk_floor_bytes: 20 * GB, gpu: false,
  notices: [], items: {}, orders: {}, dead_letters: 0, segments: 0, footage_s: 0, watched_s: 0, kept_s: 0, last_reel_at_s: 1, expiring: [], versions: {},
  lights: [{ name: 'models', state: 'ok', why: 'ready', remedy: '' }], choices: null, temperatures: [], ...more,
});
const well: Health = { ok: true, reasons: [] };
const light = (name: LightName, box: Box, health = well) => {
  const found = lightsOf(box, health).find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe('the lights', () => {
  it('are five, green, and say why', () => {
    const lights = lightsOf(boxOf(), well);
    expect(lights.map(({ name, colour }) => [name, colour])).toEqual(NAMES.map((name) => [name, 'green']));
    expect(lights.every(({ reasons }) => reasons.length === 1)).toBe(true);
    expect(worstOf(lights)).toBe('green');
  });

  it('turn red for a full disk, with the box’s own words, and footage waits', () => {
    const box = boxOf({ disk_free_bytes: GB, notices: [{ key: 'disk', error: 'The disk is almost full.', remedy: 'Delete reels.', at_s: 1 }] });
    expect(light('disk', box)).toMatchObject({ colour: 'red', reasons: [{ why: { text: 'The disk is almost full.' } }] });
    expect(light('footage', box).colour).toBe('amber');
  });

  it('warn before the disk is full', () => {
    expect(light('disk', boxOf({ disk_free_bytes: 30 * GB })).colour).toBe('amber');
  });

  it('turn red when the ledger is away, and say that footage is safe', () => {
    const health = { ok: false, reasons: ['ledger: no answer within 3 s'] };
    expect(light('work', boxOf(), health).colour).toBe('red');
    expect(light('footage', boxOf(), health).reasons[0]?.why).toEqual({ key: 'box.why.footageSafe' });
    expect(worstOf(lightsOf(boxOf(), health))).toBe('red');
  });

  it('ask for somebody when work was given up or reels go soon', () => {
    expect(light('work', boxOf({ dead_letters: 2 })).reasons[0]?.why).toEqual({ key: 'box.why.givenUp', values: { n: 2 } });
    const expiring = [3600, 6 * 86_400].map((in_s) => ({ item_id: 'i', job_id: 'j', name: 'n', expires_at_s: 1_000_000 + in_s }));
    expect(light('reels', boxOf({ expiring })).reasons[0]?.why).toEqual({ key: 'box.why.goesSoon', values: { n: 1 } });
  });

  it('name what fell back, and claim nothing about models before the box has looked', () => {
    const choices = { backend: 'CPU', encoder: 'libx264', encoder_why: '', graphics: ['one'], fell_back: ['watched on the CPU: no driver'] };
    expect(light('models', boxOf({ choices }))).toMatchObject({ colour: 'amber', reasons: [{ why: { text: 'watched on the CPU: no driver' } }] });
    expect(light('models', boxOf({ lights: [] }))).toMatchObject({ colour: 'off' });
  });

  it('say what the box found wrong, in its words', () => {
    const lights = [{ name: 'footage', state: 'bad' as const, why: 'is not mounted', remedy: 'Connect it.' }];
    expect(light('footage', boxOf({ lights }))).toMatchObject({ colour: 'red', reasons: [{ why: { text: 'is not mounted' }, remedy: { text: 'Connect it.' } }] });
  });

  it('show a notice that nobody has placed with the work', () => {
    const box = boxOf({ notices: [{ key: 'clock', error: 'The clock is wrong.', remedy: '', at_s: 1 }] });
    expect(light('work', box)).toMatchObject({ colour: 'amber', reasons: [{ why: { text: 'The clock is wrong.' }, remedy: null }] });
  });
});

describe('the disk’s bar', () => {
  it('is drawn in shares, also without a disk', () => {
    expect(diskShares(boxOf())).toEqual({ used: 0.5, floor: 0.02 });
    expect(diskShares(boxOf({ disk_total_bytes: 0 }))).toEqual({ used: 0, floor: 0 });
  });
});
