import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';

const schema = testSchema('s', { t: 'string', v: 'int64', localtime: 'int64' });

let engine: Engine;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
});
afterAll(() => engine.close());

function problemsOf(spec: Partial<WindowSpec>): string[] {
  const whole = { from: 's', window: 'tumble(1m)', select: { n: 'count()' }, ...spec };
  return engine.windows({ w: WindowSpecSchema.parse(whole) }).map(({ message }) => message);
}

test.each([
  'random() < 0.5',
  '"random" () < 0.5',
  "uuid() > 'a'",
  "nextval('s') > 0",
  "error('x') IS NULL",
  'now() > timestamp',
  'Current_Timestamp > timestamp',
  'timestamp > current_date',
  'current_date::VARCHAR > t',
  'today() > timestamp',
  'localtimestamp > timestamp',
  "age(timestamp) > INTERVAL '1 hour'",
  "timestamp.age() > INTERVAL '1 hour'",
  "current_schema() = 'main'",
])('W12 a condition that is not the same for the same row is refused: %s', (where) => {
  expect(problemsOf({ where })).toEqual([
    expect.stringMatching(/^where: .*(gives another value each time|error\(\) stops)/),
  ]);
});

test('W12 the clock is refused wherever an expression stands, and what to write instead is told', () => {
  const instead = /now\(\) gives another value each time: .* name the time field or _event_time/;
  for (const spec of [
    { by: { hour: 'hour(now())' } },
    { select: { n: "count_if(now() > timestamp AND t = 'a')" } },
    { dedup: { by: ['now()'], within: '1m' } },
    { compute: { age: 'epoch(now()) - epoch(timestamp)' }, where: 'age > 3' },
  ])
    expect(problemsOf(spec)).toEqual([expect.stringMatching(instead)]);
});

test('W12 fields, texts and members of these names are none of these functions, and rows go on', () => {
  const where = `localtime > 0 AND t <> 'now()' AND {'random': v}.random = v AND age(timestamp, TIMESTAMP '1970-01-01') >= INTERVAL '0s'`;
  expect(problemsOf({ where })).toEqual([]);
  engine.apply([testFrame(schema, [{ timeUs: 1, t: 'a', v: 1, localtime: 2 }])], 0);
  expect(engine.windowState('w')?.groups).toBe(1);
});

test('W12 an aggregate where one row is meant is told to go under select', () => {
  const expected = 'an expression is over one row, and this has an aggregate: those are written under select';
  expect(problemsOf({ by: ['sum(v)'] })).toEqual([`by: ${expected}`]);
  expect(problemsOf({ where: 'max(v) > 3' })).toEqual([`where: ${expected}`]);
});

test('W12 a type is told with its article', () => {
  expect(problemsOf({ where: 'v + 1' })).toEqual(['where: a condition is true or false, and this is an integer']);
  expect(problemsOf({ select: { s: 'sum(t)' } })).toEqual(['select.s: sum needs a number, and its argument is a text']);
});
