import { tableFromIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame } from '../../contract/protocol/frame.ts';
import { BATCH_LIMITS, Batcher } from './batcher.ts';

const SCHEMA: StreamSchema = {
  type: 'schema',
  stream: 's',
  version: 1,
  timeField: '_event_time',
  inferred: true,
  fields: [{ name: 'n', type: 'int64', role: 'measure', unit: null }],
};

/** A batcher with the relay's own limits, frames as `partition: [first, next) rows`, and time that moves when it is told. */
function make() {
  const timers = new Map<number, { atMs: number; run: () => void }>();
  let nowMs = 0;
  let timer = 0;
  let watermarkUs = 0;
  const frames: string[] = [];
  const watermarks: number[] = [];
  const batcher = new Batcher({
    stream: 's',
    epoch: 'e',
    clock: {
      nowMs: () => nowMs,
      after(delayMs, run) {
        const id = timer++;
        timers.set(id, { atMs: nowMs + delayMs, run });
        return () => timers.delete(id);
      },
    },
    limits: BATCH_LIMITS,
    watermarkUs: () => watermarkUs,
    emit(entry) {
      if (entry.kind !== 'frame') return;
      const { header, payload } = decodeFrame(entry.message);
      expect(tableFromIPC(payload).numRows).toBe(header.rows);
      frames.push(`${header.partition}: [${header.firstOffset}, ${header.nextOffset}) ${header.rows}`);
      watermarks.push(header.watermarkBeforeUs);
    },
  });
  return {
    batcher,
    frames,
    watermarks,
    give(offset: number, { bytes = 1, partition = 0, schema = SCHEMA } = {}) {
      batcher.append(partition, offset, { eventTimeUs: offset, cells: [offset] }, schema, bytes);
    },
    pass(ms: number) {
      nowMs += ms;
      for (const [id, { atMs, run }] of timers)
        if (atMs <= nowMs) {
          timers.delete(id);
          run();
        }
    },
    watermark: (us: number) => {
      watermarkUs = us;
    },
  };
}

test('F7 a frame is sealed at its 8,192nd row, and the next one begins there', () => {
  const { give, frames, batcher } = make();
  for (let offset = 0; offset < 8191; offset++) give(offset);
  expect(frames).toEqual([]);
  give(8191);
  give(8192);
  expect(frames).toEqual(['0: [0, 8192) 8192']);
  batcher.sealAll();
  expect(frames[1]).toBe('0: [8192, 8193) 1');
});

test('F7 a frame is sealed by the record that brings it to 1 MiB, large or small', () => {
  const { give, frames } = make();
  give(0, { bytes: 2 ** 20 - 1 });
  expect(frames).toEqual([]);
  give(1);
  expect(frames).toEqual(['0: [0, 2) 2']);
  give(2, { bytes: 2 ** 20 - 1 });
  expect(frames).toHaveLength(1);
  give(3, { bytes: 5 * 2 ** 20 });
  give(4, { bytes: 2 ** 20 });
  expect(frames.slice(1)).toEqual(['0: [2, 4) 2', '0: [4, 5) 1']);
});

test('F7 a frame is sealed 50 ms after its first record, not its last', () => {
  const { give, frames, pass } = make();
  pass(49);
  give(0);
  pass(49);
  give(1);
  expect(frames).toEqual([]);
  pass(1);
  expect(frames).toEqual(['0: [0, 2) 2']);
  pass(1000);
  expect(frames).toHaveLength(1);
});

test('F7 the 50 ms of a frame that was full before do not seal the next one', () => {
  const { give, frames, pass } = make();
  give(0, { bytes: 2 ** 20 });
  pass(30);
  give(1);
  pass(20);
  expect(frames).toEqual(['0: [0, 1) 1']);
  pass(30);
  expect(frames).toEqual(['0: [0, 1) 1', '0: [1, 2) 1']);
});

test('F7 partitions are counted each for itself', () => {
  const { give, frames, pass } = make();
  give(0, { bytes: 2 ** 19 });
  give(70, { bytes: 2 ** 19, partition: 1 });
  pass(10);
  expect(frames).toEqual([]);
  give(1, { bytes: 2 ** 19 });
  expect(frames).toEqual(['0: [0, 2) 2']);
  pass(40);
  expect(frames[1]).toMatch(/^1: .* 1$/);
});

test('F2 a frame covers records that were no rows, and a skip ends it', () => {
  const { give, frames, batcher } = make();
  batcher.open(0, 10);
  batcher.advance(0, 12);
  give(12);
  batcher.advance(0, 15);
  expect(batcher.settled()).toEqual({ 0: 10 });
  batcher.skip(0, 20);
  expect(frames).toEqual(['0: [10, 15) 1']);
  expect(batcher.settled()).toEqual({ 0: 20 });
  give(20);
  batcher.sealAll();
  expect(frames[1]).toBe('0: [20, 21) 1');
});

test('F1 rows of another version of the fields begin a frame of their own', () => {
  const { give, frames, batcher } = make();
  give(0);
  give(1, { schema: { ...SCHEMA, version: 2 } });
  expect(frames).toEqual(['0: [0, 1) 1']);
  batcher.sealAll();
  expect(frames).toEqual(['0: [0, 1) 1', '0: [1, 2) 1']);
});

test('W5 a frame says the watermark from when it was begun', () => {
  const { give, watermark, watermarks, batcher } = make();
  watermark(5);
  give(0);
  watermark(9);
  give(1);
  batcher.sealAll();
  give(2);
  batcher.sealAll();
  expect(watermarks).toEqual([5, 9]);
});

test('what is discarded is sealed by no timer', () => {
  const { give, pass, frames, batcher } = make();
  give(0);
  batcher.discard();
  pass(100);
  expect(frames).toEqual([]);
});
