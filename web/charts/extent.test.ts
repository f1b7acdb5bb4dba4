import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centredOn, extentOf, ownExtent, ownSpan, panned, toRangeUs, zoomAround } from './extent.ts';

const own = { fromS: 100, toS: 160 };

test('V40 a time that was chosen is shown exactly; the wall clock up to now; the newest event as far as there is', () => {
  expect(extentOf({ span: 30e6, until: 150e6, earlierUs: 0 }, own, 999)).toEqual({ fromS: 120, toS: 150 });
  expect(extentOf({ span: 30e6, until: 'now', earlierUs: 0 }, own, 999)).toEqual({ fromS: 969, toS: 999 });
  expect(extentOf({ span: 'all', until: 'now', earlierUs: 0 }, own, 999)).toEqual({ fromS: 100, toS: 999 });
  expect(extentOf({ span: 30e6, until: 'newest', earlierUs: 0 }, own, 999)).toBe(own);
});

test('V40 what begins at a time begins there, and grows', () => {
  const today = { span: 30e6, earlierUs: 0, fromUs: 120e6 };
  expect(extentOf({ ...today, until: 'now' }, own, 999)).toEqual({ fromS: 120, toS: 999 });
  expect(extentOf({ ...today, until: 'newest' }, own, 999)).toEqual({ fromS: 120, toS: 160 });
  expect(extentOf({ ...today, fromUs: 20e6, until: 'newest' }, own, 999)).toEqual(own);
  expect(ownSpan({ ...today, until: 'newest' })).toBe('all');
});

test('its own extent reaches back the span, and not before the first window', () => {
  expect(ownExtent(0, 100, 10, 30e6)).toEqual({ fromS: 70, toS: 100 });
  expect(ownExtent(60, 100, 10, 90e6)).toEqual({ fromS: 60, toS: 100 });
  expect(ownExtent(60, 60, 10, 'all')).toEqual({ fromS: 60, toS: 70 });
});

test('zooming leaves what is under the pointer where it is', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (share, factor) => {
        const centre = own.fromS + (own.toS - own.fromS) * share;
        const { fromS, toS } = zoomAround(own, centre, factor);
        expect((centre - fromS) / (toS - fromS)).toBeCloseTo(share, 6);
        expect(toS - fromS).toBeCloseTo(60 * factor, 6);
      },
    ),
    { seed: 6 },
  );
});

test('by the keyboard a quarter around the cursor; dragging moves by its share; the board is asked in whole µs', () => {
  expect(centredOn(own, 130, 0.25)).toEqual({ fromS: 122.5, toS: 137.5 });
  expect(panned(own, -0.5)).toEqual({ fromS: 70, toS: 130 });
  expect(toRangeUs({ fromS: 1.0000004, toS: 1.0000005 })).toEqual({ fromUs: 1_000_000, toUs: 1_000_001 });
});
