import { copyFileSync, openSync, writeSync, closeSync, ftruncateSync, fstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** A drawn recording made as large as asked for, by free space at its end as cameras leave it. Larger: other bytes, another recording. */
export function padded(from: string, to: string, bytes: number): string {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  const file = openSync(to, 'r+');
  const size = fstatSync(file).size;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(bytes - size, 0);
  head.write('free', 4, 'latin1');
  writeSync(file, head, 0, 8, size);
  ftruncateSync(file, bytes);
  closeSync(file);
  return to;
}
