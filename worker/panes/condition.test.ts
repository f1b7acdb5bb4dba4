import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeArrow, toColumns } from '../store/arrow.ts';
import type { Database } from '../store/database.ts';
import { openNodeDatabase } from '../store/open-node.ts';
import type { ValueType } from './column.ts';
import { judge, parseCondition } from './condition.ts';

const FIELDS: Record<string, ValueType> = { action: 'text', price: 'float', n: 'integer', ok: 'boolean' };
const typeOf = (name: string) => (FIELDS[name] ? { field: name, type: FIELDS[name] } : null);
let database: Database;

beforeAll(async () => {
  database = await openNodeDatabase(256 * 2 ** 20);
  database.run(
    "CREATE TABLE t AS SELECT * FROM (VALUES ('a', 1.5::DOUBLE, 1::BIGINT), ('b', -2, 2), ('o''x', 'nan'::DOUBLE, 9007199254740993), (NULL, 0, NULL), ('', NULL, -1), ('é', 1e300, 0)) v(action, price, n)",
  );
});
afterAll(() => database.close());

test.each([
  "action = 'a'",
  "action <> 'a' AND price >= -2",
  "action IN ('a', 'o''x') AND (n > 9007199254740991)",
  "(action != 'zz') AND (n not in (1, 2))",
  'price > 1',
  'price <= 1.5 and n is not null',
  'action IS NULL',
  "action > 'b'",
  'n = 9007199254740991',
])('W9 %s is judged as the database judges it', (text) => {
  const condition = parseCondition(text, typeOf);
  if (!condition) throw new Error('not parsed');
  const table = decodeArrow(database.run(`SELECT action, price, n, (${text}) IS TRUE AS wanted FROM t`));
  const column = (name: string) => {
    const [found] = toColumns(table.getChild(name));
    if (!found) throw new Error(`no column ${name}`);
    return found;
  };
  const judged = judge(condition, table.numRows, column);
  const wanted = column('wanted');
  if (judged.kind !== 'number' || wanted.kind !== 'number') throw new Error('not numbers');
  expect(Array.from(judged.values)).toEqual(Array.from(wanted.values));
});

test.each([
  "action = 'a' OR n = 1",
  'n < 9007199254740992',
  "n = '1'",
  'action = 1',
  "lower(action) = 'a'",
  'ok',
  "action LIKE 'a%'",
  'price = 1e3',
  "action = 'a",
  'n + 1 > 2',
  'n between 1 and 2',
  '',
])('W9 %s is left to the database', (text) => {
  expect(parseCondition(text, typeOf)).toBeNull();
});
