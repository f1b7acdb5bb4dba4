import { expect, onTestFinished, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

const ROWS = 70;

async function opened(port: number): Promise<Tab> {
  const tab = await Tab.open(port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  return tab;
}

test('F10 who comes later has the same rows in few frames; while a window takes doubles, in those that were sealed', async () => {
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source);
  const live = await opened(relay.port);
  for (const row of numbered(0, ROWS)) {
    source.push(0, row);
    await live.rowsAtLeast(row.n + 1);
  }
  const framesOfLate = async () => {
    const late = await opened(relay.port);
    await late.rowsAtLeast(ROWS);
    expect([...late.rows]).toEqual([...live.rows]);
    return late.headers.length;
  };
  const show = (more: object) => {
    const w = WindowSpecSchema.parse({ from: 'events', window: 'tumble(1s)', select: { n: 'count()' }, ...more });
    relay.show({ boards: {}, windows: { w }, playlists: {}, problems: [] });
  };
  expect(live.headers).toHaveLength(ROWS);
  expect(await framesOfLate()).toBe(1 + ROWS - 64);
  show({ dedup: { by: ['n'], within: '1m' } });
  expect(await framesOfLate()).toBe(ROWS);
  show({});
  expect(await framesOfLate()).toBe(1 + ROWS - 64);
});
