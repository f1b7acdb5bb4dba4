import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../worker/engine.ts';
import { openHeadless } from '../../../worker/headless.ts';
import { runOnEngine } from '../engine-run.ts';
import { judge } from '../judge.ts';
import { closing } from './closing.ts';
import { grids } from './grids.ts';
import { modes } from './modes.ts';
import { rows } from './rows.ts';
import { sessions } from './sessions.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 256 * 2 ** 20, nowMs: () => performance.now() });
});
afterAll(() => engine.close());

for (const { rules, says, scenario } of [...closing, ...grids, ...sessions, ...modes, ...rows])
  test(`${rules} ${says}`, async () => {
    expect(judge(scenario, await runOnEngine(engine, scenario))).toEqual([]);
  });
