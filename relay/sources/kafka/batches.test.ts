import { createRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextOffsetAfter } from './aborted.ts';
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

/** As producers of before 0.11 wrote it. */
function oldMessage(magic: 0 | 1, offset: number, value: Buffer): Buffer {
  const head = Buffer.alloc(magic === 0 ? 18 : 26);
  head.writeBigInt64BE(BigInt(offset));
  head[16] = magic;
  if (magic === 1) head.writeBigInt64BE(1_743_760_800_000n, 18);
  const fields = Buffer.alloc(8);
  fields.writeInt32BE(-1);
  fields.writeInt32BE(value.length, 4);
  const message = Buffer.concat([head, fields, value]);
  message.writeInt32BE(message.length - 12, 8);
  return message;
}

test.each([0, 1] as const)(
  'S3 messages of format %d are unreadable, each where it stands, and what follows is read',
  (magic) => {
    // What a message holds is not taken for offsets; the empty one is as short as can be.
    const values = [Buffer.alloc(200, 0x7f), Buffer.alloc(0), Buffer.from('{"n":1}')];
    const old = values.map((value, at) => oldMessage(magic, 5 + at, value));
    const newer = written([FILLER, FILLER], 'none');
    newer.writeBigInt64BE(8n);
    const read = readBatches(Buffer.concat([...old, newer, oldMessage(magic, 10, Buffer.from('cut')).subarray(0, -1)]));
    expect(read.map(({ firstOffset }) => firstOffset)).toEqual([5, 6, 7, 8]);
    expect(nextOffsetAfter({ batches: read.slice(0, 3) }, 5)).toBe(8);
    for (const batch of read.slice(0, 3))
      expect(batch).toMatchObject({ records: [], lastOffsetDelta: 0, partitionLeaderEpoch: -1, producerId: -1n });
    expect(read.slice(0, 3).map(({ unreadable }) => unreadable)).toEqual(
      values.map(() => `its format is ${magic}, of before Kafka 0.11`),
    );
    expect(read[3]).toMatchObject({ unreadable: null, records: [{}, {}] });
  },
);

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
