import { expect, test } from 'vitest';
import { loadBoard } from '../../contract/spec/load.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import { keptWindows } from './kept-windows.ts';

const windowOver = (from: string): WindowSpec => ({
  from,
  by: [],
  window: 'tumble(1m)',
  select: { n: 'count()' },
  late: { allow: '0s' },
});

function boardOf(window: string, windows: Record<string, WindowSpec>, declared: Record<string, WindowSpec>) {
  const panel = { kind: 'stat', title: 'N', w: 6, h: 4, window, value: 'n' };
  const loaded = loadBoard(JSON.stringify({ title: 'B', windows, panels: [panel] }), {
    streams: { s: { time: { format: 'auto', delay: '10s', idle: '30s' } } },
    windows: declared,
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.board;
}

test('B4 windows nobody declares any more are kept for the boards that draw from them, with those below them', () => {
  const declared = { low: windowOver('s'), high: windowOver('low'), other: windowOver('s') };
  const boards = { b: boardOf('high', {}, declared) };
  const last = { boards, windows: declared, playlists: {}, problems: [] };
  expect(keptWindows(boards, {}, last)).toEqual({ high: declared.high, low: declared.low });
  expect(keptWindows(boards, { low: windowOver('s') }, last)).toEqual({ high: declared.high });
});

test('B4 a window declared over one that a board has over it, as it was, is no circle without end', () => {
  const before = { a: windowOver('s') };
  const boards = { b: boardOf('b', { b: windowOver('a') }, before) };
  const now = { b: windowOver('s'), a: windowOver('b') };
  expect(keptWindows(boards, now, { boards, windows: before, playlists: {}, problems: [] })).toEqual({});
});
