import { expect, test } from 'vitest';
import { beginOf, fileAt, lengthsOf } from './originals';

test('a time lies in the file that shows it, the last one takes what is beyond', () => {
  expect(fileAt([10, 20, 5], 0)).toEqual({ file: 0, at: 0 });
  expect(fileAt([10, 20, 5], 10)).toEqual({ file: 1, at: 0 });
  expect(fileAt([10, 20, 5], 29.5)).toEqual({ file: 1, at: 19.5 });
  expect(fileAt([10, 20, 5], 50)).toEqual({ file: 2, at: 20 });
  expect(fileAt([10], -4)).toEqual({ file: 0, at: 0 });
});

test('a file and a time in it lead back to the recording', () => {
  const lengths = [10, 20, 5];
  for (const time of [0, 9.9, 10, 15, 30, 34]) {
    const { file, at } = fileAt(lengths, time);
    expect(beginOf(lengths, file) + at).toBeCloseTo(time, 9);
  }
});

test('a recording of one file needs no measuring', async () => {
  expect(await lengthsOf(['/a'], [5], 77)).toEqual([77]);
});
