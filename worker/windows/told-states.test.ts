import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined, reduced, type Told } from './told-states.ts';

const told = (fromUs: number, untilUs: number, state: string, revised = false): Told => ({
  fromUs,
  untilUs,
  state,
  revised,
});

test('V16 neighbours of one state are one stretch; what is not told is a gap, or held until the next', () => {
  const states = [told(0, 10, 'run'), told(10, 20, 'run', true), told(20, 30, 'stop'), told(50, 60, 'stop')];
  expect(joined(states, null)).toEqual([told(0, 20, 'run', true), told(20, 30, 'stop'), told(50, 60, 'stop')]);
  expect(joined(states, 80)).toEqual([told(0, 20, 'run', true), told(20, 80, 'stop')]);
});

test('V16 what is a pixel or longer, and the newest, stay as they are; shorter neighbours are one', () => {
  const states = [
    told(0, 100, 'a'),
    told(100, 103, 'b'),
    told(103, 105, 'c'),
    told(105, 205, 'a'),
    told(205, 206, 'd'),
  ];
  expect(reduced(states, 10)).toEqual([
    told(0, 100, 'a'),
    told(100, 105, 'b'),
    told(105, 205, 'a'),
    told(205, 206, 'd'),
  ]);
});

test('V16 reduced states are ascending, lie within those they stand for, and are few', () => {
  const gaps = fc.array(
    fc.record({ gap: fc.nat(3), length: fc.integer({ min: 1, max: 30 }), state: fc.constantFrom('a', 'b', 'c') }),
  );
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), (parts, pixelUs) => {
      let at = 0;
      const states = joined(
        parts.map(({ gap, length, state }) => {
          const fromUs = at + gap;
          at = fromUs + length;
          return told(fromUs, at, state);
        }),
        null,
      );
      const shown = reduced(states, pixelUs);
      for (const [index, one] of shown.entries()) {
        expect(one.untilUs).toBeGreaterThan(one.fromUs);
        expect(one.fromUs).toBeGreaterThanOrEqual(shown[index - 1]?.untilUs ?? 0);
      }
      for (const long of states.filter(({ fromUs, untilUs }) => untilUs - fromUs >= pixelUs))
        expect(shown).toContainEqual(long);
      expect(shown.at(-1)).toEqual(states.at(-1));
      expect(shown.length).toBeLessThanOrEqual(2 * (at / pixelUs) + 3);
    }),
  );
});
