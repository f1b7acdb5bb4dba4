import { expect, test } from 'vitest';
import { MIN_TIME_US } from '../contract/protocol/frame.ts';
import { Watermark } from './watermark.ts';

function make(...partitions: number[]) {
  let nowMs = 0;
  const watermark = new Watermark(10, 5000, { nowMs: () => nowMs, after: () => () => undefined });
  for (const partition of partitions) watermark.open(partition);
  return { watermark, pass: (ms: number) => (nowMs += ms) };
}

test('W2 W3 the least over partitions, less the delay; none while a partition has no rows', () => {
  const { watermark } = make(0, 1);
  watermark.observe(0, 100);
  expect(watermark.currentUs()).toBe(MIN_TIME_US);
  watermark.observe(1, 50);
  expect(watermark.currentUs()).toBe(40);
  watermark.observe(1, 120);
  expect(watermark.currentUs()).toBe(90);
});

test('W20 a partition read to its end and silent for the idle time no longer holds the others back', () => {
  const { watermark, pass } = make(0, 1);
  watermark.observe(0, 100);
  pass(6000);
  watermark.observe(0, 200);
  expect(watermark.currentUs()).toBe(MIN_TIME_US);
  watermark.atEnd(1, true);
  expect(watermark.currentUs()).toBe(190);
});

test('W20 a partition that never has rows holds the stream back until it is idle, and not a moment longer', () => {
  const { watermark, pass } = make(0, 1);
  watermark.atEnd(null, true);
  pass(4999);
  watermark.observe(0, 100);
  expect(watermark.currentUs()).toBe(MIN_TIME_US);
  pass(1);
  expect(watermark.currentUs()).toBe(90);
});

test('W3 it never moves back, though an idle partition wakes with old rows', () => {
  const { watermark, pass } = make(0, 1);
  watermark.atEnd(null, true);
  watermark.observe(0, 500);
  pass(5000);
  watermark.observe(0, 600);
  expect(watermark.currentUs()).toBe(590);
  watermark.observe(1, 100);
  expect(watermark.currentUs()).toBe(590);
  watermark.observe(0, 700);
  expect(watermark.currentUs()).toBe(590);
  watermark.observe(1, 650);
  expect(watermark.currentUs()).toBe(640);
});

test('W20 when all are idle, the newest of them counts', () => {
  const { watermark, pass } = make();
  watermark.observe(0, 500);
  watermark.observe(1, 100);
  watermark.atEnd(null, true);
  expect(watermark.currentUs()).toBe(90);
  pass(5000);
  expect(watermark.currentUs()).toBe(490);
});

test('W20 nobody becomes idle while the source is not read', () => {
  const { watermark, pass } = make();
  watermark.observe(0, 500);
  watermark.observe(1, 100);
  watermark.atEnd(null, true);
  pass(2000);
  watermark.handling();
  watermark.observe(0, 600);
  pass(3_600_000);
  expect(watermark.currentUs()).toBe(90);
  watermark.reading();
  expect(watermark.currentUs()).toBe(90);
  // Of the hour, the first second counts: 2 s before it, and 2 s after, make the 5 s.
  pass(1999);
  expect(watermark.currentUs()).toBe(90);
  pass(1);
  expect(watermark.currentUs()).toBe(590);
});

test('W20 who was idle before the source was held up stays so', () => {
  const { watermark, pass } = make();
  watermark.observe(0, 500);
  watermark.observe(1, 100);
  watermark.atEnd(1, true);
  pass(5000);
  expect(watermark.currentUs()).toBe(490);
  watermark.handling();
  watermark.observe(0, 600);
  pass(60_000);
  expect(watermark.currentUs()).toBe(590);
});

test('W20 short turns of handling are time in which others may be heard', () => {
  const { watermark, pass } = make();
  watermark.observe(1, 100);
  watermark.atEnd(1, true);
  for (let turn = 0; turn < 10; turn++) {
    watermark.handling();
    watermark.observe(0, 500 + turn);
    pass(499);
    watermark.reading();
    pass(1);
  }
  expect(watermark.currentUs()).toBe(499);
});
