import { expect, test } from 'vitest';
import { rejectAhead, spanText } from './ahead.ts';

const NOW_MS = Date.UTC(2026, 10, 22);

test('W21 an event at the bound is let in, one beyond it is held apart with its time, the clock and the bound', () => {
  const boundUs = NOW_MS * 1000 + 3600e6;
  expect(rejectAhead(boundUs, NOW_MS, 3600e6)).toBe(null);
  expect(rejectAhead(boundUs + 1, NOW_MS, 3600e6)).toMatchObject({
    aheadUs: 3600e6 + 1,
    reason:
      "event time 2026-11-22T01:00:00.000001Z is 1 hour ahead of this relay's clock, 2026-11-22T00:00:00.000Z; at most 1h is let in (time.ahead)",
  });
  expect(rejectAhead(Date.UTC(2031, 4, 1) * 1000, NOW_MS, 3600e6)?.reason).toMatch(/is 4 years 161 days ahead/);
});

test.each([
  [999_999, 'less than a second'],
  [61e6, '1 minute 1 second'],
  [7200e6, '2 hours'],
  [86_400e6 + 60e6, '1 day'],
  [366 * 86_400e6, '1 year 1 day'],
])('%d µs are %s', (us, text) => {
  expect(spanText(us)).toBe(text);
});
