import { describe, expect, it } from 'vitest';
import { cameraOf, fileOf, sayingOf, stampOf, stemOf, titleOf } from './names';

const local = (...parts: [number, number, number, number, number, number?]) =>
  new Date(parts[0], parts[1] - 1, parts[2], parts[3], parts[4], parts[5] ?? 0).getTime() / 1000;

describe('a name', () => {
  it.each([
    ['DCIM/100GOPRO/GX010123.MP4', 'GoPro'],
    ['GOPR0001', 'GoPro'],
    ['DJI_20261121193000_0001_D.MP4', 'DJI'],
    ['VID_20261121_183005_00_001.insv', 'Insta360'],
    ['MVI_0042.MP4', 'Canon'],
    ['C0001.MP4', 'Sony'],
    ['00012.MTS', 'AVCHD'],
    ['practice.mp4', null],
    ['VID_20261121_183005.mp4', null],
  ])('%s speaks of %s', (name, camera) => expect(cameraOf(name)).toBe(camera));

  it.each([
    ['VID_20261121_183005.mp4', local(2026, 11, 21, 18, 30, 5)],
    ['2026-11-21 18-30-05.mkv', local(2026, 11, 21, 18, 30, 5)],
    ['DJI_20261121193000_0001_D', local(2026, 11, 21, 19, 30, 0)],
    ['rink_2026-11-21_18.30.mp4', local(2026, 11, 21, 18, 30)],
  ])('%s tells its hour', (name, at) => expect(stampOf(name)).toBe(at));

  it.each(['GX010123.MP4', '20269921_183005.mp4', '20260231_120000.mp4', 'game 12.mp4', '1202611211830051.mp4'])('%s tells none', (name) =>
    expect(stampOf(name)).toBeNull(),
  );

  it('keeps what people wrote', () => {
    expect(sayingOf('jumps_anna_20261121_190212.mp4')).toBe('jumps anna');
    expect(sayingOf('U12 Finale.mp4')).toBe('U12 Finale');
    expect(sayingOf('VID_20261121_183005.mp4')).toBe('');
    expect(sayingOf('0001.mp4')).toBe('');
    expect(sayingOf('žáci.mp4')).toBe('žáci');
  });

  it('loses folder and kind, never everything', () => {
    expect(stemOf('a/b/c.MP4')).toBe('c');
    expect(stemOf('.mp4')).toBe('.mp4');
    expect(fileOf('a/b/c.MP4')).toBe('c.MP4');
  });
});

describe('the head line of a recording', () => {
  const item = { name: 'GX010001.MP4', created_at_s: local(2026, 2, 14, 18, 30) };
  const now = local(2026, 2, 14, 20, 0);

  it('is the camera and the hour', () => {
    expect(titleOf(item, now)).toMatch(/^GoPro · Today, /);
  });

  it('believes the box before the name', () => {
    expect(titleOf({ ...item, camera: 'North corner', recorded_at_s: local(2026, 2, 13, 7, 0) }, now)).toMatch(/^North corner · Yesterday, /);
  });

  it('is the hour alone where nothing else is known', () => {
    expect(titleOf({ ...item, name: '0001.mp4' }, now)).toMatch(/^Today, /);
  });
});
