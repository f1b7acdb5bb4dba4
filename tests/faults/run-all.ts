import type { Result, Scenario } from './kit/scenario.ts';
import type { World } from './kit/world.ts';

/** One scenario with one seed. */
export interface Run extends Result {
  readonly id: string;
  readonly seed: number;
  readonly tookMs: number;
  /** The command that repeats it. */
  readonly again: string;
}

export interface RunOptions {
  /** Scenarios at a time. */
  readonly lanes: number;
  readonly say: (line: string) => void;
  /** After every run, with all until then. */
  readonly onRun?: (runs: readonly Run[]) => Promise<void>;
}

/** Every scenario with every seed. A scenario that throws has failed. */
export async function runAll(
  world: World,
  scenarios: readonly Scenario[],
  seeds: readonly number[],
  { lanes, say, onRun }: RunOptions,
): Promise<Run[]> {
  const all = seeds.flatMap((seed) => scenarios.map((scenario) => ({ scenario, seed })));
  const waiting = all.filter(({ scenario }) => !scenario.alone);
  const runs: Run[] = [];
  const take = async ({ scenario, seed }: (typeof all)[number]) => {
    runs.push(await runOne(world, scenario, seed, say));
    await onRun?.(runs);
  };
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await take(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const next of all) if (next.scenario.alone) await take(next);
  return runs;
}

export async function runOne(
  world: World,
  scenario: Scenario,
  seed: number,
  say: (line: string) => void,
): Promise<Run> {
  const startedMs = performance.now();
  const again = `npm run faults -- --only ${scenario.id} --seed ${seed}${world.long ? '' : ' --short'} --records ${world.records}`;
  const result = await scenario.run(world, seed).catch((error: unknown): Result => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { records: 0, violations: [{ letter: '+', text }], recoveriesMs: [], figures: {} };
  });
  const tookMs = Math.round(performance.now() - startedMs);
  const outcome = result.violations.length === 0 ? 'passed' : 'FAILED';
  const worst = result.recoveriesMs.length === 0 ? '' : `, recovered in ${Math.max(...result.recoveriesMs)} ms`;
  say(`${scenario.id} seed ${seed}: ${outcome}, ${result.records} records${worst} (${(tookMs / 1000).toFixed(1)} s)`);
  for (const { letter, text } of result.violations) say(`  ${letter}  ${text}`);
  if (result.violations.length > 0) say(`  again: ${again}`);
  return { id: scenario.id, seed, tookMs, again, ...result };
}
