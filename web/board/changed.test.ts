import { expect, test } from 'vitest';
import { BoardSchema } from '../../contract/spec/board.ts';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import type { Boards } from '../../contract/worker-api.ts';
import { changeWords } from './changed.ts';

const board = (title: string, value = 'n') =>
  BoardSchema.parse({ title, panels: [{ kind: 'stat', title: 'N', w: 4, h: 3, window: 'w', value }] });
const window = (size: string) =>
  WindowSpecSchema.parse({ from: 's', window: `tumble(${size})`, select: { n: 'count()' } });
const boards = (change: Partial<Boards> = {}): Boards => ({
  boards: { shop: board('Shop'), line: board('Line 4') },
  windows: { w: window('1m') },
  playlists: {},
  problems: [],
  made: [],
  ...change,
});

test('V36 a change of the board that is shown, or of a window it draws, is told; of another not', () => {
  const changed = boards({ boards: { shop: board('Shop', 'm'), line: board('Line 4') } });
  expect(changeWords(boards(), changed, 'shop')).toBe('Shop was changed on disk');
  expect(changeWords(boards(), changed, 'line')).toBeNull();
  expect(changeWords(boards(), boards({ windows: { w: window('5m') } }), 'line')).toBe('Line 4 was changed on disk');
  expect(changeWords(boards(), boards({ problems: [{ file: 'a', board: 'shop', lines: [] }] }), 'shop')).toBeNull();
});

test('V36 on the list boards that are new, gone and changed are told; a made one is made anew', () => {
  const now = boards({ boards: { shop: board('Shop', 'm'), dock: board('Dock') }, made: ['shop'] });
  expect(changeWords(boards(), now, 'line')).toBe('Line 4 is not there any more');
  expect(changeWords(boards(), now, null)).toBe('3 boards were changed');
  expect(changeWords(boards(), boards({ boards: { ...boards().boards, dock: board('Dock') } }), null)).toBe(
    'Dock is new',
  );
  expect(changeWords(boards(), now, 'shop')).toBe('Shop was made anew: its stream has other fields');
});
