import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import { askRelay } from './find-relay.ts';
import { createJudge } from './newer.ts';

test('a later protocol or another build than at first is newer; an older relay is not', () => {
  const judge = createJudge();
  const of = (build: string | null, protocol = PROTOCOL_VERSION) => judge({ protocol, build });
  expect([of(null), of('a'), of('a'), of('b'), of(null), of('a')]).toEqual([null, null, null, 'build', null, null]);
  expect([of('a', PROTOCOL_VERSION + 1), of('a', PROTOCOL_VERSION - 1)]).toEqual(['protocol', null]);
});

test('what answers is a relay only if it says so', async () => {
  const ask = (answer: Response | Error) =>
    askRelay('http://relay/version', async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
  expect(await ask(Response.json({ protocol: 6, build: 'a' }))).toEqual({ protocol: 6, build: 'a' });
  expect(await ask(Response.json({ protocol: 6, build: null }))).toEqual({ protocol: 6, build: null });
  expect(await ask(new Response('<!doctype html>'))).toBeNull();
  expect(await ask(Response.json({ protocol: 6 }, { status: 404 }))).toBeNull();
  expect(await ask(Response.json({ relay: false }))).toBe('files');
  expect(await ask(Response.json([]))).toBeNull();
  expect(await ask(Response.json({ protocol: 'six' }))).toBeNull();
  expect(await ask(new Error('no network'))).toBeNull();
});
