import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame } from '../../contract/protocol/frame.ts';
import { BATCH_LIMITS, Batcher } from '../batch/batcher.ts';
import { MAX_RECORD_BYTES } from '../decode/json.ts';
import { Rejected } from '../decode/rejected.ts';
import { readRow, sampleRecord } from '../read-row.ts';
import type { RawRecord } from '../sources/source.ts';
import { Shaper } from './shaper.ts';

/** What comes over a wire that nobody guards: never a throw, and the good records around it arrive. (D1) */
const SEED = Number(process.env.SEED ?? 20261123);
const RUNS = Number(process.env.FUZZ_RUNS ?? 150);

const TIME = '"timestamp": "2025-04-04T10:00:00Z"';
const bytes = (text: string) => Buffer.from(text);
const nested = (levels: number) => `{${TIME}, "a": ${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;

/** Records of every kind of trouble; with a pattern those that must be rejected, and for what. */
const CORPUS: readonly (readonly [name: string, value: Buffer | null, rejected: RegExp | null])[] = [
  ['nothing', bytes(''), /empty/],
  ['a tombstone', null, /empty/],
  ['cut in the middle', bytes(`{${TIME}, "n": 1, "te`), /not JSON.*(Unterminated|Unexpected end)/],
  ['cut inside a character', bytes(`{${TIME}, "t": "é`).subarray(0, -1), /not UTF-8/],
  ['bytes that are no text', Buffer.from([0x22, 0xc3, 0x28, 0x22]), /not UTF-8/],
  ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), /not UTF-8/],
  ['UTF-16', Buffer.from(`{${TIME}}`, 'utf16le'), /not JSON/],
  ['a byte order mark', bytes(`\ufeff{${TIME}, "n": 1}`), null],
  ['20 MB', Buffer.alloc(20_000_000, 32), /20000000 bytes: expected at most 8388608/],
  ['one byte too many', Buffer.alloc(MAX_RECORD_BYTES + 1, 32), /8388609 bytes/],
  ['100 levels', bytes(nested(97)), null],
  ['101 levels', bytes(nested(101)), /nested deeper than 100/],
  ['100,000 levels', bytes('['.repeat(100_000)), /not JSON|nested|too deep/],
  ['NaN', bytes(`{${TIME}, "n": NaN}`), /not JSON.*NaN/],
  ['-Infinity', bytes(`{${TIME}, "n": -Infinity}`), /not JSON/],
  ['1e999', bytes(`{${TIME}, "n": 1e999}`), /"n": expected int64, found a number too large/],
  ['2^63 - 1', bytes(`{${TIME}, "n": 9223372036854775807}`), null],
  ['2^63', bytes(`{${TIME}, "n": 9223372036854775808}`), /"n": expected int64, found number 9223372036854775808/],
  ['-2^63', bytes(`{${TIME}, "n": -9223372036854775808}`), null],
  ['a number of 10,000 digits', bytes(`{${TIME}, "n": ${'9'.repeat(10_000)}}`), /"n": expected int64, found/],
  ['names twice', bytes(`{${TIME}, "n": 1, "n": 2}`), null],
  ['__proto__', bytes(`{${TIME}, "__proto__": {"polluted": 1}, "constructor": {"prototype": {"x": 1}}}`), null],
  ['names of objects', bytes(`{${TIME}, "toString": 1, "hasOwnProperty": "x", "valueOf": {"a": 1}}`), null],
  ['an empty name', bytes(`{${TIME}, "": 1, "a": {"": {"": 2}}}`), null],
  ['control characters in a name', bytes(`{${TIME}, "a\\u0000\\n\\"b": 1}`), null],
  ['lone surrogates', bytes(`{${TIME}, "text": "\\ud800", "\\udfff": "x"}`), null],
  ['reserved names', bytes(`{${TIME}, "_event_time": 1, "_delta": 2, "_OFFSET": 3}`), null],
  ['20,000 names', bytes(`{${TIME}, ${Array.from({ length: 20_000 }, (_, n) => `"k${n}": ${n}`).join()}}`), null],
  ['a list of 100,000', bytes(`{${TIME}, "list": [${'1,'.repeat(99_999)}1]}`), null],
  ['a text of 4 MB', bytes(`{${TIME}, "text": "${'x'.repeat(4_000_000)}"}`), null],
  ['a time of another planet', bytes('{"timestamp": "+275760-09-13T00:00:00Z"}'), /time field "timestamp": expected/],
  ['a time that is an object', bytes('{"timestamp": {"a": 1}}'), /no time/],
  ['a list', bytes('[1, 2]'), /a list/],
  ['null', bytes('null'), /null/],
  ['two records', bytes(`{${TIME}} {${TIME}}`), /not JSON/],
  ['an object where a number was', bytes(`{${TIME}, "n": {"deep": "er"}}`), null],
  ['a list where a number was', bytes(`{${TIME}, "n": [1]}`), /"n": expected int64, found list \[1\]/],
  ['a text where a number was', bytes(`{${TIME}, "n": "1"}`), /"n": expected int64, found string "1"/],
];

const record = (offset: number, value: Uint8Array | null): RawRecord => ({
  offset,
  topic: 'a/b',
  timestampMs: 1_743_760_800_000,
  key: null,
  value,
});
const good = (n: number) => bytes(`{${TIME}, "n": ${n}, "text": "t${n}"}`);

function reader() {
  const shaper = new Shaper({ stream: 's', time: { format: 'auto' }, fields: undefined, topics: true });
  for (let n = 0; n < 3; n++) sampleRecord(record(n, good(n)), shaper);
  shaper.settle();
  const frames: Uint8Array[] = [];
  const batcher = new Batcher({
    stream: 's',
    epoch: 'e',
    clock: { nowMs: () => 0, after: () => () => undefined },
    limits: BATCH_LIMITS,
    watermarkUs: () => 0,
    emit: (entry) => entry.kind === 'frame' && frames.push(entry.message),
  });
  batcher.open(0, 0);
  let next = 0;
  return {
    shaper,
    /** The reason, or null for a row, which goes into a frame. */
    read(value: Uint8Array | null): string | null {
      const row = readRow(record(next, value), { shaper, aheadUs: null, nowMs: () => 0 });
      const offset = next++;
      if (row instanceof Rejected) return row.reason;
      if (shaper.schema === null) throw new Error('a row without a schema');
      batcher.append(0, offset, row, shaper.schema, value?.length ?? 0);
      return null;
    },
    /** Rows in frames. */
    rows(): number {
      batcher.sealAll();
      return frames.reduce((sum, message) => sum + decodeFrame(message).header.rows, 0);
    },
  };
}

test.each(CORPUS)('D1 %s', (_name, value, rejected) => {
  const { read, rows } = reader();
  expect(read(good(1))).toBe(null);
  const reason = read(value);
  if (rejected === null) expect(reason).toBe(null);
  else expect(reason).toMatch(rejected);
  expect(reason?.length ?? 0).toBeLessThan(400);
  expect(read(good(2))).toBe(null);
  expect(rows()).toBe(rejected === null ? 3 : 2);
  expect(({} as { polluted?: number }).polluted).toBe(undefined);
});

/** A record of the corpus, damaged: bytes flipped, cut out, doubled, put in from another. */
const damaged = fc
  .record({
    base: fc.constantFrom(
      ...CORPUS.flatMap(([, value]) => (value === null || value.length > 100_000 ? [] : [value])),
      good(7),
    ),
    other: fc.uint8Array({ maxLength: 40 }),
    edits: fc.array(
      fc.record({ at: fc.nat(), kind: fc.integer({ min: 0, max: 3 }), byte: fc.integer({ min: 0, max: 255 }) }),
      {
        maxLength: 6,
      },
    ),
  })
  .map(({ base, other, edits }) => {
    let value = Buffer.from(base);
    for (const { at, kind, byte } of edits) {
      const place = value.length === 0 ? 0 : at % value.length;
      if (kind === 0 && value.length > 0) value[place] = byte;
      else if (kind === 1) value = Buffer.concat([value.subarray(0, place), value.subarray(place + 1 + (byte % 8))]);
      else if (kind === 2)
        value = Buffer.concat([value.subarray(0, place), value.subarray(Math.max(0, place - (byte % 16)))]);
      else value = Buffer.concat([value.subarray(0, place), other, value.subarray(place)]);
    }
    return value;
  });

test(`D1 whatever is damaged how, nothing throws and every good record arrives (SEED=${SEED})`, () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          damaged,
          fc.jsonValue().map((value) => bytes(JSON.stringify(value))),
        ),
        { minLength: 1, maxLength: 12 },
      ),
      (values) => {
        const { read, rows, shaper } = reader();
        let expected = 0;
        for (const [n, value] of values.entries()) {
          const reason = read(value);
          if (reason === null) expected++;
          else {
            expect(reason.length).toBeGreaterThan(10);
            expect(reason.isWellFormed()).toBe(true);
          }
          // Of the fields of `good` none has changed its type, but int64 to float64.
          expect(read(good(n))).toBe(null);
          expected++;
        }
        expect(rows()).toBe(expected);
        const names = shaper.schema?.fields.map(({ name }) => name.toLowerCase()) ?? [];
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBeLessThanOrEqual(1_000);
      },
    ),
    { seed: SEED, numRuns: RUNS, verbose: 1 },
  );
});
