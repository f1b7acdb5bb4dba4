import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { Rejected } from '../decode/rejected.ts';
import { openDeadLetters } from './on-disk.ts';

test('X3 a flipped bit costs one letter: those behind it in the segment are there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = await openDeadLetters(folder, systemClock);
  for (let offset = 0; offset < 40; offset++) {
    const record = { offset, topic: 't', timestampMs: 1, key: null, value: Buffer.from(`bad ${offset}`) };
    first.add('e', 0, record, new Rejected('it is no JSON'));
  }
  await first.close();
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const bytes = readFileSync(path);
  const at = bytes.indexOf('bad 7');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
  const again = await openDeadLetters(folder, systemClock);
  expect([again.index.size, again.letGo, again.count]).toEqual([39, 1, 40]);
  expect(again.index.at('e', 0, 7)).toBeNull();
  expect(again.index.at('e', 0, 39)).not.toBeNull();
  await again.close();
});
