import { expect, test } from 'vitest';
import { casesIn, OWN } from './case-file.ts';
import { express } from './express/index.ts';
import { judge } from './judge.ts';
import { reference } from './reference.ts';

/** The naive reference gives the rows of real Spark and Flink; where ours differ by rule, that rule alone is why. */
for (const file of casesIn(OWN)) {
  const plan = express(file);
  if (plan.kind === 'waits') continue;
  const { published, scenarios } = plan;
  if (published === undefined)
    test(`${file.id}: the reference gives the recorded rows`, () => {
      expect(scenarios.flatMap((scenario) => judge(scenario, reference(scenario, { session: 'merged' })))).toEqual([]);
    });
  else
    test(`${file.id}: the recorded rows come from Spark’s test of a session row, and from no other rule`, () => {
      expect(judge(published, reference(published, { session: 'own' }))).toEqual([]);
      expect(judge(published, reference(published, { session: 'merged' }))).not.toEqual([]);
    });
}
