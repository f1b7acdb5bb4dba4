import { expect, test } from 'vitest';
import type { HeadlessEngine } from './engine.ts';
import { summaryText } from './summary.ts';

type State = NonNullable<ReturnType<HeadlessEngine['windowState']>>;

const CLEAN: State = {
  from: 'events',
  tooLateRows: 0,
  tooLateAssignments: 0,
  duplicateRows: 0,
  forgottenEvents: 0,
  foldedRows: 0,
  droppedRows: 0,
  rowsWithoutGap: 0,
  groups: 1,
  maxGroups: 100,
  keptFromUs: null,
  coarseBeforeUs: null,
};

const READ = [{ stream: 'events', counts: { records: 3, rows: 3, deadLetters: 0, firstReason: null } }];

function said(states: Readonly<Record<string, Partial<State>>>): string {
  const state = (window: string) => ({ ...CLEAN, ...states[window] });
  return summaryText(READ, Object.keys(states), { windowState: state }).replace(
    '3 records, 3 rows, 0 dead letters; ',
    '',
  );
}

test('of one window all is told, zeros too', () => {
  expect(said({ w: {} })).toBe('0 rows too late (0 window assignments), 0 duplicates');
  expect(said({ w: { tooLateRows: 1, tooLateAssignments: 1, duplicateRows: 1, rowsWithoutGap: 2 } })).toBe(
    '1 row too late (1 window assignment), 1 duplicate, 2 rows without a gap above 0, in no session',
  );
});

test('of several windows those that left something out or counted it elsewhere are told, the others by number', () => {
  const clean = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`w${index}`, {}]));
  expect(said(clean)).toBe('100 windows: nothing too late, no duplicates');
  expect(
    said({
      ...clean,
      w7: { tooLateAssignments: 2 },
      w8: { forgottenEvents: 3 },
      w9: { foldedRows: 5 },
      w11: { droppedRows: 1 },
    }),
  ).toBe(
    [
      'w7: 0 rows too late (2 window assignments), 0 duplicates',
      'w8: 3 events of dedup forgotten early: some may have been counted twice',
      'w9: 5 rows counted as other, for there are too many groups',
      'w11: 1 row left out, for there are too many groups',
      '96 other windows: nothing too late, no duplicates',
    ].join('; '),
  );
  expect(said({ a: { duplicateRows: 1 }, b: {} })).toBe(
    'a: 0 rows too late (0 window assignments), 1 duplicate; 1 other window: nothing too late, no duplicates',
  );
  expect(said({ a: { duplicateRows: 1 }, b: { rowsWithoutGap: 1 } })).toBe(
    'a: 0 rows too late (0 window assignments), 1 duplicate; b: 1 row without a gap above 0, in no session',
  );
});
