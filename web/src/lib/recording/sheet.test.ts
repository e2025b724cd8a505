import { expect, test } from 'vitest';
import { tileAt } from './sheet';

const sheet = { item_id: 'x', url: '', columns: 2, rows: 2, width_px: 160, height_px: 90, times_s: [5, 15, 25] };

test('the picture nearest to a time is shown', () => {
  expect(tileAt(sheet, 0)).toMatchObject({ x: 0, y: 0 });
  expect(tileAt(sheet, 11)).toMatchObject({ x: 160, y: 0 });
  expect(tileAt(sheet, 9)).toMatchObject({ x: 0, y: 0 });
  expect(tileAt(sheet, 999)).toMatchObject({ x: 0, y: 90 });
});
