import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OffsetRuns } from './offset-runs.ts';

const offset = fc.integer({ min: 0, max: 60 });

test('X5 runs of offsets hold what was put in, in any order, and come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(offset), offset, (offsets, cut) => {
      const runs = new OffsetRuns();
      for (const each of offsets) runs.add(each);
      const known = new Set(offsets);
      const all = Array.from({ length: 62 }, (_, each) => each);
      expect(all.filter((each) => runs.has(each))).toEqual(all.filter((each) => known.has(each)));
      expect(runs.size).toBe(all.filter((each) => known.has(each) && !known.has(each - 1)).length);
      const again = OffsetRuns.decode(runs.encode());
      again.addAll(runs);
      expect(again.encode()).toEqual(runs.encode());
      again.cutFrom(cut);
      expect(all.filter((each) => again.has(each))).toEqual(all.filter((each) => known.has(each) && each < cut));
    }),
    { seed: 20261123, verbose: 1 },
  );
});
