import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashBigint, hashNumber, hashText } from './hash.ts';

const into = new Int32Array(2);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

function hex(hash: (into: Int32Array) => void): string {
  hash(into);
  return [...into].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

const BITS = (1n << 64n) - 1n;
const P: readonly [bigint, bigint, bigint, bigint, bigint] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
];
const rotl = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & BITS;
const round = (acc: bigint, word: bigint) => (rotl((acc + word * P[1]) & BITS, 31n) * P[0]) & BITS;

/** XXH64 as its specification says, over bigints. */
function xxh64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash = P[4];
  if (bytes.length >= 32) {
    let lanes = [(P[0] + P[1]) & BITS, P[1], 0n, (BITS + 1n - P[0]) & BITS];
    for (; at + 32 <= bytes.length; at += 32)
      lanes = lanes.map((lane, index) => round(lane, view.getBigUint64(at + index * 8, true)));
    hash = lanes.reduce((sum, lane, index) => (sum + rotl(lane, [1n, 7n, 12n, 18n][index] ?? 0n)) & BITS, 0n);
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P[0] + P[3]) & BITS;
  }
  hash = (hash + BigInt(bytes.length)) & BITS;
  for (; at + 8 <= bytes.length; at += 8)
    hash = (rotl(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P[0] + P[3]) & BITS;
  if (at + 4 <= bytes.length) {
    hash = (rotl(hash ^ ((BigInt(view.getUint32(at, true)) * P[0]) & BITS), 23n) * P[1] + P[2]) & BITS;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (rotl(hash ^ ((BigInt(bytes[at] ?? 0) * P[4]) & BITS), 11n) * P[0]) & BITS;
  hash = ((hash ^ (hash >> 33n)) * P[1]) & BITS;
  hash = ((hash ^ (hash >> 29n)) * P[2]) & BITS;
  return hash ^ (hash >> 32n);
}

const padded = (value: bigint) => value.toString(16).padStart(16, '0');

test('W23 the hash is XXH64: known answers', () => {
  expect(hex((words) => hashText('', words))).toBe('ef46db3751d8e999');
  expect(hex((words) => hashText('a', words))).toBe('d24ec4f1a98c6e5b');
  expect(hex((words) => hashText('abc', words))).toBe('44bc2cf5ad770999');
});

test(`W23 texts hash as their UTF-8, int64 as their eight bytes (seed ${seed})`, () => {
  const text = fc.oneof(fc.string({ maxLength: 100 }), fc.string({ maxLength: 100, unit: 'grapheme' }));
  fc.assert(
    fc.property(text, (value) => {
      expect(hex((words) => hashText(value, words))).toBe(padded(xxh64(new TextEncoder().encode(value))));
    }),
    { seed, numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const bytes = new Uint8Array(BigInt64Array.of(value).buffer);
      expect(hex((words) => hashBigint(value, words))).toBe(padded(xxh64(bytes)));
    }),
    { seed, numRuns: 300 },
  );
});

test('W23 equal numbers hash equally, as float and as int64', () => {
  for (const value of [0, -0, 1, -1, 2 ** 32, -(2 ** 32) - 5, 2 ** 53, -(2 ** 63), 2 ** 62])
    expect(hex((words) => hashNumber(value, words))).toBe(hex((words) => hashBigint(BigInt(value), words)));
  const all = [
    0.5,
    -0.5,
    1e300,
    -1e300,
    5e-324,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2 ** 63,
  ];
  expect(new Set(all.map((value) => hex((words) => hashNumber(value, words)))).size).toBe(all.length);
});

test('W23 every bit of the hash is as often 1 as 0, over counted numbers and counted texts', () => {
  const n = 20_000;
  for (const hash of [hashNumber, (value: number, words: Int32Array) => hashText(`user-${value}`, words)]) {
    const ones = new Array<number>(64).fill(0);
    for (let value = 0; value < n; value++) {
      hash(value, into);
      for (let bit = 0; bit < 64; bit++) ones[bit] = (ones[bit] ?? 0) + (((into[bit >> 5] ?? 0) >>> (bit & 31)) & 1);
    }
    // Six standard deviations of a fair coin.
    for (const count of ones) expect(Math.abs(count - n / 2)).toBeLessThan(3 * Math.sqrt(n));
  }
});
