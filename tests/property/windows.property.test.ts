import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { Trials, trialOf } from './support/trial.ts';

/** Random windows over random streams against DuckDB over all rows at once; `npm run property` runs more of them. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.RUNS ?? 200);

let trials: Trials;
beforeAll(async () => {
  console.log(`seed ${SEED} (SEED=${SEED} runs it again)`);
  trials = await Trials.open();
});
afterAll(() => trials.close());

test('N2 P3 W6 W8 W13 W30–W35 any delivery of a stream gives the windows that SQL gives over all its rows', async () => {
  await fc.assert(
    fc.asyncProperty(trialOf, (trial) => trials.check(trial)),
    { numRuns: RUNS, seed: SEED },
  );
}, 600_000);
