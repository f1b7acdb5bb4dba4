import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { casesIn, OWN, PUBLISHED } from './case-file.ts';
import { isSayable, runOnCommandLine } from './command-line.ts';
import { express } from './express/index.ts';
import { judgeAll } from './judge.ts';

/** Cases again, over files: `highwater run` reads a configuration and JSON lines and prints the rows. */
const CHOSEN = [
  'flink_run_hop_append_0',
  'flink_run_session_append_0',
  'spark_run_hop_append_4',
  'spark_run_session_append_3',
  'spark_run_tumble_append_0',
  ...['druid_granularities', 'flink_agg_tumble_grouping_sets', 'spark_dedup_within_watermark_subset'],
  ...['spark_stream_session_dynamic_gap', 'kafka_final_results_time_windows_large_jump', 'nexmark_q14'],
];
const chosen = process.env.SEMANTICS_COMMAND === 'all' ? null : CHOSEN;

const all = [...casesIn(OWN), ...casesIn(PUBLISHED)];
const cases = [...new Map(all.map((file) => [file.id, file])).values()].filter(
  ({ id }) => chosen?.includes(id) ?? true,
);

test('the chosen cases are here, those of others where their folder is', () => {
  expect(cases.length).toBeGreaterThanOrEqual(existsSync(PUBLISHED) ? CHOSEN.length : 5);
});

for (const file of cases) {
  const plan = express(file);
  if (plan.kind !== 'run') continue;
  for (const scenario of plan.scenarios.filter(isSayable))
    test(`W5 W32 ${file.id} ${scenario.title} gives its rows on the command line`, async () => {
      expect(judgeAll(scenario, await runOnCommandLine(scenario))).toEqual([]);
    });
}
