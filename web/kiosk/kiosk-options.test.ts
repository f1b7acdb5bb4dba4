import { expect, test } from 'vitest';
import type { Board } from '../../contract/spec/board.ts';
import type { Boards } from '../../contract/worker-api.ts';
import { playlistOf, readKiosk, withKiosk, withoutKiosk } from './kiosk-options.ts';

const board: Board = { title: 'B', range: '15m', panels: [{ kind: 'text', title: 'T', text: 't', w: 24, h: 4 }] };
const boards: Boards = {
  boards: { shop: board, factory: board },
  windows: {},
  playlists: { wall: { boards: ['factory', 'gone', 'shop'], every: '1m' } },
  problems: [],
  made: [],
};

test.each(['kiosk', 'kiosk=1', 'kiosk=tv', 'tv', 'playlist=wall'])('?%s is a kiosk', (search) => {
  expect(readKiosk(`?${search}&board=shop`).kiosk).toBe(true);
  expect(new URLSearchParams(withKiosk(`?${search}`)).has('kiosk')).toBe(true);
  expect(withoutKiosk(`?${search}&board=shop&from=now-1h&every=3s&reload=24h`)).toBe('?board=shop&from=now-1h');
});

test.each(['', 'kiosk=false', 'board=kiosk'])('?%s is none', (search) => {
  expect(readKiosk(`?${search}`).kiosk).toBe(false);
  expect(withKiosk(`?${search}`)).toBe(`?${search}`);
});

test('a playlist is a written one or names of boards; those that are not there are told', () => {
  const of = (search: string) => playlistOf(readKiosk(search), boards);
  expect(of('?playlist=wall')).toEqual({ boards: ['factory', 'shop'], missing: ['gone'], everyMs: 60_000 });
  expect(of('?playlist=wall&every=5s')?.everyMs).toBe(5000);
  expect(of('?playlist=shop, factory')).toEqual({ boards: ['shop', 'factory'], missing: [], everyMs: 30_000 });
  expect(of('?playlist=shop&every=soon')?.everyMs).toBe(30_000);
  expect(of('?playlist=toString')).toEqual({ boards: [], missing: ['toString'], everyMs: 30_000 });
  expect(of('?kiosk')).toBeNull();
  expect(playlistOf(readKiosk('?playlist=wall'), null)).toBeNull();
});
