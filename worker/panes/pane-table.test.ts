import { expect, test } from 'vitest';
import { windowStartUs } from '../../contract/spec/window.ts';
import { newClosing } from './closing.ts';
import type { Block, Column } from './column.ts';
import { Count } from './count.ts';
import { Distinct } from './distinct.ts';
import { DEFAULT_MAX_GROUPS as MAX_GROUPS, PaneTable } from './pane-table.ts';
import { TOO_LATE } from './row-filter.ts';
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
