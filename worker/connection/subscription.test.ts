import { expect, test } from 'vitest';
import { Subscription } from './subscription.ts';

test('V8 catching up begins with history and ends with a newer frame, or when no more comes', () => {
  const subscription = new Subscription();
  expect(subscription.catchingUp(1000)).toBe(false);
  subscription.answered({ outcome: 'fresh', atMs: 1000, reason: null });
  subscription.committed(999, 1100);
  expect([subscription.catchingUp(1100), subscription.catchingUp(3099), subscription.catchingUp(3100)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(subscription.lagMs).toBeNull();
  subscription.committed(999, 4000);
  subscription.committed(4000, 4001);
  expect([subscription.catchingUp(4001), subscription.lagMs]).toEqual([false, 1]);
});

test('V8 what was asked for is waited for: until the relay answers, and so long as a first frame may take', () => {
  const subscription = new Subscription();
  subscription.asked(55_000);
  expect([subscription.catchingUp(60_000), subscription.catchingUp(64_999)]).toEqual([true, true]);
  // A stream that the relay serves and has nothing of is never answered.
  expect(subscription.catchingUp(65_000)).toBe(false);
  subscription.asked(60_000);
  subscription.dropped();
  expect(subscription.catchingUp(60_000)).toBe(false);
  subscription.asked(69_000);
  subscription.answered({ outcome: 'resumed', atMs: 70_000, reason: null });
  expect([subscription.catchingUp(71_999), subscription.catchingUp(72_000)]).toEqual([true, false]);
  subscription.asked(79_000);
  subscription.answered({ outcome: 'resumed', atMs: 80_000, reason: null });
  subscription.committed(80_001, 80_002);
  expect(subscription.catchingUp(80_002)).toBe(false);
});
