import { expect, onTestFinished, test } from 'vitest';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { openHeadless } from '../headless.ts';

const SECOND = 1e6;
const SECONDS_PER_FRAME = 60;

test.each([
  ['sums', 2, { n: 'count()', most: 'max(ms)', mean: 'avg(ms)' }],
  ['sketches and sets', 8, { n: 'count()', users: 'count_distinct(user)', p95: 'quantile(ms, 0.95)' }],
])('N5 panes of %s stay within their budget, and what they take is told', async (_, budgetMiB, select) => {
  const budgetBytes = budgetMiB * 2 ** 20;
  const engine = await openHeadless({ rawBudgetBytes: 2 ** 20, paneBudgetBytes: budgetBytes, nowMs: () => 0 });
  onTestFinished(() => engine.close());
  const schema = testSchema('s', { user: 'int64', ms: 'float64' });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e', next: { 0: 0 } });
  const late = { allow: '0s' };
  const windows = {
    seconds: { from: 's', window: 'tumble(1s)', by: ['user'], select, late },
    minutes: { from: 's', window: 'tumble(1m)', by: [], select, late },
  };
  expect(engine.windows(windows)).toEqual([]);
  const used: number[] = [];
  for (let frame = 0; frame < 120; frame++) {
    const firstOffset = frame * SECONDS_PER_FRAME * 4;
    const rows = Array.from({ length: SECONDS_PER_FRAME * 4 }, (_, at) => ({
      timeUs: (firstOffset + at) * (SECOND / 4),
      user: (at * 7919) % 97,
      ms: (at * 104_729) % 1009,
    }));
    engine.apply([testFrame(schema, rows, { firstOffset, epoch: 'e', watermarkUs: (rows[0]?.timeUs ?? 0) - 1 })], 0);
    used.push(engine.paneMemory().usedBytes);
  }
  expect(used[0]).toBeGreaterThan(10_000);
  // It is measured from time to time: between two looks it may be passed.
  expect(Math.max(...used)).toBeLessThan(1.25 * budgetBytes);
  expect(Math.min(...used.slice(-10))).toBeGreaterThan(budgetBytes / 8);
  // Finer ones are folded before any are let go.
  expect(engine.windowState('seconds')?.coarseBeforeUs).toBeGreaterThan(0);
  expect(engine.windowState('minutes')?.coarseBeforeUs).toBeNull();
});
