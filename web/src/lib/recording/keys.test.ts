import { expect, test } from 'vitest';
import { actOf } from './keys';

const press = (key: string, more: object = {}) => actOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('letters work in either case, signs as they are', () => {
  expect([' ', 'J', 'k', 'l', 'i', 'O', '?'].map((key) => press(key))).toEqual(['play', 'back', 'pause', 'faster', 'begin', 'end', 'help']);
});

test('arrows go by picture, with shift by second', () => {
  expect(press('ArrowLeft')).toBe('frameBack');
  expect(press('ArrowRight', { shiftKey: true })).toBe('secondOn');
});

test('undo and redo are where everybody looks for them', () => {
  expect(press('z', { ctrlKey: true })).toBe('undo');
  expect(press('Z', { metaKey: true, shiftKey: true })).toBe('redo');
  expect(press('y', { ctrlKey: true })).toBe('redo');
});

test('the browser keeps its own keys', () => {
  expect(press('l', { ctrlKey: true })).toBeNull();
  expect(press('ArrowLeft', { altKey: true })).toBeNull();
  expect(press('x')).toBeNull();
});
