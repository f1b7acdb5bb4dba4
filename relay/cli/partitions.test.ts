import { expect, test } from 'vitest';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { MAX_PARTITIONS, partitionOf } from './partitions.ts';

const SCHEMA: StreamSchema = {
  type: 'schema',
  stream: 'events',
  version: 1,
  timeField: 'at',
  inferred: false,
  fields: [
    { name: 'n', type: 'int64', role: 'measure', unit: null },
    { name: 'at', type: 'timestamp', role: 'time', unit: null },
    { name: 'device', type: 'string', role: 'id', unit: null },
  ],
};

function row(device: string | null) {
  return { eventTimeUs: 0, cells: [7, device] };
}

test('H3 record i belongs to partition i mod n, or to that of its value, numbered as they come; none is one too', () => {
  const byTurns = partitionOf({ count: 3 }, SCHEMA);
  expect([0, 1, 2, 3, 4].map((record) => byTurns(record, row('a')))).toEqual([0, 1, 2, 0, 1]);
  const byField = partitionOf({ field: 'device' }, SCHEMA);
  expect(['a', null, 'b', 'a', null].map((device, record) => byField(record, row(device)))).toEqual([0, 1, 2, 0, 1]);
});

test('H3 what is no field, and what has too many values, is refused', () => {
  expect(() => partitionOf({ field: 'devcie' }, SCHEMA)).toThrow(
    /--partitions: found "devcie", expected a number, or a field of events; did you mean device\?/,
  );
  expect(() => partitionOf({ field: 'at' }, SCHEMA)).toThrow(/a field of events: n, device/);
  const byField = partitionOf({ field: 'device' }, SCHEMA);
  for (let device = 0; device < MAX_PARTITIONS; device++) byField(device, row(`d${device}`));
  expect(byField(0, row('d5'))).toBe(5);
  expect(() => byField(0, row('one more'))).toThrow(/device has more than 1024 values/);
});
