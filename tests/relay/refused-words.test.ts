import { expect, test } from 'vitest';
import { ScriptedSource } from './scripted-source.ts';
import { startTestRelay } from './start.ts';

test.each([
  [
    'POST',
    '/dead-letters/replay',
    /^dead letters are replayed and dropped by the page this relay serves, and by programs/,
  ],
  ['POST', '/dead-letters/drop', /^dead letters are replayed and dropped by the page/],
  ['POST', '/stream/session', /^messages are taken from the page/],
  ['GET', '/stream', /^the stream is for the page/],
])('another page’s %s %s is refused in words of what it asked for', async (method, path, words) => {
  const { port } = await startTestRelay(new ScriptedSource({ replayable: true }));
  const headers = { Origin: 'http://evil.example', 'Content-Type': 'application/json' };
  const body = JSON.stringify({ stream: 'events', filter: {} });
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers,
    ...(method === 'POST' && { body }),
  });
  expect(response.status).toBe(403);
  expect(await response.text()).toMatch(words);
});
