import { expect, test } from 'vitest';
import type { PanelRequest } from '../../contract/worker-api.ts';
import { earlierRequest, earlierWords } from './compare.ts';

const fold: PanelRequest = {
  kind: 'fold',
  window: 'w',
  view: { span: 60e6, until: 'newest', earlierUs: 0 },
  filters: [{ column: 'action', values: ['cart'], not: false }],
  measure: 'n',
  by: null,
  over: null,
  top: 1,
  sort: 'descending',
  order: [],
  sparkSpan: null,
};

test('what is compared with is asked for the same, but for its time', () => {
  expect(earlierRequest(fold, 86_400e6)).toEqual({
    ...fold,
    view: { span: 60e6, until: 'newest', earlierUs: 86_400e6 },
  });
});

test('nothing is asked for where nothing is compared, where the panel sleeps, and of rows', () => {
  expect(earlierRequest(fold, null)).toBeNull();
  expect(earlierRequest(null, 86_400e6)).toBeNull();
  expect(earlierRequest({ kind: 'rows', stream: 's', columns: null, limit: 9, filters: [] }, 86_400e6)).toBeNull();
});

test('it is called by what it is', () => {
  expect([86_400e6, 7 * 86_400e6, 7200e6].map(earlierWords)).toEqual(['yesterday', 'last week', '2 h before']);
});
