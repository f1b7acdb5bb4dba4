import { expect, onTestFinished, test } from 'vitest';
import { ScriptedSource } from './scripted-source.ts';
import { startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

const HOUR_MS = 3_600_000;

function at(fromNowMs: number, n: number): { n: number; timestamp: string } {
  return { n, timestamp: new Date(Date.now() + fromNowMs).toISOString() };
}

test('W21 an event too far in the future is held apart, counted, and moves no watermark; rows around it arrive', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, at(0, 0), at(24 * HOUR_MS, 1), at(HOUR_MS / 2, 2));
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(2);

  expect([...tab.rows.values()]).toEqual([0, 2]);
  const feed = relay.feeds.get('events');
  expect(feed?.deadLetters.lastReason).toMatch(
    /^event time \S+Z is 23 hours 59 minutes ahead of this relay's clock, \S+Z; at most 1h is let in \(time\.ahead\)$/,
  );
  expect(feed?.watermarkUs).toBeLessThan((Date.now() + HOUR_MS) * 1000);
  expect(feed?.state).toEqual({ state: 'live', message: null, fix: null });
  const metrics = await (await fetch(`http://127.0.0.1:${relay.port}/metrics`)).text();
  expect(metrics).toContain('highwater_relay_records_ahead_total{stream="events"} 1');
  expect(metrics).toContain('highwater_relay_dead_letters_total{stream="events"} 1');
});

test('W21 when all are ahead, some clock is wrong, which is said until a row comes', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, at(0, 0), ...Array.from({ length: 12 }, (_, index) => at(24 * HOUR_MS, index)));
  source.batch = 1;
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  const stats = await tab.until(() => tab.all('stats').find(({ streams }) => streams.events?.source.message != null));
  expect(stats.streams.events?.source).toEqual({
    state: 'live',
    message: expect.stringMatching(
      /^the last 1[0-2] events are held apart, for they are ahead of this relay's clock, the last of them by 23 hours 59 minutes$/,
    ),
    fix: expect.stringMatching(/set the clock right.*time: \{ ahead: 1d \}/),
  });
  source.push(0, at(0, 13));
  await tab.rowsAtLeast(2);
  expect(relay.feeds.get('events')?.state.message).toBe(null);
});

test.each([
  ['any', { time: { ahead: 'any' } }],
  ['2d', { time: { ahead: '2d' } }],
  ['left out, of a file', { source: 'file:./events.jsonl' }],
])('W21 with ahead %s, tomorrow is let in', async (_, spec) => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, at(0, 0), at(24 * HOUR_MS, 1));
  const relay = await startTestRelay(source, { spec });
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(2);
  expect(relay.feeds.get('events')?.counts.ahead).toBe(0);
});
