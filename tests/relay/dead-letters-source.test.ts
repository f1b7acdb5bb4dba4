import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { folderAccess } from '../../relay/cli/letter-access.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';

const KEPT = 'mqtt://me:secret@plant:1883/line/#';

/** What a relay left of an MQTT stream, its letter a row by other rules. */
async function stopped(): Promise<{ readonly data: string; readonly read: (source: string) => Promise<string> }> {
  const data = await mkdtemp(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const source = new ScriptedSource({ replayable: false });
  const time = { field: 'timestamp' };
  source.push(0, ...numbered(0, 5), { ...numbered(5, 1)[0], n: 1.5 });
  const relay = await startTestRelay(source, { data, spec: { source: KEPT, time, fields: { n: 'int64' } } });
  await expect.poll(() => relay.feeds.get('events')?.opened?.log.head().get(0), { timeout: 10_000 }).toBe(6);
  await relay.close();
  const read = async (url: string): Promise<string> => {
    const path = join(data, 'read-by.yaml');
    const fields = 'time: { field: timestamp }\n    fields: { n: float64 }';
    await writeFile(path, `streams:\n  events:\n    source: "${url}"\n    ${fields}\n`);
    return path;
  };
  return { data, read };
}

/** Every file of the stream, by what is in it. */
async function filesOf(data: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(join(data, 'events'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      found[path] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    }
  return found;
}

test.each(['mqtt://other:1883/line/#', 'kafka://plant:9092/line', 'file:./events.jsonl'])(
  'X7 no replay by a configuration that reads %s: the log stays as it is',
  async (url) => {
    const { data, read } = await stopped();
    const before = await filesOf(data);
    const access = folderAccess({ data, config: await read(url), clock: systemClock });
    for (const dryRun of [true, false]) {
      const refused = expect.objectContaining({
        code: 'config_invalid',
        message: `the log of events is of mqtt://plant:1883, and this configuration reads ${url.replace('/line/#', '')}`,
      });
      await expect(access.replay('events', {}, dryRun)).rejects.toThrow(refused);
    }
    expect(await filesOf(data)).toEqual(before);
  },
);

test.each([KEPT, 'mqtt://plant/line/#', 'mqtt://plant:1883/line/+'])(
  'X7 of the same broker, written %s: a dry run changes nothing, a replay appends to the log',
  async (url) => {
    const { data, read } = await stopped();
    const before = await filesOf(data);
    const access = folderAccess({ data, config: await read(url), clock: systemClock });
    expect(await access.replay('events', {}, true)).toMatchObject({ letters: 1, rows: 1 });
    expect(await filesOf(data)).toEqual(before);
    expect(await access.replay('events', {}, false)).toMatchObject({ letters: 1, rows: 1 });
    expect(await access.replay('events', {}, true)).toMatchObject({ letters: 0, rows: 0 });
    expect((await readdir(join(data, 'events'))).filter((name) => name.startsWith('log'))).toEqual(['log']);
  },
);

test('X7 a dry run leaves a torn end for the relay to find', async () => {
  const { data, read } = await stopped();
  const log = join(data, 'events', 'log');
  const [name = ''] = await readdir(log);
  const bytes = await readFile(join(log, name));
  await writeFile(join(log, name), bytes.subarray(0, bytes.length - 20));
  const before = await filesOf(data);
  const access = folderAccess({ data, config: await read(KEPT), clock: systemClock });
  expect(await access.replay('events', {}, true)).toMatchObject({ letters: 1, rows: 1 });
  expect(await filesOf(data)).toEqual(before);
});

test('X7 no replay by rules that nobody gave: without a configuration it is refused', async () => {
  const { data } = await stopped();
  const before = await filesOf(data);
  const access = folderAccess({ data, config: null, clock: systemClock });
  for (const dryRun of [true, false])
    await expect(access.replay('events', {}, dryRun)).rejects.toThrow('nothing says by which rules events is read');
  expect(await filesOf(data)).toEqual(before);
});

test('X7 a log of which the disk has left nothing readable is not put aside by a replay', async () => {
  const { data, read } = await stopped();
  const log = join(data, 'events', 'log');
  const [name = ''] = await readdir(log);
  await writeFile(join(log, name), Buffer.alloc(3_000, 7));
  const before = await filesOf(data);
  const access = folderAccess({ data, config: await read(KEPT), clock: systemClock });
  for (const dryRun of [true, false]) await expect(access.replay('events', {}, dryRun)).rejects.toThrow('log');
  expect(await filesOf(data)).toEqual(before);
});

test('X7 what a replay cannot read is named where it is', async () => {
  const { data, read } = await stopped();
  const path = join(data, 'events', 'stream.json');
  await writeFile(path, '{"format": 9}');
  const access = folderAccess({ data, config: await read(KEPT), clock: systemClock });
  for (const dryRun of [true, false])
    await expect(access.replay('events', {}, dryRun)).rejects.toThrow(`${path} is not`);
});
