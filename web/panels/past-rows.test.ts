import { expect, test } from 'vitest';
import type { Filter } from '../../contract/worker-api.ts';
import { inView } from './in-view.ts';
import { pastRows, pastRowsSql } from './past-rows.ts';

const field = (name: string, type: 'string' | 'int64' | 'bool' | 'timestamp') =>
  ({ name, type, unit: null, role: null }) as never;
const FIELDS = [field('who', 'string'), field('n', 'int64'), field('ok', 'bool'), field('at', 'timestamp')];
const sql = (...filters: Filter[]) => pastRowsSql('s"x', { fromUs: 10, untilUs: 20 }, filters, FIELDS, 5);

test('rows of a time that is over are asked for by that time and what is chosen', () => {
  expect(sql()).toBe(
    'SELECT *, epoch_us(_event_time) AS _us FROM "s""x" WHERE _event_time >= make_timestamp(10) AND _event_time < make_timestamp(20) ORDER BY _event_time DESC LIMIT 5',
  );
  const condition = (filter: Filter) => sql(filter)?.split(' AND ').slice(2).join(' AND ').split(' ORDER')[0];
  expect(condition({ column: 'who', values: ["o'brien", null], not: false })).toBe(
    `coalesce(("who" IN ('o''brien') OR "who" IS NULL), false)`,
  );
  expect(condition({ column: 'n', values: ['3'], not: true })).toBe('coalesce(NOT "n" IN (3), true)');
  expect(condition({ column: 'n', values: ['3; drop'], not: true })).toBeUndefined();
  expect(condition({ column: 'elsewhere', values: ['3'], not: false })).toBe('');
  expect(pastRows([{ _us: 15n, who: 'a', at: new Date(3) }], [{ name: 'at', type: 'timestamp', unit: null }])).toEqual([
    { eventTimeUs: 15, state: 'final', cells: [3000] },
  ]);
});

test('what is in view of a stream follows it, begins at a time, or is over', () => {
  const view = { span: 900e6, until: 'newest', earlierUs: 0 } as const;
  expect(inView(view, 1000e6, 0)).toEqual({ fromUs: 100e6, untilUs: null });
  expect(inView({ ...view, until: 'now' }, 1000e6, 2_000_000)).toEqual({ fromUs: 1100e6, untilUs: null });
  expect(inView({ ...view, fromUs: 7 }, 1000e6, 0)).toEqual({ fromUs: 7, untilUs: null });
  expect(inView({ ...view, until: 950e6 }, 1000e6, 0)).toEqual({ fromUs: 50e6, untilUs: 950e6 });
  expect(inView({ ...view, span: 'all' }, 1000e6, 0)).toEqual({ fromUs: null, untilUs: null });
});
