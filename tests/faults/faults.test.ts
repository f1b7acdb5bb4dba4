import { afterAll, expect, test } from 'vitest';
import { createWorld } from './kit/world.ts';
import { runOne } from './run-all.ts';
import { SCENARIOS } from './scenarios/index.ts';

/**
 * The fault matrix with short durations and three seeds each. `npm run faults` is the long mode; what fails here is
 * repeated by the command it prints.
 */
const SEEDS = [1, 2, 3] as const;
const world = createWorld({ long: false, records: 1_000 });
afterAll(() => world.close());

const cases = SEEDS.flatMap((seed) => SCENARIOS.map((scenario) => ({ ...scenario, scenario, seed })));
const together = cases.filter(({ scenario }) => !scenario.alone);
const alone = cases.filter(({ scenario }) => scenario.alone);
const told: string[] = [];

async function passes({ scenario, seed }: (typeof cases)[number]): Promise<void> {
  const { violations, again } = await runOne(world, scenario, seed, (line) => told.push(line));
  expect(violations, `again: ${again}`).toEqual([]);
}

test.concurrent.for(together)('R2 $id: $fault (seed $seed)', { timeout: 240_000 }, passes);

test.for(alone)('R2 $id: $fault (seed $seed)', { timeout: 240_000 }, passes);

test('R2 what was seen is printed', () => {
  console.log(told.join('\n'));
  expect(told.length).toBeGreaterThan(cases.length - 1);
});
