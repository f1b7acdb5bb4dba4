import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { StreamSpecSchema } from '../../contract/spec/stream.ts';
import { openDataFolder } from '../../relay/data-folder.ts';
import { type Relay, startRelay } from '../../relay/relay.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered } from './start.ts';
import { Tab } from './tab.ts';

function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'highwater-unreadable-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A relay of the streams `good` and `bad`, in this folder. */
async function start(folder: string): Promise<{ readonly relay: Relay; readonly failed: Map<string, unknown> }> {
  const pageDir = newFolder();
  writeFileSync(join(pageDir, 'index.html'), '<!doctype html><title>page</title>');
  const data = await openDataFolder(folder);
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 10));
  const failed = new Map<string, unknown>();
  const spec = StreamSpecSchema.parse({ source: 'kafka://localhost/events', time: { field: 'timestamp' } });
  const relay = await startRelay({
    ...{
      data,
      streams: { bad: spec, good: spec },
      windows: {},
      boards: null,
      sourceOf: () => source,
      clock: systemClock,
    },
    ...{ run: 'run', host: '127.0.0.1', port: 0, pageDir },
    onFailure: (stream, error) => failed.set(stream, error),
  });
  onTestFinished(async () => {
    await relay.close();
    await data.release();
  });
  return { relay, failed };
}

test.each([
  ['stream.json', (folder: string) => writeFileSync(join(folder, 'stream.json'), 'x')],
  ['dead letters', (folder: string) => writeFileSync(join(folder, 'dead-letters'), 'x')],
])('L2 P8 a stream whose %s cannot be read is told as failed, and the others are served', async (_, damage) => {
  const folder = newFolder();
  mkdirSync(join(folder, 'bad'));
  damage(join(folder, 'bad'));
  const { relay, failed } = await start(folder);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('good');
  await tab.rowsAtLeast(10);
  expect([...failed.keys()]).toEqual(['bad']);
  expect(relay.feeds.get('bad')?.state).toMatchObject({ state: 'failed', message: expect.stringContaining(folder) });
  const list = await fetch(`http://127.0.0.1:${relay.port}/dead-letters/list?stream=bad`);
  expect(await list.json()).toMatchObject({ stream: 'bad', count: 0 });
});

test('a relay whose only stream cannot be read ends, and says what to do', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'events.jsonl'), '{"timestamp":"2026-01-01T00:00:00Z","n":1}\n');
  const args = ['--file', join(folder, 'events.jsonl'), '--data', join(folder, 'data')];
  const relay = await startRelayProcess(args);
  onTestFinished(() => relay.remove());
  await expect.poll(() => relay.output(), { timeout: 30_000 }).toMatch(/events has .*n int64/);
  await relay.stop();
  const manifest = join(folder, 'data', 'events', 'stream.json');
  const whole = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, whole.slice(0, 20));
  await relay.start().catch(() => undefined);
  await expect
    .poll(() => relay.output(), { timeout: 30_000 })
    .toMatch(/events: .*stream\.json is not what .*\n.*delete its folder/);
});
