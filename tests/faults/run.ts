import { parseArgs } from 'node:util';
import { surroundings } from '../../bench/soak/surroundings.ts';
import type { Scenario } from './kit/scenario.ts';
import { createWorld } from './kit/world.ts';
import { readResults, writeReliability } from './report.ts';
import { runAll } from './run-all.ts';
import { SCENARIOS } from './scenarios/index.ts';

/**
 * The fault matrix, with the true durations: `npm run faults -- [--seeds 20] [--records 20000] [--only F7] [--seed 3]
 * [--short] [--lanes 2]`. Writes docs/reliability.json and docs/reliability.md when it runs the whole matrix; with
 * `--write` also a part of it, in place of what was there of that part.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    records: { type: 'string' },
    only: { type: 'string', multiple: true },
    seed: { type: 'string' },
    short: { type: 'boolean', default: false },
    lanes: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
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

const durations = long ? 'true' : 'short';
const command = ['npm run faults', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
const writes = values.write || (values.only === undefined && values.seed === undefined);

const world = createWorld({ long, records });
try {
  const before = writes && values.only !== undefined ? ((await readResults())?.runs ?? []) : [];
  const kept = before.filter(({ id }) => !wanted.some((scenario) => scenario.id === id));
  const runs = await runAll(world, wanted, seeds, {
    lanes: Number(values.lanes),
    say: console.log,
    // After each: what took hours is not lost with the last.
    onRun: async (runs) => {
      if (writes) await writeReliability({ ...surroundings(), command, durations, runs: [...kept, ...runs] });
    },
  });
  const failed = runs.filter(({ violations }) => violations.length > 0);
  console.log(`\n${runs.length - failed.length} runs passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
} finally {
  await world.close();
}
process.exit();
