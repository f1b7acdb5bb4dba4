import { expect, test } from 'vitest';
import { MIN_TIME_US } from '../contract/protocol/frame.ts';
import { Watermark } from './watermark.ts';

function make() {
  let nowMs = 0;
  const watermark = new Watermark(10, { nowMs: () => nowMs, after: () => () => undefined });
  return { watermark, pass: (ms: number) => (nowMs += ms) };
}

test('W2 W3 the least over partitions, less the delay; none while a partition has no rows', () => {
  const { watermark } = make();
  watermark.open(0);
  watermark.open(1);
  watermark.observe(0, 100);
  expect(watermark.currentUs()).toBe(MIN_TIME_US);
  watermark.observe(1, 50);
  expect(watermark.currentUs()).toBe(40);
  watermark.observe(1, 120);
  expect(watermark.currentUs()).toBe(90);
});

test('W3 a partition read to its end and silent for 5 s no longer holds the others back', () => {
  const { watermark, pass } = make();
  watermark.open(0);
  watermark.open(1);
  watermark.observe(0, 100);
  pass(6000);
  watermark.observe(0, 200);
  expect(watermark.currentUs()).toBe(MIN_TIME_US);
  watermark.atEnd(1, true);
  expect(watermark.currentUs()).toBe(190);
});

test('W3 it never moves back, though an idle partition wakes with old rows', () => {
  const { watermark, pass } = make();
  watermark.open(0);
  watermark.open(1);
  watermark.atEnd(null, true);
  watermark.observe(0, 500);
  pass(5000);
  watermark.observe(0, 600);
  expect(watermark.currentUs()).toBe(590);
  watermark.observe(1, 100);
  expect(watermark.currentUs()).toBe(590);
});

test('W3 when all are idle, the newest of them counts', () => {
  const { watermark, pass } = make();
  watermark.observe(0, 500);
  watermark.observe(1, 100);
  watermark.atEnd(null, true);
  expect(watermark.currentUs()).toBe(90);
  pass(5000);
  expect(watermark.currentUs()).toBe(490);
});
