import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

test.each([
  [false, ['dead-letters', 'log', 'log-left-1', 'stream.json']],
  [true, ['dead-letters', 'log', 'stream.json']],
])(
  'L7 D12 a log that is left (source read again: %s) is put aside where nobody can give it again',
  async (replayable, kept) => {
    const data = await mkdtemp(join(tmpdir(), 'highwater-aside-'));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    const source = new ScriptedSource({ replayable });
    source.push(0, ...numbered(0, 10), Buffer.from('{bad'));
    const time = { field: 'timestamp' };
    const first = await startTestRelay(source, { data, spec: { fields: { n: 'int64' }, time } });
    const tab = await Tab.open(first.port);
    tab.subscribe('events');
    await tab.rowsAtLeast(10);
    await first.close();
    const second = await startTestRelay(source, { data, spec: { fields: { n: 'string' }, time } });
    const list = await fetch(`http://127.0.0.1:${second.port}/dead-letters/list?stream=events`);
    expect(await list.json()).toMatchObject({ replayable });
    await expect.poll(() => second.feeds.get('events')?.opened?.position.epoch, { timeout: 10_000 }).toBe('epoch-1~1');
    await second.close();
    expect((await readdir(join(data, 'events'))).sort()).toEqual(kept);
    if (!replayable) expect(await readdir(join(data, 'events', 'log-left-1'))).toEqual(['00000001.seg']);
  },
);
