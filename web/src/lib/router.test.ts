import { describe, expect, it } from 'vitest';
import { pathOf, placeOf, type Place } from './router';

describe('an address', () => {
  it('names a place', () => {
    expect(placeOf('/')).toEqual({ page: 'home' });
    expect(placeOf('/recordings/3f2a')).toEqual({ page: 'recording', id: '3f2a' });
    expect(placeOf('/cards')).toEqual({ page: 'cards' });
    expect(placeOf('/cards/a_b-c/')).toEqual({ page: 'card', id: 'a_b-c' });
    expect(placeOf('/tv')).toEqual({ page: 'tv' });
  });

  it('that nobody knows is nowhere', () => {
    for (const path of ['/recordings', '/recordings/', '/recordings/a/b', '/recordings/%2e%2e', '/api/box', '/cards/a%20b', '//']) {
      expect(placeOf(path).page, path).not.toBe('recording');
      expect(['nowhere', 'home']).toContain(placeOf(path).page);
    }
  });

  it('of a place leads back to it', () => {
    const places: Place[] = [{ page: 'home' }, { page: 'recording', id: 'x1' }, { page: 'cards' }, { page: 'card', id: 'y2' }, { page: 'box' }, { page: 'tv' }];
    for (const place of places) expect(placeOf(pathOf(place))).toEqual(place);
  });
});
