import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';
import { openNodeDatabase } from '../store/open-node.ts';
import { resolveExpression, streamShape } from '../windows/expressions.ts';

const schema = testSchema('s', { action: 'string', page: 'string', n: 'int64' });
const EXPRESSIONS = {
  upper: 'upper(action)',
  named: "coalesce(action, 'none')",
  mapped: "MAP {'view': 'seen', 'cart': 'kept'}[action]",
  length: 'length(action)',
  halves: 'length(action) / 2',
  long: 'length(action) > 4',
  number: 'CAST(action AS BIGINT)',
  large: '9007199254740993 + length(action)',
  paired: "action || '/' || page",
  quoted: `CASE WHEN "action" = 'it''s' THEN 1 END`,
};
const ACTIONS = ['a\0b', 'view', 'cart', null, '17', "it's", 'purchase', 'view', ''];

let engine: Engine;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const windows = Object.entries(EXPRESSIONS).map(([name, expression]) => [
    name,
    { from: 's', window: 'tumble(1h)', by: { value: expression }, select: { n: 'count()' }, late: { allow: '0s' } },
  ]);
  expect(engine.windows(Object.fromEntries(windows))).toEqual([]);
  let firstOffset = 0;
  const add = (actions: readonly (string | null)[]) => {
    const rows = actions.map((action, index) => ({ timeUs: firstOffset + index, action, page: 'p', n: index }));
    engine.apply([testFrame(schema, rows, { firstOffset })], 0);
    firstOffset += rows.length;
  };
  add(ACTIONS);
  add(['view', 'view', 'click']);
  add([null, null]);
  // More texts than are worth remembering: rows are evaluated.
  add(Array.from({ length: 200 }, (_, index) => `t${index}`));
  add(ACTIONS);
});
afterAll(() => engine.close());

test.each(Object.entries(EXPRESSIONS))('W19 %s: %s is what SQL over the rows gives', async (name, expression) => {
  const found = await engine.query(`SELECT value::VARCHAR AS value, n FROM ${name} ORDER BY ALL`);
  const sql = `SELECT TRY(CAST((${expression}) AS VARCHAR)) AS value, count(*) AS n FROM s GROUP BY ALL ORDER BY ALL`;
  expect(found).toEqual(await engine.query(sql));
});

test('W19 an expression is remembered by text when one text field decides it, and nothing else', async () => {
  const database = await openNodeDatabase(2 ** 28);
  try {
    database.run('CREATE TABLE s (_event_time TIMESTAMP, action VARCHAR, page VARCHAR, n BIGINT)');
    const shape = { ...streamShape('s', schema), relation: 's' };
    const fieldOf = (text: string) => {
      const resolved = resolveExpression(text, shape, database);
      return resolved.kind === 'sql' ? resolved.textField : resolved.kind;
    };
    expect(['upper(action)', "MAP {'a': 1}[action]", 'length(PAGE)', "'page' || action"].map(fieldOf)).toEqual([
      'action',
      'action',
      'page',
      'action',
    ]);
    for (const text of ['action || page', 'n + 1', "'action'", 'length(action) + n', 'action || _event_time::VARCHAR'])
      expect([text, fieldOf(text)]).toEqual([text, null]);
  } finally {
    database.close();
  }
});
