import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { casesIn, OWN, PUBLISHED } from './case-file.ts';
import { runOnEngine } from './engine-run.ts';
import { express } from './express/index.ts';
import { judge } from './judge.ts';
import { lineOf, linesOfPage, writePage } from './page.ts';
import type { Plan, Scenario } from './scenario.ts';

/** The windows of other engines' tests, and of runs of real Spark and Flink, give the same rows here. */
const own = casesIn(OWN);
const published = casesIn(PUBLISHED).filter(({ id }) => !own.some((file) => file.id === id));
const cases = [...own, ...published].map((file) => ({ file, plan: express(file) }));
/** Scenarios that did not give their rows, with the case they belong to. */
const failed = new Map<Scenario, string>();

let engine: Engine;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 256 * 2 ** 20, nowMs: () => performance.now() });
});
afterAll(() => engine.close());

test('the cases of our own runs are here', () => {
  expect(own.length).toBeGreaterThan(20);
});

test(
  existsSync(PUBLISHED)
    ? `the ${published.length} published cases are read in place`
    : `the published cases are absent (${PUBLISHED}): our own alone are run`,
  () => {
    expect(published.length > 0).toBe(existsSync(PUBLISHED));
  },
);

for (const { file, plan } of cases) if (plan.kind === 'run') register(file.id, plan);

function register(id: string, { scenarios, checks = [], differs }: Extract<Plan, { kind: 'run' }>) {
  const titled = (scenario: Scenario) => (scenario.title === '' ? id : `${id} (${scenario.title})`);
  for (const scenario of scenarios)
    test(`${titled(scenario)} ${differs === undefined ? 'gives the same rows' : 'differs by rule'}`, async () => {
      failed.set(scenario, id);
      expect(judge(scenario, await runOnEngine(engine, scenario))).toEqual([]);
      failed.delete(scenario);
    });
  for (const { what, found, wanted } of checks)
    test(`${id} ${what}`, () => {
      expect(found).toEqual(wanted);
    });
}

test('docs/semantics.md says how each case stands', () => {
  const lines = cases.map(({ file, plan }) => lineOf({ file, plan, passed: ![...failed.values()].includes(file.id) }));
  if (process.env.SEMANTICS_UPDATE !== undefined) writePage(lines);
  const page = linesOfPage();
  expect(existsSync(PUBLISHED) ? page : page.slice(0, own.length)).toEqual(lines);
});
