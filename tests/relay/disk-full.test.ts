import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SMALL_DISKS } from '../support/small-disk.ts';
import { AckedSource } from './acked-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

test.each(Object.keys(SMALL_DISKS))(
  'L5 F22 a full disk, %s: reading stands still and says so, then nothing is missing',
  async (kind) => {
    const disk = SMALL_DISKS[kind]?.();
    if (disk === undefined) throw new Error(`no disk ${kind}`);
    const data = join(disk.folder, 'data');
    const source = new AckedSource();
    const relay = await startTestRelay(source, { data, ...(disk.files !== undefined && { files: disk.files }) });
    const tab = await Tab.open(relay.port);
    onTestFinished(() => tab.cut());
    tab.subscribe('events');
    source.push(...numbered(0, 500), { n: 'no number', timestamp: 'no time' });
    await tab.rowsAtLeast(500);
    await tab.until(() => (source.waiting === 0 && tab.position?.next[0] === 501 ? true : undefined));

    disk.fill();
    source.push(...numbered(501, 3_000), { n: 'another', timestamp: 'of them' });
    const full = await tab.until(
      () => tab.all('stats').find(({ streams }) => streams.events?.source.state === 'failed')?.streams.events?.source,
    );
    expect(full.message).toMatch(/no space left on device/);
    expect(full.fix).toMatch(/make room/);
    const ready = await fetch(`http://127.0.0.1:${relay.port}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('no space left')]);
    // What was there is served all the same.
    const other = await Tab.open(relay.port);
    onTestFinished(() => other.cut());
    other.subscribe('events');
    await other.rowsAtLeast(500);
    expect(source.waiting).toBeGreaterThan(2_500);

    disk.makeRoom();
    await tab.rowsAtLeast(3_500);
    await tab.until(() => (source.waiting === 0 ? true : undefined));
    expect([...tab.rows.values()]).toEqual([...numbered(0, 500), ...numbered(501, 3_000)].map(({ n }) => n));
    expect(tab.all('gap')).toEqual([]);
    await tab.until(() => (tab.all('stats').at(-1)?.streams.events?.source.state === 'live' ? true : undefined));
    expect((await fetch(`http://127.0.0.1:${relay.port}/readyz`)).status).toBe(200);
    await relay.close();

    const again = await startTestRelay(new AckedSource(), { data });
    const back = await Tab.open(again.port);
    onTestFinished(() => back.cut());
    back.subscribe('events');
    await back.rowsAtLeast(3_500);
    expect(new Map([...back.rows])).toEqual(new Map([...tab.rows]));
  },
);

test('L5 a relay whose disk is full stops when it is told to', async () => {
  const disk = SMALL_DISKS['a layer that finds no room']?.();
  if (disk === undefined) throw new Error('no disk');
  const source = new AckedSource();
  const data = join(disk.folder, 'data');
  const relay = await startTestRelay(source, { data, ...(disk.files !== undefined && { files: disk.files }) });
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  source.push(...numbered(0, 500));
  disk.fill();
  await tab.until(() => tab.all('stats').find(({ streams }) => streams.events?.source.state === 'failed'));
  await relay.close();
  expect(source.waiting).toBe(500);
});
