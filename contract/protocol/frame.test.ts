import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame, FrameError, type FrameHeader, MIN_TIME_US } from './frame.ts';

const header: FrameHeader = {
  stream: 'bestellungen_ü',
  epoch: 'cluster:topic',
  partition: 3,
  firstOffset: 2 ** 40,
  nextOffset: 2 ** 40 + 9,
  rows: 2,
  minEventTimeUs: -62_135_596_800_000_000,
  maxEventTimeUs: 1_743_760_800_000_001,
  watermarkBeforeUs: MIN_TIME_US,
  sealedAtUs: 1_763_760_800_123_456,
  schemaVersion: 4,
  contiguous: false,
};
const payload = Uint8Array.from({ length: 21 }, (_, index) => index);

test('F1 a frame comes back as it was sent, times before 1970 and names in any script too', () => {
  const frame = decodeFrame(encodeFrame(header, payload));
  expect(frame.header).toEqual(header);
  expect(frame.payload).toEqual(payload);
});

test('F3 the payload starts on a multiple of 8 for every length of names', () => {
  for (let length = 0; length < 9; length++) {
    const bytes = encodeFrame({ ...header, stream: 's'.repeat(length) }, payload);
    expect((decodeFrame(bytes).payload.byteOffset - bytes.byteOffset) % 8).toBe(0);
  }
});

test('F1 a frame decodes from the middle of a larger buffer', () => {
  const bytes = encodeFrame(header, payload);
  const shifted = new Uint8Array(bytes.length + 16);
  for (const start of [8, 3]) {
    shifted.set(bytes, start);
    const frame = decodeFrame(shifted.subarray(start, start + bytes.length));
    expect(frame.header).toEqual(header);
    expect(frame.payload).toEqual(payload);
    expect(frame.payload.byteOffset % 8).toBe(0);
  }
});

test('F1 a frame without rows, or with more rows than offsets, is refused', () => {
  expect(() => decodeFrame(encodeFrame({ ...header, rows: 0 }, payload))).toThrow(FrameError);
  expect(() => decodeFrame(encodeFrame({ ...header, rows: 10 }, payload))).toThrow('10 rows cannot fill offsets');
});

test('F10 parts come back with their watermarks; they have all rows of the frame, each some', () => {
  const part = (rows: number, watermarkBeforeUs = MIN_TIME_US) => ({ rows, watermarkBeforeUs });
  const parts = [part(1), part(1, 1_743_760_800_000_001)];
  for (const stream of ['s', 'st']) {
    const frame = decodeFrame(encodeFrame({ ...header, stream, parts }, payload));
    expect(frame.header).toEqual({ ...header, stream, parts });
    expect(frame.payload).toEqual(payload);
  }
  for (const wrong of [[], [part(1)], [part(2), part(1)], [part(2), part(0)]])
    expect(() => decodeFrame(encodeFrame({ ...header, parts: wrong }, payload))).toThrow('2 rows in parts of');
});

test('F1 bytes that are no frame are refused, saying what was found', () => {
  const bytes = encodeFrame(header, payload);
  expect(() => decodeFrame(bytes.subarray(0, 40))).toThrow('expected at least 72 bytes, found 40');
  expect(() => decodeFrame(Uint8Array.from(bytes, (byte, index) => (index === 0 ? 0 : byte)))).toThrow(
    "expected magic 'HWF1'",
  );
  const grown = bytes.slice();
  new DataView(grown.buffer).setUint16(68, 60_000, true);
  expect(() => decodeFrame(grown)).toThrow('does not fit its names');
});
