import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamSchema } from '../contract/protocol/down.ts';
import { type Board, BoardSchema } from '../contract/spec/board.ts';
import { boardText } from '../contract/spec/board-text.ts';
import { type Field, FieldRoleSchema, FieldTypeSchema } from '../contract/spec/field.ts';
import { firstBoard } from '../contract/spec/first-board.ts';
import { type Known, loadBoard } from '../contract/spec/load.ts';
import { WindowSpecSchema } from '../contract/spec/window.ts';
import { readConfig } from '../relay/config.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SCHEMA = 'http://localhost:8787/highwater-board.schema.json';

function again(board: Board, known: Known): unknown {
  const text = boardText(board, SCHEMA);
  const loaded = loadBoard(text, known);
  return 'problems' in loaded ? { text, problems: loaded.problems } : loaded.board;
}

/** Every configuration that ships. */
async function configs(): Promise<string[]> {
  const examples = await readdir(join(ROOT, 'examples'));
  const candidates = [
    ...(await readdir(join(ROOT, 'boards'))).map((name) => join(ROOT, 'boards', name)),
    ...examples.map((name) => join(ROOT, 'examples', name, 'highwater.yaml')),
  ];
  const texts = await Promise.all(candidates.map((path) => readFile(path, 'utf8').catch(() => '')));
  return candidates.filter((_, index) => /^streams:/m.test(texts[index] ?? ''));
}

test('B7 every board that ships is the same when it is written and read again', async () => {
  let boards = 0;
  for (const path of await configs()) {
    const config = await readConfig(path);
    for (const board of Object.values(config.boards ?? {})) {
      boards++;
      expect(again(board, { streams: config.streams, windows: config.windows })).toEqual(board);
    }
  }
  expect(boards).toBeGreaterThan(2);
});

const anyField = fc.record({
  name: fc.oneof(fc.stringMatching(/^[a-z_]{1,8}$/), fc.string({ minLength: 1, maxLength: 12, unit: 'binary' })),
  type: fc.constantFrom(...Object.values(FieldTypeSchema.enum)),
  role: fc.constantFrom(...Object.values(FieldRoleSchema.enum)),
  unit: fc.option(fc.constantFrom('ms', 'currencyUSD', 'percentunit')),
});

test('B7 first boards are the same as files, whatever their fields are called', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyField, { selector: ({ name }) => name.toLowerCase(), maxLength: 12 }), (fields) => {
      const schema: StreamSchema = {
        ...{ type: 'schema', stream: 'user_events', version: 1, timeField: 'ts', inferred: true },
        fields: fields.filter(({ name }: Field) => name !== '__proto__'),
      };
      const { board, windows } = firstBoard(schema);
      const whole = { ...board, windows };
      expect(again(whole, { streams: ['user_events'], windows: {} })).toEqual(whole);
    }),
  );
});

test('B7 any text in a board comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.uniqueArray(fc.string({ unit: 'binary' })),
      (text, others) => {
        const texts = others.filter((other) => other !== text);
        const board = BoardSchema.parse({
          ...{ title: text, description: text, tags: texts, range: '1h' },
          variables: { v: { column: text, values: [text, ...texts], default: [text] } },
          annotations: [{ at: '2026-03-01T06:00:00Z', text }],
          panels: [
            { kind: 'text', title: text, w: 24, h: 3, text },
            { kind: 'events', title: 'T', w: 24, h: 3, stream: 's', text: 'x', only: { [`f${text}`]: [text] } },
          ],
        });
        expect(again(board, { streams: ['s'], windows: {} })).toEqual(board);
      },
    ),
  );
});

test('B7 a board’s text is small: a panel on a line where it fits, and nothing that would be so anyway', () => {
  const board = BoardSchema.parse({
    title: 'Shop',
    windows: { by_minute: { from: 's', window: 'tumble(1m)', by: ['a'], select: { n: 'count()' } } },
    panels: [
      { kind: 'stat', title: 'Orders', unit: 'short', w: 6, h: 4, window: 'by_minute', value: 'n', sparkline: true },
      { kind: 'text', title: 'About', w: 24, h: 4, text: '# Shop\n\nAll of it.\n' },
    ],
  });
  expect(boardText(board, '../public/highwater-board.schema.json')).toBe(`\
# yaml-language-server: $schema=../public/highwater-board.schema.json
title: Shop

windows:
  by_minute:
    from: s
    window: tumble(1m)
    by: [ a ]
    select: { n: count() }

panels:
  - { kind: stat, title: Orders, w: 6, h: 4, window: by_minute, value: n, unit: short }
  - kind: text
    title: About
    w: 24
    h: 4
    text: |
      # Shop

      All of it.
`);
  expect(WindowSpecSchema.parse(board.windows?.by_minute)).toEqual(board.windows?.by_minute);
});
