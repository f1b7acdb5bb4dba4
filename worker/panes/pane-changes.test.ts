import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PaneChanges } from './pane-changes.ts';

test('W8 the earliest pane changed since a revision is told, however changes came', () => {
  const change = fc.record({ step: fc.integer({ min: 0, max: 2 }), startUs: fc.integer({ min: -20, max: 20 }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (steps) => {
      const changes = new PaneChanges();
      const all: { revision: number; startUs: number }[] = [];
      let revision = 0;
      for (const { step, startUs } of steps) {
        revision += step;
        changes.note(revision, startUs);
        all.push({ revision, startUs });
        for (let since = -1; since <= revision; since++) {
          const later = all.filter((one) => one.revision > since).map((one) => one.startUs);
          expect(changes.earliestSince(since)).toBe(Math.min(Number.POSITIVE_INFINITY, ...later));
        }
      }
    }),
  );
});

test('W8 of changes that are forgotten nothing is vouched for', () => {
  const changes = new PaneChanges();
  for (let revision = 0; revision < 20_000; revision++) changes.note(revision, revision);
  expect(changes.earliestSince(19_998)).toBe(19_999);
  expect(changes.earliestSince(10)).toBe(Number.NEGATIVE_INFINITY);
  changes.note(20_000, Number.NEGATIVE_INFINITY);
  expect(changes.earliestSince(19_999)).toBe(Number.NEGATIVE_INFINITY);
  expect(changes.earliestSince(20_000)).toBe(Number.POSITIVE_INFINITY);
});
