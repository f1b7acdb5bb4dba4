import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UNKNOWN_SPAN } from '../../contract/protocol/position.ts';
import { positionOf, type RawRecord, type Source } from '../../relay/sources/source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

/** A source without a past: each reading gives ten new rows, in batches of five, at whatever offsets come next. */
function arrivals(): Source {
  let given = 0;
  return {
    replayable: false,
    label: 'arrivals',
    committed: () => undefined,
    async *read(from, signal) {
      let offset = positionOf(from)?.next[0] ?? 0;
      yield { kind: 'opened', position: { epoch: 'e', next: { 0: offset } } };
      for (let batch = 0; batch < 2; batch++) {
        const records = numbered(given, 5).map(
          (value, index): RawRecord => ({
            ...{ offset: offset + index, topic: 't', timestampMs: 1_743_760_800_000, key: null },
            value: Buffer.from(JSON.stringify(value)),
          }),
        );
        given += 5;
        yield { kind: 'records', partition: 0, firstOffset: offset, nextOffset: offset + 5, behind: 0, records };
        offset += 5;
        yield { kind: 'caught-up' };
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
}

test('L2 P5 the end of an MQTT log is damaged: a tab that has its rows keeps them, is told, and gets others', async () => {
  const data = mkdtempSync(join(tmpdir(), 'highwater-damaged-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const source = arrivals();
  const relay = await startTestRelay(source, { data });
  const tab = await Tab.open(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(10);
  await tab.cut();
  await relay.close();

  const folder = join(data, 'events', 'log');
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const bytes = readFileSync(path);
  const at = bytes.length - 20;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);

  const second = await startTestRelay(source, { data });
  const again = await Tab.open(second.port);
  again.subscribe('events', tab.position ?? 'start');
  await again.rowsAtLeast(10);
  expect((await again.message('subscribed')).outcome).toBe('resumed');
  for (const key of again.rows.keys()) expect(tab.rows.has(key)).toBe(false);
  expect([...again.rows.values()]).toEqual(numbered(10, 10).map(({ n }) => n));
  const [gap] = again.all('gap');
  expect(gap?.firstOffset).toBeGreaterThanOrEqual(UNKNOWN_SPAN);
  expect(gap?.nextOffset).toBe(gap?.firstOffset);
  expect(gap?.reason).toMatch(/the end of what the relay kept was damaged/);
  await again.cut();
});

test('L2 what the disk damages while the relay runs is told as that, not as a slow page', async () => {
  const data = mkdtempSync(join(tmpdir(), 'highwater-damaged-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const source = arrivals();
  const relay = await startTestRelay(source, { data });
  await expect.poll(() => relay.feeds.get('events')?.opened?.log.head().get(0), { timeout: 10_000 }).toBe(10);
  await relay.close();

  const second = await startTestRelay(source, { data });
  await expect.poll(() => second.feeds.get('events')?.opened?.log.head().get(0), { timeout: 10_000 }).toBe(20);
  const folder = join(data, 'events', 'log');
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
  const tab = await Tab.open(second.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(10);
  expect(tab.all('gap')).toMatchObject([
    { firstOffset: 0, nextOffset: 10, reason: 'the disk of the relay has lost what it kept of these records' },
  ]);
  expect([...tab.rows.values()]).toEqual(numbered(10, 10).map(({ n }) => n));
});
