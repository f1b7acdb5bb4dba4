import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newClosing } from '../panes/closing.ts';
import type { Block } from '../panes/column.ts';
import { Count } from '../panes/count.ts';
import { Distinct } from '../panes/distinct.ts';
import { PaneTable } from '../panes/pane-table.ts';
import { gridOf } from './grid.ts';
import { GridRows } from './grid-rows.ts';

const SIZE = 300;
const COUNT = { argument: null, by: null, filter: null };
const USERS = { argument: 'user', by: null, filter: null };

/** A table of panes of 1 µs under windows of 300 µs, one every µs. */
function hopping(allowUs: number, maxGroups: number): GridRows {
  const grid = gridOf({ kind: 'hop', sizeUs: SIZE, slideUs: 1, offsetUs: 0 });
  const closing = newClosing(grid.key, (timeUs, startAfterUs) => grid.holding(timeUs, startAfterUs), allowUs);
  const measures = new Map([
    ['events', { ...COUNT, state: new Count() }],
    ['users', { ...USERS, state: new Distinct() }],
  ]);
  const shape = { stream: 's', by: ['key'], where: null, dedup: null };
  return new GridRows(new PaneTable(shape, grid.slices, [closing], measures, { maxGroups }), grid, closing);
}

function block(rows: readonly Row[]): Block {
  const column = (of: (row: Row) => number) =>
    ({ kind: 'number', values: Float64Array.from(rows, of), validity: null }) as const;
  return {
    rows: rows.length,
    from: 0,
    partitionAt: () => 0,
    timeUs: Float64Array.from(rows, ({ timeUs }) => timeUs),
    offsetAt: (row) => row,
    column: (name) => (name === 'key' ? column(({ key }) => key) : column(({ user }) => user)),
  };
}

interface Row {
  readonly timeUs: number;
  readonly key: number;
  readonly user: number;
}

/** Group → its count and users, merged of the slots a reader is given. */
function merged(rows: GridRows, read: (visit: (key: number, slot: number) => void) => void): Map<number, string> {
  const places = new Map<number, number>();
  const events = new Count();
  const users = rows.measures.get('users')?.state.fresh() ?? new Distinct();
  const from = rows.measures.get('events')?.state;
  if (!(from instanceof Count)) throw new TypeError('events are counted');
  events.resize(100);
  users.resize(100);
  read((key, slot) => {
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    events.merge(from, slot, place);
    users.merge(rows.measures.get('users')?.state ?? users, slot, place);
  });
  const found = [...places].map(([key, place]) => [key, `${events.value(place)} of ${users.value(place, 0)}`] as const);
  return new Map(found.sort(([left], [right]) => left - right));
}

/** The same, pane by pane. */
function paneByPane(rows: GridRows, fromUs: number, untilUs: number, closesUs: number): Map<number, string> {
  return merged(rows, (visit) => {
    for (const pane of rows.table.panes)
      if (pane.startUs >= fromUs && pane.startUs < untilUs)
        for (const { afterUs, slots } of pane.parts)
          if (afterUs < closesUs) for (const [key, slot] of slots) visit(key, slot);
  });
}

const row = fc.record({
  lateUs: fc.oneof({ weight: 4, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.nat(700) }),
  key: fc.nat(3),
  user: fc.nat(50),
});
const step = fc.record({ forwardUs: fc.nat(200), rows: fc.array(row, { minLength: 1, maxLength: 30 }) });

test('W8 a window of many panes is what its panes are, pane by pane, however rows, late ones and bounds changed them', () => {
  const allows = fc.constantFrom(0, 40, 400, Number.POSITIVE_INFINITY);
  const bounds = fc.constantFrom(120, 1000, 200_000);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), allows, bounds, (steps, allowUs, maxGroups) => {
      const rows = hopping(allowUs, maxGroups);
      let nowUs = -500;
      for (const { forwardUs, rows: added } of steps) {
        const watermarkUs = nowUs - 3;
        nowUs += forwardUs;
        const made = added.map(({ lateUs, key, user }) => ({ timeUs: nowUs - lateUs, key, user }));
        rows.table.add(block(made), watermarkUs, new Uint8Array(made.length));
        // Runs are made for one measure first, for the others later.
        rows.visitSpan(nowUs - 411, nowUs + 1, () => undefined, ['events']);
        for (const instance of rows.instances(nowUs - 320, nowUs + 10).filter((_, index) => index % 37 === 0))
          expect(merged(rows, (visit) => rows.visit(instance, visit))).toEqual(
            paneByPane(rows, instance.startUs, instance.endUs, rows.closesUs(instance)),
          );
        for (const fromUs of [Number.NEGATIVE_INFINITY, nowUs - 411])
          expect(merged(rows, (visit) => rows.visitSpan(fromUs, nowUs + 1, visit))).toEqual(
            paneByPane(rows, fromUs, nowUs + 1, Number.POSITIVE_INFINITY),
          );
      }
    }),
  );
});

test('W8 the next window is read from the states of the one before: few slots, not one for each pane', () => {
  const rows = hopping(0, 200_000);
  const made = Array.from({ length: 1000 }, (_, timeUs) => ({ timeUs, key: 0, user: timeUs }));
  rows.table.add(block(made), null, null);
  const slots = (endUs: number) => {
    let count = 0;
    rows.visit({ startUs: endUs - SIZE, endUs, coarse: false, session: null }, () => {
      count++;
    });
    return count;
  };
  expect(slots(900)).toBeLessThan(40);
  const size = rows.table.slots.size;
  expect(slots(901)).toBeLessThan(40);
  expect(rows.table.slots.size - size).toBeLessThan(3);
});
