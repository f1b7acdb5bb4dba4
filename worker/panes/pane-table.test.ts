import { expect, test } from 'vitest';
import { windowStartUs } from '../../contract/spec/window.ts';
import type { RowsToAdd } from './accumulator.ts';
import { newClosing } from './closing.ts';
import type { Block, Column } from './column.ts';
import { Count } from './count.ts';
import { Distinct } from './distinct.ts';
import { OTHER } from './group-keys.ts';
import { DEFAULT_MAX_GROUPS as MAX_GROUPS, PaneTable } from './pane-table.ts';
import { TAKEN, TOO_LATE } from './row-filter.ts';
import { fixedSlices } from './slices.ts';

const SHAPE = { stream: 's', by: ['k'], where: null, dedup: null };

/** Windows of 10 µs that start at `offsetUs`. */
function tumbling(offsetUs: number, measures: ConstructorParameters<typeof PaneTable>[3]): PaneTable {
  const holding = (timeUs: number) => {
    const startUs = windowStartUs(timeUs, 10, offsetUs);
    return [{ startUs, endUs: startUs + 10 }];
  };
  return new PaneTable(SHAPE, fixedSlices(10, offsetUs), [newClosing('10', holding, 0)], measures);
}

function block(timeUs: readonly number[], columns: Readonly<Record<string, Column>>): Block {
  return {
    rows: timeUs.length,
    from: 0,
    partitionAt: () => 0,
    timeUs: Float64Array.from(timeUs),
    offsetAt: (row) => row,
    column: (name) => columns[name] ?? { kind: 'number', values: [], validity: null },
  };
}

/** `keys` new groups in the window that starts at `start`, and one that is in every window. */
function addWindow(table: PaneTable, start: number, keys: number): void {
  const texts = ['always', ...Array.from({ length: keys }, (_, key) => `k${start}-${key}`)];
  const codes = Int32Array.from(texts.keys());
  table.add(
    block(
      texts.map(() => start),
      { k: { kind: 'text', codes, texts, validity: null } },
    ),
    // All before it has closed.
    start,
    null,
  );
}

test('N4 beyond its groups a table lets the oldest panes go, says since when it is complete, and stays right', () => {
  const counts = new Count();
  const users = new Distinct();
  const table = tumbling(
    0,
    new Map([
      ['n', { argument: null, by: null, filter: null, state: counts }],
      ['u', { argument: 'k', by: null, filter: null, state: users }],
    ]),
  );
  const windows = 45;
  const keys = 10_000;
  for (let window = 0; window < windows; window++) addWindow(table, window * 10, keys);
  const groups = table.slots.size;
  expect(groups).toBeLessThanOrEqual(MAX_GROUPS);
  expect(groups).toBeGreaterThan(MAX_GROUPS / 2);
  expect(table.keptFromUs).toBe(table.panes[0]?.startUs);
  expect(table.keys.size).toBeLessThanOrEqual(MAX_GROUPS * 2);
  for (const pane of table.panes) {
    const slots = pane.parts[0]?.slots ?? new Map<number, number>();
    const labels = new Set([...slots.keys()].map((key) => table.keys.tuple(key)[0]));
    expect(labels.size).toBe(keys + 1);
    expect(labels.has('always')).toBe(true);
    expect(labels.has(`k${pane.startUs}-${keys - 1}`)).toBe(true);
    for (const slot of slots.values())
      if (counts.value(slot) !== 1 || users.value(slot) !== 1) expect.fail(`slot ${slot}`);
  }
  // Rows of a pane that was let go are not counted in half a pane.
  const tooLate = new Uint8Array(2);
  table.add(block([0, 5], { k: { kind: 'text', codes: [0, 0], texts: ['always'], validity: null } }), null, tooLate);
  expect([...tooLate]).toEqual([TOO_LATE, TOO_LATE]);
  expect(table.panes[0]?.startUs).toBeGreaterThan(0);
});

test('W6 panes start at the offset, before 1970 too; a null key is a group', () => {
  const table = tumbling(3, new Map([['n', { argument: null, by: null, filter: null, state: new Count() }]]));
  const k: Column = { kind: 'number', values: [1, 1, 1, 1], validity: new Uint8Array([0b0111]) };
  table.add(block([-8, -7, 2, 3], { k }), null, null);
  expect(
    table.panes.map(({ startUs, parts }) => [
      startUs,
      parts.flatMap(({ slots }) => [...slots.keys()].map((key) => table.keys.tuple(key)[0])),
    ]),
  ).toEqual([
    [-17, [1]],
    [-7, [1]],
    [3, [null]],
  ]);
});

/** Windows of 10 µs every 5 µs. */
function hopping(allowUs: number): { table: PaneTable; counts: Count } {
  const counts = new Count();
  const holding = (timeUs: number) => {
    const startUs = windowStartUs(timeUs, 5, 0);
    return [
      { startUs: startUs - 5, endUs: startUs + 5 },
      { startUs, endUs: startUs + 10 },
    ];
  };
  const measure = { argument: null, by: null, filter: null, state: counts };
  const table = new PaneTable(
    { ...SHAPE, by: [] },
    fixedSlices(5, 0),
    [newClosing('10 5', holding, allowUs)],
    new Map([['n', measure]]),
  );
  return { table, counts };
}

test('W8 a late row is a part of its own, which windows that had closed do not count', () => {
  const { table, counts } = hopping(0);
  const marks = new Uint8Array(1);
  table.add(block([6], {}), null, null);
  table.add(block([7], {}), 11, marks);
  expect([...marks]).toEqual([TAKEN]);
  expect(table.panes[0]?.parts.map(({ afterUs, slots }) => [afterUs, counts.value(slots.get(0) ?? -1)])).toEqual([
    [Number.NEGATIVE_INFINITY, 1],
    [10, 1],
  ]);
  table.add(block([8], {}), 15, marks);
  expect([...marks]).toEqual([TAKEN | TOO_LATE]);
  expect(table.closings[0]).toMatchObject({ tooLateRows: 1, tooLateAssignments: 3 });
});

test('W7 many rows of one addition are one revision of each window that was final', () => {
  const { table } = hopping(100);
  table.add(block([6], {}), null, null);
  table.add(block([7, 7, 8], {}), 12, null);
  table.add(block([7], {}), 17, null);
  const [closing] = table.closings;
  expect([...(closing?.revisions ?? [])].map(([endUs, groups]) => [endUs, groups.get(0)?.count])).toEqual([
    [10, 2],
    [15, 1],
  ]);
});

test('N4 with age panes are folded into coarser ones, and no row is lost', () => {
  const counts = new Count();
  const measure = { argument: null, by: null, filter: null, state: counts };
  const holding = (timeUs: number) => {
    const startUs = windowStartUs(timeUs, 1e6, 0);
    return [{ startUs, endUs: startUs + 1e6 }];
  };
  const table = new PaneTable(
    { ...SHAPE, by: [] },
    fixedSlices(1e6, 0),
    [newClosing('1s', holding, 0)],
    new Map([['n', measure]]),
  );
  const seconds = 3 * 3600;
  for (let second = 0; second < seconds; second++) table.add(block([second * 1e6], {}), second * 1e6, null);
  const total = table.panes.reduce((sum, { parts }) => sum + counts.value(parts[0]?.slots.get(0) ?? -1), 0);
  expect(total).toBe(seconds);
  const coarse = table.panes.filter((pane) => pane.coarse);
  expect(coarse.length).toBeGreaterThan(118);
  expect(new Set(coarse.slice(0, -1).map(({ startUs, endUs }) => endUs - startUs))).toEqual(new Set([60e6]));
  expect(table.panes.length).toBeLessThan(3600 + 60 + 130);
  expect(table.coarseBeforeUs).toBe(coarse.at(-1)?.endUs);
  // A row of a folded pane is not counted in a pane of its own.
  const marks = new Uint8Array(1);
  table.add(block([5e6], {}), null, marks);
  expect([...marks]).toEqual([TOO_LATE]);
});

test('N5 groups beyond a quarter of the bound in one pane are counted together, so that the sum is right', () => {
  const counts = new Count();
  const table = tumbling(0, new Map([['n', { argument: null, by: null, filter: null, state: counts }]]));
  table.maxGroups = 400;
  for (let frame = 0; frame < 10; frame++) {
    const texts = Array.from({ length: 50 }, (_, key) => `f${frame}-${key}`);
    const codes = Int32Array.from([...texts.keys(), ...texts.keys()]);
    table.add(
      block(
        Array.from(codes, () => 5),
        { k: { kind: 'text', codes, texts, validity: null } },
      ),
      null,
      null,
    );
  }
  const slots = [...(table.panes[0]?.parts[0]?.slots ?? [])];
  expect(slots).toHaveLength(101);
  expect(slots.reduce((sum, [, slot]) => sum + counts.value(slot), 0)).toBe(1000);
  const other = slots.find(([key]) => key === OTHER)?.[1] ?? -1;
  expect(counts.value(other)).toBe(800);
  expect(table.foldedRows).toBe(800);
});

test('N5 what groups take is measured: of large sets there is room for fewer', () => {
  const users = new Distinct();
  const table = tumbling(0, new Map([['u', { argument: 'v', by: null, filter: null, state: users }]]));
  table.budgetBytes = 8 * 2 ** 20;
  const before = table.maxGroups;
  const values = Float64Array.from({ length: 4096 }, (_, value) => value * 1e6 + 0.5);
  const v: Column = { kind: 'number', values, validity: null };
  const k: Column = { kind: 'number', values: new Float64Array(4096), validity: null };
  for (let window = 0; window < 128; window++)
    table.add(
      block(
        Array.from(values, () => window * 10),
        { k, v },
      ),
      window * 10,
      null,
    );
  expect(table.maxGroups).toBeLessThan(before / 10);
});

test('N1 a tick feeds the measures its new rows, and no others', () => {
  const fed: number[] = [];
  const state = new (class extends Count {
    override add(rows: RowsToAdd): void {
      fed.push(rows.rows - rows.from);
      super.add(rows);
    }
  })();
  const table = tumbling(0, new Map([['n', { argument: null, by: null, filter: null, state }]]));
  const k: Column = { kind: 'number', values: new Float64Array(100), validity: null };
  for (let tick = 0; tick < 50; tick++)
    table.add(
      {
        ...block(
          Array.from({ length: 100 }, () => tick * 10),
          { k },
        ),
        from: 90,
      },
      null,
      null,
    );
  expect(fed).toEqual(Array.from({ length: 50 }, () => 10));
});
