import { expect, onTestFinished, test } from 'vitest';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { openHeadless } from '../headless.ts';

test('N6 rows older than their stream keeps them are let go, whole segments at a time, and panes stay', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0 });
  onTestFinished(() => engine.close());
  const schema = { ...testSchema('s', { n: 'int64' }), keepUs: 8e6 };
  engine.schema(schema);
  engine.windows({ w: { from: 's', window: 'tumble(1s)', by: [], select: { n: 'count()' }, late: { allow: '0s' } } });
  engine.begin('s', 'fresh', { epoch: 'e', next: { 0: 0 } });
  for (let second = 0; second < 60; second++) {
    const rows = Array.from({ length: 10 }, (_, n) => ({ timeUs: second * 1e6 + n, n }));
    engine.apply([testFrame(schema, rows, { firstOffset: second * 10, epoch: 'e' })], 0);
    // Rows reach their segments when something reads them.
    await engine.query('SELECT count(*) AS n FROM s');
  }
  const [kept] = await engine.query('SELECT count(*) AS n, epoch(min(_event_time)) AS oldest FROM s');
  expect(kept?.oldest).toBeGreaterThanOrEqual(59 - 8 - 2);
  expect(kept?.oldest).toBeLessThanOrEqual(59 - 8);
  const { rows, released, received } = engine.streamState('s');
  expect(rows).toBe(kept?.n);
  expect(rows + released).toBe(received);
  expect(await engine.query('SELECT sum(n) AS n FROM w')).toEqual([{ n: 600 }]);
});
