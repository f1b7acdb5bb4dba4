import { expect, test } from 'vitest';
import { liveWords } from './live-words.ts';

const live = { state: 'live', sinceMs: 0, transport: 'websocket' } as const;
const fine = { connection: live, paused: false, follows: true, ended: false };

test('the button claims to be live only while the newest events come and are drawn', () => {
  expect(liveWords(fine)).toMatchObject({ word: 'Live', state: 'live', lit: true });
  const waiting = { state: 'waiting', attempt: 1, retryAtMs: 0, sinceMs: 0, reason: 'x' } as const;
  for (const connection of [
    waiting,
    { state: 'closed', reason: 'x' } as const,
    { state: 'connecting', attempt: 2, sinceMs: 0 } as const,
  ])
    expect(liveWords({ ...fine, connection })).toMatchObject({ word: 'Offline', state: 'disconnected', lit: false });
  for (const change of [
    { paused: true },
    { follows: false },
    { ended: true },
    { connection: null },
    { connection: { state: 'connecting', attempt: 1, sinceMs: 0 } as const },
  ])
    expect(liveWords({ ...fine, ...change })).toMatchObject({ word: 'Live', lit: false });
});
