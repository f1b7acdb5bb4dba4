import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeaderEpochs } from './leader-epochs.ts';

test('S3 of any offset the leader epoch is told right or not at all, and told where it was read without a hole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ epoch: fc.integer({ min: 0, max: 2 }), length: fc.integer({ min: 1, max: 5 }) }), {
        maxLength: 30,
      }),
      fc.nat({ max: 40 }),
      fc.option(fc.nat({ max: 60 })),
      (written, begin, restart) => {
        // A log: batches with rising leader epochs.
        const truth: number[] = [];
        const batches: { epoch: number; firstOffset: number; nextOffset: number }[] = [];
        let epoch = 0;
        for (const { epoch: more, length } of written) {
          epoch += more;
          batches.push({ epoch, firstOffset: truth.length, nextOffset: truth.length + length });
          truth.push(...Array.from({ length }, () => epoch));
        }
        let leaders = new LeaderEpochs();
        leaders.begin(begin);
        for (const batch of batches.filter(({ nextOffset }) => nextOffset > begin)) {
          leaders.note(batch.epoch, batch.firstOffset, batch.nextOffset);
          if (restart === null || restart === undefined || restart > batch.nextOffset) continue;
          // What was written down, and a log that may be somewhat behind it.
          leaders = new LeaderEpochs(leaders.starts, Number.POSITIVE_INFINITY);
          leaders.begin(batch.nextOffset);
        }
        for (let offset = 0; offset <= truth.length + 3; offset++)
          expect([-1, truth[offset - 1]]).toContain(leaders.before(offset));
        if (truth.length > begin && batches.length < 20) expect(leaders.before(truth.length)).toBe(truth.at(-1));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('S3 what lies behind a hole is forgotten', () => {
  const leaders = new LeaderEpochs([[3, 100]], Number.POSITIVE_INFINITY);
  leaders.begin(200);
  expect(leaders.before(200)).toBe(3);
  leaders.begin(500);
  expect(leaders.before(500)).toBe(-1);
  expect(leaders.note(4, 500, 510)).toBe(true);
  expect(leaders.before(510)).toBe(4);
});
