import { expect, test } from 'vitest';
import type { StreamSchema } from '../contract/protocol/down.ts';
import { boardText } from '../contract/spec/board-text.ts';
import { loadBoard } from '../contract/spec/load.ts';
import { dataOf } from '../contract/spec/panel-uses.ts';
import { WindowSpecSchema } from '../contract/spec/window.ts';
import { FirstBoards } from './first-boards.ts';

function schemaOf(stream: string): StreamSchema {
  const fields = [{ name: 'state', type: 'string', role: 'dimension', unit: null } as const];
  return { type: 'schema', stream, version: 1, timeField: 'ts', inferred: true, fields: [...fields] };
}

test('B3 boards stand in the order of the streams, whichever is known first, and after each is made anew', () => {
  const streams = { zebra: {}, ant: {}, mole: {} };
  const windows = {
    of_ant: WindowSpecSchema.parse({ from: 'ant', window: 'tumble(1m)', select: { n: 'count()' } }),
    of_that: WindowSpecSchema.parse({ from: 'of_ant', window: 'tumble(1h)', select: { n: 'sum(n)' } }),
  };
  const orders = [
    ['mole', 'ant', 'zebra'],
    ['ant', 'zebra', 'mole', 'zebra', 'ant'],
  ];
  const all = orders.map((order) => {
    const boards = new FirstBoards(streams, windows);
    for (const stream of order) boards.learn(schemaOf(stream));
    return boards.made();
  });
  for (const made of all) {
    expect(Object.keys(made.boards)).toEqual(['zebra', 'ant', 'mole']);
    expect(made).toEqual(all[0]);
    expect(Object.keys(made.windows)).toEqual(Object.keys(all[0]?.windows ?? {}));
    const shown = made.boards.ant?.panels.map((panel) => {
      const data = dataOf(panel);
      return data.of === 'window' ? data.window : data.of === 'stream' ? data.stream : null;
    });
    expect(shown).toEqual(expect.arrayContaining(['of_ant', 'of_that', 'ant']));
    const others = [made.boards.zebra, made.boards.mole].map((board) => JSON.stringify(board));
    for (const text of others) expect(text).not.toContain('of_');
  }
  const none = new FirstBoards(streams, windows);
  expect(none.made()).toEqual({ boards: {}, windows });
});

test('B7 a board that was made is the same as a file, beside the windows that are declared', () => {
  const windows = {
    of_ant: WindowSpecSchema.parse({ from: 'ant', window: 'tumble(1m)', by: ['state'], select: { n: 'count()' } }),
    ant_by_minute: WindowSpecSchema.parse({ from: 'ant', window: 'tumble(1h)', select: { n: 'count()' } }),
  };
  const boards = new FirstBoards({ ant: {}, mole: {} }, windows);
  for (const stream of ['ant', 'mole']) boards.learn(schemaOf(stream));
  for (const board of Object.values(boards.made().boards)) {
    const text = boardText(board, 'http://localhost:8787/highwater-board.schema.json');
    expect(text).not.toContain('of_ant:\n');
    expect(loadBoard(text, { streams: ['ant', 'mole'], windows })).toMatchObject({ board });
  }
});

test('B4 when other windows are declared, boards are made anew over them', () => {
  const boards = new FirstBoards({ ant: {} }, {});
  boards.learn(schemaOf('ant'));
  const before = boards.made();
  const declared = { mine: WindowSpecSchema.parse({ from: 'ant', window: 'tumble(1m)', select: { n: 'count()' } }) };
  boards.declare(declared);
  const shown = boards.made().boards.ant?.panels.map((panel) => dataOf(panel));
  expect(shown).toContainEqual({ of: 'window', window: 'mine' });
  boards.declare({});
  expect(boards.made()).toEqual(before);
});
