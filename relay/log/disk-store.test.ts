import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { REPLAY_PARTITION, UNKNOWN_SPAN } from '../../contract/protocol/position.ts';
import { type DiskStoreOptions, openDiskStore } from './disk-store.ts';
import type { LogUse } from './store.ts';

const USE: LogUse = { schemaOf: () => null, events: { shown: () => undefined, kept: () => undefined } };

function optionsOf(more: Partial<DiskStoreOptions> = {}): DiskStoreOptions & { readonly left: string[] } {
  const folder = more.folder ?? mkdtempSync(join(tmpdir(), 'highwater-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const left: string[] = [];
  return {
    ...{ folder, clock: systemClock, maxBytes: 2 ** 30, maxAgeMs: 1e9, source: 'mqtt://plant/line/#', left },
    ...{ replayable: false, fromEarliest: true, onDamage: () => undefined, onLeft: (why) => left.push(why) },
    ...more,
  };
}

/** A log with one entry, as a relay that read `source` left it. */
async function leave(options: DiskStoreOptions): Promise<void> {
  const store = await openDiskStore(options);
  const log = await store.create({ epoch: 'e', next: { 0: 0 } }, USE);
  log.append({ kind: 'progress', partition: 0, firstOffset: 0, nextOffset: 5, watermarkUs: null });
  await log.close();
}

test.each([
  ['mqtt://plant/line/#', 'mqtt://plant:1883/line/#', null],
  ['mqtt://plant/line/#', 'mqtt://Plant/line/+', null],
  ['mqtt://plant:1884/line/#', 'mqtt://plant:1884/other', null],
  ['mqtt://plant/line/#', 'mqtt://plant:1884/line/#', 'mqtt://plant:1884'],
  ['mqtt://plant/line/#', 'mqtt://other/line/#', 'mqtt://other:1883'],
  ['mqtt://plant/line/#', 'kafka://plant/line', 'kafka://plant/line'],
])('S10 L7 the log of %s, when %s is read, is of another source: %s', async (before, now, other) => {
  const options = optionsOf({ source: before });
  await leave(options);
  const restored = await (await openDiskStore({ ...options, source: now })).restore(USE);
  expect(restored?.log.head()).toEqual(new Map([[0, 5]]));
  expect(restored?.unfit ?? null).toEqual(other === null ? null : expect.stringContaining(`is read from ${other} now`));
  await restored?.log.close();
});

test.each([true, false])(
  'L7 where there is nothing to lose (source read again: %s) nothing is put aside',
  async (replayable) => {
    const options = optionsOf({ replayable });
    const log = join(options.folder, 'log');
    await mkdir(log);
    writeFileSync(join(log, '00000001.seg'), replayable ? 'nothing' : '');
    const store = await openDiskStore(options);
    expect(await store.restore(USE)).toBeNull();
    await (await store.create({ epoch: 'f', next: { 0: 0 } }, USE)).close();
    expect(readdirSync(options.folder).sort()).toEqual(['log', 'stream.json']);
    expect(JSON.parse(readFileSync(join(options.folder, 'stream.json'), 'utf8'))).toMatchObject({
      source: options.source,
    });
    expect(options.left).toEqual([]);
  },
);

test.each([
  [false, 0],
  [false, REPLAY_PARTITION],
  [true, REPLAY_PARTITION],
])(
  'S8 L2 an end that was damaged is uncertain until something comes (source read again: %s, partition %i)',
  async (replayable, partition) => {
    const options = optionsOf({ replayable });
    const store = await openDiskStore(options);
    const log = await store.create({ epoch: 'e', next: { [partition]: 0 } }, USE);
    const entry = { kind: 'progress', partition, watermarkUs: null } as const;
    log.append({ ...entry, firstOffset: 0, nextOffset: 5 });
    log.append({ ...entry, firstOffset: 5, nextOffset: 9 });
    await log.close();
    const folder = join(options.folder, 'log');
    const path = join(folder, readdirSync(folder).at(-1) ?? '');
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
    writeFileSync(path, bytes);

    for (let start = 0; start < 3; start++) {
      const found = await (await openDiskStore(options)).restore(USE);
      await found?.log.flush();
      expect([start, found?.certain.get(partition)]).toEqual([start, 5]);
      expect(found?.log.head().get(partition)).toBe(5 + UNKNOWN_SPAN);
      await found?.log.close();
    }
    const found = await (await openDiskStore(options)).restore(USE);
    found?.log.append({ ...entry, firstOffset: 5 + UNKNOWN_SPAN, nextOffset: 8 + UNKNOWN_SPAN });
    await found?.log.close();
    const again = await (await openDiskStore(options)).restore(USE);
    expect(again?.certain.get(partition)).toBe(8 + UNKNOWN_SPAN);
    await again?.log.close();
  },
);
