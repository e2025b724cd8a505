import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { boxWords } from './boxwords';
import { setLanguage } from './i18n';

beforeEach(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
  await setLanguage('en');
});

describe('what the box says', () => {
  it('is said in the reader’s language, names and numbers carried over', async () => {
    await setLanguage('de');
    expect(boxWords('not one picture in GX010042.MP4 could be decoded (vp9)')).toBe('In GX010042.MP4 lässt sich kein einziges Bild lesen.');
    expect(boxWords('its pictures end at 1234.5 s, 2.5 s early')).toBe('Die Bilder enden bei 1.234,5 s, 2,5 s zu früh.');
    await setLanguage('cs');
    expect(boxWords('3 damaged pieces were passed over')).toBe('3 poškozené kusy byly přeskočeny.');
  });

  it('has the form of its number in English, too', () => {
    expect(boxWords('1 damaged pieces were passed over')).toBe('1 damaged piece was passed over.');
    expect(boxWords('cut on key frames: 0.0 s more than planned, nothing re-encoded')).not.toContain('0');
    expect(boxWords('cut on key frames: 2.4 s more than planned, nothing re-encoded')).toContain('2.4 s longer');
  });

  it('may hold another sentence', async () => {
    await setLanguage('fr');
    expect(boxWords('1:00 to 2:00 could not be watched: a.mp4 is empty')).toBe('De 1:00 à 2:00, rien n’a pu être regardé : a.mp4 est vide.');
  });

  it('is shown as it is when it is not known', () => {
    expect(boxWords('something new')).toBe('something new');
    expect(boxWords('')).toBe('');
  });

  it('is still worded as it is known here', () => {
    const box = join(import.meta.dirname, '../../../appliance');
    const sources = readdirSync(box, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py'));
    const all = sources.map((name) => readFileSync(join(box, name), 'utf8')).join('\n');
    for (const words of [
      'could be decoded (', 'damaged pieces were passed over', 'pictures were passed over because their time stamps do not rise',
      'its pictures end at ', ' s more than planned, nothing re-encoded', 'holds only zeros: its name was written to the card, its contents were not',
      'a playlist that only points to recordings', 'is not a video, or its beginning is damaged', 'is damaged: its index cannot be read',
      'was not closed by the camera (battery or card pulled out?): its index is missing', 'there is no index in it', 'without the piece that opens it',
      'is encrypted (copy protection)', 'has no moving picture in it', 'is in a video format that is not known here', 'Nobody moves in this recording.',
      'there is nothing to make a reel of: nothing moves', 'none of the chosen moments could be decoded', ' could not be watched: ',
      'its end could not be found in time; the first ', 'its header says ', 'it ends in the middle of a packet', ' picture tracks; the one of ',
      'no poster picture could be made', 'this recording stopped the worker ', 'There is too little room on the disk, so some recordings have to wait.',
      ' filled up while the reel was made', 'there is no room to make ', ' could not be read: ', 'The new cut failed, the one before it stays: ',
      'this recording is being worked on', 'the original of this recording is not here', 'Copy it from the card again; if that does not help, its contents are lost.',
      'Play it once in the camera that made it, which often repairs it, or use a repair tool with a good file from the same camera.',
      'Choose the recording itself.', 'Convert it to H.264 or H.265 first.', 'Use a recording without copy protection.', 'Save the whole stream as one file.',
      'Retry it; if that does not help, send the log to whoever looks after the appliance.', 'Retry it once; if that does not help, play it on a computer',
      'Delete recordings that nobody needs', 'Check that the card or share is still connected.', 'Drop the footage again.',
      'Wait until it is finished, or cancel it.', 'Lower the movement threshold.', 'Make the reel again.',
    ]) expect(all.includes(words), words).toBe(true);
  });
});
