import { expect, onTestFinished, test } from 'vitest';
import { startRelayProcess } from '../support/relay-process.ts';

test('C4 --max-tabs bounds the tabs served; the next is told when to try again', async () => {
  const relay = await startRelayProcess(['--max-tabs', '1']);
  onTestFinished(() => relay.remove());
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const first = await fetch(`${relay.url}/stream`, { signal: stop.signal });
  expect(first.status).toBe(200);
  const second = await fetch(`${relay.url}/stream`);
  expect(second.status).toBe(503);
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await second.text()).toMatch(/serves 1 tabs?, and as many are open/);
});
