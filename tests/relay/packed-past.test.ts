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

test('F10 who comes later has the same rows in few frames; while a window takes doubles, they tell the watermark of each', async () => {
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source);
  const live = await opened(relay.port);
  for (const row of numbered(0, ROWS)) {
    source.push(0, row);
    await live.rowsAtLeast(row.n + 1);
  }
  const packed = ROWS - 64 + 1;
  const partsOfLate = async () => {
    const late = await opened(relay.port);
    await late.rowsAtLeast(ROWS);
    expect([...late.rows]).toEqual([...live.rows]);
    expect(late.headers).toHaveLength(packed);
    return late.headers[0]?.parts;
  };
  const show = (more: object) => {
    const w = WindowSpecSchema.parse({ from: 'events', window: 'tumble(1s)', select: { n: 'count()' }, ...more });
    relay.show({ boards: {}, windows: { w }, playlists: {}, problems: [] });
  };
  expect(live.headers).toHaveLength(ROWS);
  expect(await partsOfLate()).toBeUndefined();
  show({ dedup: { by: ['n'], within: '1m' } });
  expect(await partsOfLate()).toEqual(
    live.headers.slice(0, 64).map(({ rows, watermarkBeforeUs }) => ({ rows, watermarkBeforeUs })),
  );
  show({});
  expect(await partsOfLate()).toBeUndefined();
});
