import { createRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBatches } from './batches.ts';

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)));
const record = fc.record({
  key: bytes,
  value: bytes,
  // The client writes differences of more than 2^31 ms wrongly: those are tested below.
  timestampMs: fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((ms) => 1_743_760_800_000 + ms),
  headers: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
});
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

function written(records: readonly (typeof record extends fc.Arbitrary<infer R> ? R : never)[], compression: string) {
  const messages = records.map(({ key, value, timestampMs, headers }) => ({
    topic: 't',
    timestamp: BigInt(timestampMs),
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
    ...(key === null ? {} : { key }),
    value: value as Buffer,
  }));
  return Buffer.from(createRecordsBatch(messages, { compression: compression as (typeof codecs)[number] }).buffer);
}

test('records come as they were written, whatever they hold, however they are packed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(record, { minLength: 1, maxLength: 20 }), fc.constantFrom(...codecs)), {
        maxLength: 4,
      }),
      fc.nat({ max: 60 }),
      (batches, cut) => {
        const whole = batches.map(([records, compression]) => written(records, compression));
        // The last is sent in part where it does not fit.
        const read = readBatches(Buffer.concat([...whole, written([FILLER], 'none').subarray(0, cut)]));
        expect(read.map(({ unreadable }) => unreadable)).toEqual(batches.map(() => null));
        expect(
          read.map(({ firstTimestamp, records }) =>
            records.map(({ key, value, timestampDelta, headers }) => ({
              key: key && Buffer.from(key),
              value: value && Buffer.from(value),
              timestampMs: firstTimestamp + timestampDelta,
              headers: Object.fromEntries(
                headers.map(([name, text]) => [`${Buffer.from(name ?? [])}`, `${Buffer.from(text ?? [])}`]),
              ),
            })),
          ),
        ).toEqual(batches.map(([records]) => records));
      },
    ),
    { numRuns: 300 },
  );
});

/** As Kafka's own producer writes it. */
function varint(value: bigint): Buffer {
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n;
  const bytes: number[] = [];
  for (; rest >= 128n; rest /= 128n) bytes.push(Number(rest % 128n) + 128);
  return Buffer.from([...bytes, Number(rest)]);
}

test.each([
  0n,
  1n,
  -1n,
  63n,
  -64n,
  64n,
  -65n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n) - 1n,
  2n ** 32n,
  -8_640_000_000_000n,
])('a record %d ms from the first of its batch has its time', (delta) => {
  const empty = written([{ ...FILLER, value: Buffer.alloc(0), timestampMs: 5 }], 'none').subarray(0, 61);
  const body = Buffer.concat([
    Buffer.of(0),
    varint(delta),
    varint(0n),
    varint(-1n),
    varint(1n),
    Buffer.of(7),
    varint(0n),
  ]);
  const batch = Buffer.concat([empty, varint(BigInt(body.length)), body]);
  batch.writeInt32BE(batch.length - 12, 8);
  const [read] = readBatches(batch);
  expect(read?.unreadable).toBeNull();
  expect(read?.records).toMatchObject([{ timestampDelta: Number(delta), value: Buffer.of(7), key: null }]);
});

const FILLER = { key: null, value: Buffer.from('filler'), timestampMs: 0, headers: {} };

test.each(codecs)(
  'S3 a batch of %s that was damaged is told as unreadable or read, and never throws',
  (compression) => {
    const good = written(
      Array.from({ length: 20 }, (_, at) => ({ ...FILLER, value: Buffer.from(`value ${at}`) })),
      compression,
    );
    const offsets = { firstOffset: 0, lastOffsetDelta: 19 };
    fc.assert(
      fc.property(fc.integer({ min: 61, max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ change;
        const [first, second] = readBatches(Buffer.concat([bad, good]));
        expect(first).toMatchObject(offsets);
        expect(second?.records).toHaveLength(20);
      }),
      { numRuns: 300 },
    );
  },
);
