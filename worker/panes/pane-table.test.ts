import { expect, test } from 'vitest';
import type { Block, Column } from './column.ts';
import { Count } from './count.ts';
import { Distinct } from './distinct.ts';
import { MAX_GROUPS, PaneTable } from './pane-table.ts';

const SHAPE = { stream: 's', sizeUs: 10, offsetUs: 0, allowUs: 0, by: ['k'], where: null };

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
    null,
    null,
  );
}

test('N4 beyond its groups a table lets the oldest panes go, says since when it is complete, and stays right', () => {
  const counts = new Count();
  const users = new Distinct();
  const table = new PaneTable(
    SHAPE,
    new Map([
      ['n', { argument: null, filter: null, state: counts }],
      ['u', { argument: 'k', filter: null, state: users }],
    ]),
  );
  const windows = 45;
  const keys = 10_000;
  for (let window = 0; window < windows; window++) addWindow(table, window * 10, keys);
  const groups = table.panes.reduce((sum, { slots }) => sum + slots.size, 0);
  expect(groups).toBeLessThanOrEqual(MAX_GROUPS);
  expect(groups).toBeGreaterThan(MAX_GROUPS / 2);
  expect(table.keptFromUs).toBe(table.panes[0]?.startUs);
  expect(table.keys.size).toBeLessThanOrEqual(MAX_GROUPS * 2);
  for (const pane of table.panes) {
    const labels = new Set([...pane.slots.keys()].map((key) => table.keys.tuple(key)[0]));
    expect(labels.size).toBe(keys + 1);
    expect(labels.has('always')).toBe(true);
    expect(labels.has(`k${pane.startUs}-${keys - 1}`)).toBe(true);
    for (const slot of pane.slots.values())
      if (counts.value(slot) !== 1 || users.value(slot) !== 1) expect.fail(`slot ${slot}`);
  }
  // Rows of a pane that was let go are not counted in half a pane.
  const tooLate = new Uint8Array(2);
  table.add(block([0, 5], { k: { kind: 'text', codes: [0, 0], texts: ['always'], validity: null } }), null, tooLate);
  expect([...tooLate]).toEqual([1, 1]);
  expect(table.paneAt(0)).toBeUndefined();
});

test('W6 panes start at the offset, before 1970 too; a null key is a group', () => {
  const table = new PaneTable(
    { ...SHAPE, offsetUs: 3 },
    new Map([['n', { argument: null, filter: null, state: new Count() }]]),
  );
  const k: Column = { kind: 'number', values: [1, 1, 1, 1], validity: new Uint8Array([0b0111]) };
  table.add(block([-8, -7, 2, 3], { k }), null, null);
  expect(
    table.panes.map(({ startUs, slots }) => [startUs, [...slots.keys()].map((key) => table.keys.tuple(key)[0])]),
  ).toEqual([
    [-17, [1]],
    [-7, [1]],
    [3, [null]],
  ]);
});
