import { expect, test } from 'vitest';
import { ConfigSchema } from '../../contract/spec/config.ts';
import { select, type Wanted } from './selection.ts';

const CONFIG = ConfigSchema.parse({
  streams: { orders: { source: 'x' }, visits: { source: 'x' } },
  windows: {
    minutes: { from: 'orders', window: 'tumble(1m)', select: { n: 'count()' } },
    hours: { from: 'minutes', window: 'tumble(1h)', select: { n: 'sum(n)' } },
    pages: { from: 'visits', window: 'tumble(1m)', select: { n: 'count()' } },
  },
});

function selected(wanted: Partial<Wanted>) {
  const { printed, windows, inputs, leftOut } = select(CONFIG, {
    window: null,
    inputs: [],
    defaultInput: '-',
    needed: true,
    ...wanted,
  });
  return { printed, windows: Object.keys(windows), inputs: Object.fromEntries(inputs), leftOut };
}

test('a window over a window brings it along, and reads the stream at the bottom', () => {
  expect(selected({ window: 'hours' })).toEqual({
    printed: ['hours'],
    windows: ['minutes', 'hours'],
    inputs: { orders: '-' },
    leftOut: [],
  });
});

test('inputs go to the streams they name; windows of others are left out', () => {
  const all = ['minutes', 'hours', 'pages'];
  expect(selected({ inputs: ['orders=a=b.jsonl', 'visits=-'] })).toEqual({
    printed: all,
    windows: all,
    inputs: { orders: 'a=b.jsonl', visits: '-' },
    leftOut: [],
  });
  expect(selected({ inputs: ['visits=v.jsonl'] })).toMatchObject({ printed: ['pages'], leftOut: ['minutes', 'hours'] });
  expect(selected({ window: 'pages', inputs: ['dir/x=1.jsonl'] })).toMatchObject({
    inputs: { visits: 'dir/x=1.jsonl' },
  });
  expect(selected({ needed: false, defaultInput: null })).toMatchObject({ inputs: { orders: null, visits: null } });
});

test.each([
  [{ window: 'minute' }, /--window: found "minute", expected a window; did you mean minutes\?/],
  [{ inputs: ['a.jsonl'] }, /--input a\.jsonl could be for orders or visits/],
  [{ window: 'pages', inputs: ['a', 'b'] }, /found two for visits/],
  [{ window: 'pages', inputs: ['orders=a'] }, /--input orders=a would have no effect: no window here is over orders/],
  [{ window: 'pages', defaultInput: null }, /no input for visits/],
  [{}, /no input for orders, visits/],
])('%j is refused', (wanted, message) => {
  expect(() => selected(wanted)).toThrow(message);
});
