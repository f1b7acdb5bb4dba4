import { expect, test } from 'vitest';
import { liveWords } from './live-words.ts';

const live = { state: 'live', sinceMs: 0, transport: 'websocket' } as const;
const NOW = Date.UTC(2026, 10, 22, 12, 7, 5);
const progress = { eventMs: NOW - 2000, eventHereMs: NOW - 2000, catchingUp: false, ended: false };
const fine = { connection: live, paused: false, follows: true, progress, nowMs: NOW, zone: { timeZone: 'UTC' } };

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
    { progress: { ...progress, ended: true } },
    { progress: { ...progress, catchingUp: true } },
    { connection: null },
    { connection: { state: 'connecting', attempt: 1, sinceMs: 0 } as const },
  ])
    expect(liveWords({ ...fine, ...change })).toMatchObject({ word: 'Live', lit: false });
});

test('events of minutes ago are not live, and the button says of when they are', () => {
  const old = { ...progress, eventMs: NOW - 240_000, eventHereMs: NOW - 240_000 };
  const title = (of: typeof old) => {
    const found = liveWords({ ...fine, progress: of });
    expect(found.lit).toBe(false);
    return found.title;
  };
  expect(title({ ...old, catchingUp: true })).toBe('Catching up: those of 12:03:05, 4 min old');
  expect(title(old)).toBe('The newest events are followed: those of 12:03:05, 4 min old');
  // A clock that is ahead makes nothing old.
  expect(liveWords({ ...fine, progress: { ...old, eventHereMs: NOW - 500 } }).lit).toBe(true);
});
