import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { RECORD_HEADER_BYTES, recordAt, recordHeader } from './record.ts';

const file = (...bodies: string[]) =>
  Buffer.concat(bodies.flatMap((body) => [recordHeader(Buffer.from(body), crc32), Buffer.from(body)]));

function bodiesOf(bytes: Uint8Array): string[] {
  const bodies: string[] = [];
  let at = 0;
  for (let record = recordAt(bytes, at, crc32); record !== null; record = recordAt(bytes, at, crc32)) {
    bodies.push(Buffer.from(record.body).toString());
    at = record.at + RECORD_HEADER_BYTES + record.body.length;
  }
  return bodies;
}

test('records come back whole, in order', () => {
  expect(bodiesOf(file('one', 'two', 'three'))).toEqual(['one', 'two', 'three']);
});

test('a file cut at any byte gives the whole records before the cut', () => {
  const whole = file('one', 'two');
  for (let length = 0; length < whole.length; length++)
    expect(bodiesOf(whole.subarray(0, length))).toEqual(length < 11 ? [] : ['one']);
});

test('any flipped bit ends the reading before the damaged record', () => {
  const whole = file('one', 'two');
  for (let bit = 11 * 8; bit < whole.length * 8; bit++) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(bodiesOf(damaged)).toEqual(['one']);
  }
});

test('zeros, as a file grown and not yet written has them, are no records', () => {
  expect(bodiesOf(Buffer.concat([file('one'), Buffer.alloc(64)]))).toEqual(['one']);
});
