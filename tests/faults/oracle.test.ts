import fc from 'fast-check';
import { expect, test } from 'vitest';
import { History } from './history.ts';
import { type Evidence, type HeldRow, judge, type Rules, type TabReport } from './oracle.ts';

/** The judge is judged: a true story passes, and every kind of lie about it is found. */
const RULES: Rules = { maxRelayRssBytes: 1e9 };

/** Two producers, two partitions, everything acknowledged; and the rows a right tab holds of it. */
function story(count: number): { history: History; rows: HeldRow[] } {
  const history = new History();
  const rows: HeldRow[] = [];
  const next = [0, 0];
  for (let seq = 0; seq < count; seq++)
    for (const [partition, producer] of ['p0', 'p1'].entries()) {
      history.sent(producer, seq, partition);
      history.acknowledged(producer, seq);
      const offset = next[partition] ?? 0;
      next[partition] = offset + 1;
      rows.push({ partition, offset, producer, seq });
    }
  return { history, rows };
}

const tab = (rows: readonly HeldRow[], more: Partial<TabReport> = {}): TabReport => ({
  name: 'tab',
  rows,
  losses: [],
  lives: [],
  ...more,
});
const evidence = (history: History, ...tabs: TabReport[]): Evidence => ({
  history,
  tabs,
  relayRssBytes: 1e8,
  recoveries: [],
});
const lettersOf = (given: Evidence, rules: Rules = RULES) => [
  ...new Set(judge(given, rules).map(({ letter }) => letter)),
];
const gap = (missing: number | null) => ({ kind: 'gap' as const, atMs: 0, reason: 'retention', missing });

test('R1 what is right passes, in whatever order the rows are given', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat()), (count, order) => {
      const { history, rows } = story(count);
      const shuffled = rows.map((row) => ({ row, at: order.next().value })).toSorted((a, b) => a.at - b.at);
      expect(judge(evidence(history, tab(rows), tab(shuffled.map(({ row }) => row))), RULES)).toEqual([]);
    }),
  );
});

test('R1 L every record that is missing is found, told or not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (count, at) => {
      const { history, rows } = story(count);
      const short = rows.toSpliced(at % rows.length, 1);
      expect(lettersOf(evidence(history, tab(short)))).toEqual(['L']);
      // Told, but nothing was to be lost here.
      expect(lettersOf(evidence(history, tab(short, { losses: [gap(1)] })))).toEqual(['L']);
      const mayMiss = { ...RULES, mayMiss: () => true };
      expect(lettersOf(evidence(history, tab(short, { losses: [gap(1)] })), mayMiss)).toEqual([]);
      expect(lettersOf(evidence(history, tab(short, { losses: [gap(null)] })), mayMiss)).toEqual([]);
      expect(lettersOf(evidence(history, tab(short)), mayMiss)).toEqual(['L']);
      const two = short.toSpliced(at % short.length, 1);
      expect(lettersOf(evidence(history, tab(two, { losses: [gap(1)] })), mayMiss)).toEqual(['L']);
    }),
  );
});

test('R1 L a loss told where there is none is a lie too', () => {
  const { history, rows } = story(3);
  expect(lettersOf(evidence(history, tab(rows, { losses: [gap(0)] })))).toEqual(['L']);
});

test('R1 D a row twice is found, by its offset and by its content', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (count, at) => {
      const { history, rows } = story(count);
      const row = rows[at % rows.length];
      if (!row) throw new Error('no row');
      expect(lettersOf(evidence(history, tab([...rows, row])))).toContain('D');
      const elsewhere = { ...row, offset: 1_000_000 };
      expect(lettersOf(evidence(history, tab([...rows, elsewhere])))).toContain('D');
      // Sent twice, it may stand twice: at two offsets, not at one.
      history.sent(row.producer, row.seq, row.partition);
      expect(lettersOf(evidence(history, tab([...rows, elsewhere])))).toEqual([]);
      expect(lettersOf(evidence(history, tab([...rows, elsewhere, { ...row, offset: 1_000_001 }])))).toEqual(['D']);
    }),
  );
});

test('R1 O offsets that were dealt out in another order are found, and a position that moves back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (count, at) => {
      const { history, rows } = story(count);
      const first = rows[at % (rows.length - 2)];
      const second = rows[(at % (rows.length - 2)) + 2];
      if (!first || !second) throw new Error('no rows');
      const swapped = rows.map((row) =>
        row === first ? { ...row, offset: second.offset } : row === second ? { ...row, offset: first.offset } : row,
      );
      expect(lettersOf(evidence(history, tab(swapped)))).toEqual(['O']);
    }),
  );
  const { history, rows } = story(2);
  const at = (next: number, epoch = 'e') => ({ epoch, next: { 0: next } });
  expect(lettersOf(evidence(history, tab(rows, { lives: [[at(1), at(2), at(1)]] })))).toEqual(['O']);
  expect(lettersOf(evidence(history, tab(rows, { lives: [[at(1), at(2)], [at(1)]] })))).toEqual([]);
  expect(lettersOf(evidence(history, tab(rows, { lives: [[at(2), at(0, 'other')]] })))).toEqual([]);
});

test('R1 A aborted values, and rows nobody wrote', () => {
  const { history, rows } = story(3);
  expect(lettersOf(evidence(history, tab([...rows, { partition: 1, offset: 9, producer: 'p7', seq: 1 }])))).toEqual([
    'A',
  ]);
  history.sent('p0', 99, 0);
  history.aborted('p0', 99);
  const withAborted = tab([...rows, { partition: 0, offset: 9, producer: 'p0', seq: 99 }]);
  expect(lettersOf(evidence(history, withAborted))).toEqual(['A']);
  // Never answered: it may be there, and it may not.
  history.sent('p1', 99, 0);
  expect(lettersOf(evidence(history, tab(rows)))).toEqual([]);
});

test('R1 P tabs that differ, R a relay that grows, T a tab that does not go on', () => {
  const { history, rows } = story(3);
  const last = rows.at(-1);
  if (!last) throw new Error('no row');
  const other = tab([...rows.slice(0, -1), { ...last, offset: 77 }], { name: 'other' });
  expect(lettersOf(evidence(history, tab(rows), other))).toEqual(['P']);
  expect(lettersOf({ ...evidence(history, tab(rows)), relayRssBytes: 2e9 })).toEqual(['R']);
  expect(lettersOf({ ...evidence(history, tab(rows)), recoveries: [{ tab: 'tab', ms: null }] })).toEqual(['T']);
});

test('R1 what a source may do is not held against the tab, and nothing beyond it', () => {
  const { history, rows } = story(3);
  const [first] = rows;
  if (!first) throw new Error('no row');
  const again = tab([...rows, { ...first, offset: 50 }]);
  expect(lettersOf(evidence(history, again), { ...RULES, timesPerAttempt: 2 })).toEqual([]);
  expect(lettersOf(evidence(history, again))).toEqual(['D', 'O']);
  const third = tab([...again.rows, { ...first, offset: 51 }]);
  expect(lettersOf(evidence(history, third), { ...RULES, timesPerAttempt: 2 })).toEqual(['D']);
  // One that is given the newest of each key need not hold all, but nothing wrong.
  const newest = tab(rows.slice(-1), { name: 'newest' });
  const partial = { ...RULES, partial: (name: string) => name === 'newest' };
  expect(lettersOf(evidence(history, tab(rows), newest), partial)).toEqual([]);
  const wrong = tab([{ partition: 0, offset: 9, producer: 'nobody', seq: 1 }], { name: 'newest' });
  expect(lettersOf(evidence(history, tab(rows), wrong), partial)).toEqual(['A']);
  expect(lettersOf(evidence(history, tab(rows, { losses: [gap(0)] })), { ...RULES, mayTell: true })).toEqual([]);
});
