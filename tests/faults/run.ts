import { parseArgs } from 'node:util';
import type { Scenario } from './kit/scenario.ts';
import { createWorld } from './kit/world.ts';
import { runAll } from './run-all.ts';
import { SCENARIOS } from './scenarios/index.ts';

/**
 * The fault matrix, with the true durations: `npm run faults -- [--seeds 20] [--records 20000] [--only F7] [--seed 3]
 * [--short]`. Writes docs/reliability.json and docs/reliability.md when all of the matrix was run, or with `--write`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    records: { type: 'string' },
    only: { type: 'string', multiple: true },
    seed: { type: 'string' },
    short: { type: 'boolean', default: false },
    lanes: { type: 'string', default: '1' },
  },
});
const long = !values.short;
const records = Number(values.records ?? (long ? 20_000 : 2_000));
const first = values.seed === undefined ? 1 : Number(values.seed);
const seeds = Array.from({ length: values.seed === undefined ? Number(values.seeds) : 1 }, (_, index) => first + index);
const wanted: readonly Scenario[] =
  values.only === undefined ? SCENARIOS : SCENARIOS.filter(({ id }) => values.only?.includes(id));
if (wanted.length === 0) throw new Error(`there is no ${values.only}; there are ${SCENARIOS.map(({ id }) => id)}`);

// Brokers and browsers end with this process, however it ends.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(130));

const world = createWorld({ long, records });
try {
  const runs = await runAll(world, wanted, seeds, { lanes: Number(values.lanes), say: console.log });
  const failed = runs.filter(({ violations }) => violations.length > 0);
  console.log(`\n${runs.length - failed.length} runs passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
} finally {
  await world.close();
}
process.exit();
