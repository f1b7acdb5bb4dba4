import { expect, test } from 'vitest';
import { casesIn, OWN } from './case-file.ts';
import { express } from './express/index.ts';
import { judge } from './judge.ts';
import { reference } from './reference.ts';
import type { Scenario } from './scenario.ts';

const scenarios = casesIn(OWN).flatMap((file) => {
  const plan = express(file);
  return plan.kind === 'run' ? plan.scenarios.map((scenario) => ({ id: file.id, scenario })) : [];
});

for (const { id, scenario } of scenarios)
  test(`${id} ${scenario.title} the reference gives the recorded rows`, () => {
    expect(judge(scenario, reference(scenario))).toEqual([]);
  });

test('W30 which of the recorded rows depend on a late row being judged alone', () => {
  const differing = scenarios.filter(({ scenario }) => judge(scenario, reference(joined(scenario))).length > 0);
  expect(differing.map(({ id }) => id)).toEqual([
    'spark_run_session_append_0',
    'spark_run_session_append_2',
    'spark_run_session_append_3',
  ]);
});

/** With the rule that holds when nothing is said. */
function joined(scenario: Scenario): Scenario {
  const windows = Object.entries(scenario.windows).map(([name, { late, ...window }]) => [name, window]);
  return { ...scenario, windows: Object.fromEntries(windows) };
}
