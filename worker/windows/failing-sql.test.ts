import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { openHeadless } from '../headless.ts';

const ROWS = [
  { timeUs: 0, f: 1.5, t: null, ok: null },
  { timeUs: 1, f: null, t: "o'hara", ok: true },
  { timeUs: 2, f: 0, t: '12', ok: true },
  { timeUs: 3, f: 0, t: 'cart', ok: false },
  { timeUs: 4, f: 0, t: '12', ok: true },
  { timeUs: 5, f: 2, t: '𝛼', ok: false },
];

test('W12 SQL that fails on some rows is null there, and what it is on the others, whatever it is made of', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  const schema = testSchema('s', { f: 'float64', t: 'string', ok: 'bool' });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const spec = WindowSpecSchema.parse({
    from: 's',
    window: 'global()',
    select: {
      both: 'count_if((f <= 0.1) AND (CAST(t AS INTEGER) > 0))',
      either: 'count_if((f >= 2) OR (CAST(t AS INTEGER) > 0))',
      known: 'count(f <= 0.1 AND CAST(t AS INTEGER) > 0)',
      chosen: 'sum(CASE WHEN ok THEN CAST(t AS INTEGER) ELSE 1 END)',
      cut: 'sum(CAST(CAST(t AS INTEGER) / 5 AS DECIMAL(9, 2)))',
      texts: 'count(upper(t))',
    },
  });
  const right = [{ both: 2, either: 2, known: 3, chosen: 27, cut: 4.8, texts: 5 }];
  expect(engine.windows({ live: spec })).toEqual([]);
  engine.apply([testFrame(schema, ROWS, { firstOffset: 0 })], 0);
  // The second is computed from the kept rows.
  expect(engine.windows({ live: spec, later: { ...spec, where: 'true' } })).toEqual([]);
  const columns = Object.keys(spec.select)
    .map((name) => `"${name}"`)
    .join(', ');
  expect(await engine.query(`SELECT ${columns} FROM live`)).toEqual(right);
  expect(await engine.query(`SELECT ${columns} FROM later`)).toEqual(right);
  engine.close();
});
