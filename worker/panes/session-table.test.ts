import { expect, test } from 'vitest';
import type { Block } from './column.ts';
import { Count } from './count.ts';
import { TAKEN, TOO_LATE } from './row-filter.ts';
import { SessionTable } from './session-table.ts';

const SHAPE = {
  stream: 's',
  by: ['k'],
  where: null,
  dedup: null,
  gapUs: 10,
  gapExpression: null,
  allowUs: 0,
  judgedAlone: false,
};

function block(rows: readonly (readonly [timeUs: number, key: string, gap?: number])[]): Block {
  return {
    rows: rows.length,
    from: 0,
    partitionAt: () => 0,
    timeUs: Float64Array.from(rows, ([timeUs]) => timeUs),
    offsetAt: (row) => row,
    column: (name) =>
      name === 'gap'
        ? { kind: 'number', values: rows.map(([, , gap]) => gap ?? 0), validity: null }
        : { kind: 'text', codes: Int32Array.from(rows.keys()), texts: rows.map(([, key]) => key), validity: null },
  };
}

function counting(shape: Partial<typeof SHAPE> | { gapUs: null; gapExpression: string } = {}) {
  const counts = new Count();
  const measure = { argument: null, by: null, filter: null, state: counts };
  const table = new SessionTable({ ...SHAPE, ...shape }, new Map([['n', measure]]));
  const sessions = () =>
    table.all.map(({ key, startUs, endUs, slot, revision }) => [
      table.keys.tuple(key)[0],
      startUs,
      endUs,
      counts.value(slot),
      revision,
    ]);
  return { table, sessions };
}

test('W30 what touches is one session, by group; a late row joins two', () => {
  const { table, sessions } = counting();
  table.add(
    block([
      [0, 'a'],
      [10, 'a'],
      [31, 'a'],
      [5, 'b'],
    ]),
    null,
    null,
  );
  expect(sessions()).toEqual([
    ['b', 5, 15, 1, 0],
    ['a', 0, 20, 2, 0],
    ['a', 31, 41, 1, 0],
  ]);
  table.add(block([[21, 'a']]), 15, null);
  expect(sessions()).toContainEqual(['a', 21, 41, 2, 0]);
  table.add(block([[15, 'a']]), 15, null);
  expect(sessions()).toEqual([
    ['b', 5, 15, 1, 0],
    ['a', 0, 41, 5, 0],
  ]);
});

test('W30 a row behind the watermark counts where it joins an open session, and is too late alone', () => {
  const { table, sessions } = counting();
  table.add(block([[20, 'a']]), null, null);
  const marks = new Uint8Array(2);
  table.add(
    block([
      [11, 'a'],
      [11, 'b'],
    ]),
    25,
    marks,
  );
  expect([...marks]).toEqual([TAKEN, TOO_LATE]);
  expect(sessions()).toEqual([['a', 11, 30, 2, 0]]);
  expect(table.tooLateRows).toBe(1);
});

test('W30 judged alone, a row is too late that would have joined an open session', () => {
  const { table, sessions } = counting({ judgedAlone: true });
  table.add(block([[20, 'a']]), null, null);
  table.add(
    block([
      [11, 'a'],
      [16, 'a'],
    ]),
    25,
    null,
  );
  expect(sessions()).toEqual([['a', 16, 30, 2, 0]]);
  expect(table.tooLateRows).toBe(1);
});

test('W30 a closed session is not joined any more; within `allow` it is, and is revised', () => {
  const closed = counting();
  closed.table.add(block([[0, 'a']]), null, null);
  closed.table.add(
    block([
      [9, 'a'],
      [10, 'a'],
    ]),
    12,
    null,
  );
  expect(closed.sessions()).toEqual([
    ['a', 0, 10, 1, 0],
    ['a', 9, 20, 2, 0],
  ]);
  const allowed = counting({ allowUs: 100 });
  allowed.table.add(block([[0, 'a']]), null, null);
  allowed.table.add(block([[9, 'a']]), 12, null);
  expect(allowed.sessions()).toEqual([['a', 0, 19, 2, 1]]);
});

test('W30 a gap may be another for each row; without one above 0 a row is in no session', () => {
  const { table, sessions } = counting({ gapUs: null, gapExpression: 'gap' });
  table.add(
    block([
      [0, 'a', 30],
      [20, 'a', 5],
      [29, 'a', 0],
      [40, 'a', -1],
    ]),
    null,
    null,
  );
  expect(sessions()).toEqual([['a', 0, 30, 2, 0]]);
  expect(table.withoutGap).toBe(2);
});

test('N5 past the bound the oldest closed sessions go, and rows of new groups are left out and counted', () => {
  const { table, sessions } = counting();
  table.maxGroups = 100;
  for (let start = 0; start < 300; start++) table.add(block([[start * 100, `k${start}`]]), start * 100, null);
  expect(table.slots.size).toBeLessThanOrEqual(100);
  expect(sessions().at(-1)).toEqual(['k299', 29_900, 29_910, 1, 0]);
  expect(table.keptFromUs).toBeGreaterThan(0);
  const many = block(Array.from({ length: 400 }, (_, key) => [29_900, `new${key}`] as const));
  table.add(many, null, null);
  expect(table.droppedRows).toBeGreaterThan(0);
  expect(table.slots.size + table.droppedRows).toBeGreaterThanOrEqual(400);
});
