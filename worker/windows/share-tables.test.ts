import { expect, onTestFinished, test } from 'vitest';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import { testSchema } from '../../tests/support/frames.ts';
import { openHeadless } from '../headless.ts';

/** Per table of the plan, the windows over it. */
async function tablesOf(specs: Readonly<Record<string, Partial<WindowSpec>>>): Promise<string[][]> {
  const engine = await openHeadless({ rawBudgetBytes: 2 ** 24, nowMs: () => 0 });
  onTestFinished(() => engine.close());
  engine.schema(testSchema('s', { k: 'string', n: 'int64' }));
  const windows = Object.entries(specs).map(([name, spec]) => [
    name,
    WindowSpecSchema.parse({ from: 's', select: { n: 'count()' }, ...spec }),
  ]);
  expect(engine.windows(Object.fromEntries(windows))).toEqual([]);
  return engine
    .explain()
    .split(/ {2}table \d+:/)
    .slice(1)
    .map((table) => [...table.matchAll(/window {3}(\w+)/g)].map(([, name]) => name ?? ''));
}

test('N3 windows whose panes fit share a table, whatever their measures and allowances', async () => {
  expect(
    await tablesOf({
      minute: { window: 'tumble(1m)', by: ['k'] },
      sums: { window: 'tumble(1m)', by: ['k'], select: { s: 'sum(n)' }, late: { allow: '1m' } },
      five: { window: 'hop(5m, 1m)', by: ['k'] },
      hour: { window: 'cumulate(1h, 15m)', by: ['k'] },
    }),
  ).toEqual([['minute', 'sums', 'five', 'hour']]);
});

test('N3 other groups, conditions or gaps are other tables, and so are windows of more than 120 finer panes', async () => {
  expect(
    await tablesOf({
      second: { window: 'tumble(1s)' },
      minute: { window: 'tumble(1m)' },
      hour: { window: 'tumble(1h)' },
      shifted: { window: 'tumble(1m, 30s)' },
      keyed: { window: 'tumble(1m)', by: ['k'] },
      some: { window: 'tumble(1m)', where: 'n > 0' },
      visits: { window: 'session(1m)' },
      long: { window: 'session(2m)' },
      counted: { window: 'session(1m)', select: { s: 'sum(n)' } },
    }),
  ).toEqual([['second', 'minute', 'shifted'], ['hour'], ['keyed'], ['some'], ['visits', 'counted'], ['long']]);
});
