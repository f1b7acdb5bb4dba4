import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PanelPicture } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { testFrame, testSchema } from '../support/frames.ts';
import { pictureOf, statesOf, viewOf } from '../support/requests.ts';

const SECOND = 1_000_000;
const SEED = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 2 ** 31);
const schema = testSchema('s', { machine: 'string', line: 'string', state: 'string', speed: 'float64' });

let engine: Engine;
let offset = 0;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0, wallMs: () => 1_000_000 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const spec = { from: 's', select: { doing: 'last(state)', speed: 'max(speed)' }, late: { allow: '1h' } };
  expect(
    engine.windows({
      tens: { ...spec, window: 'tumble(10s)', by: ['line', 'machine'] },
      hops: { ...spec, window: 'hop(30s, 10s)', by: ['machine'] },
      visits: { ...spec, window: 'session(15s)', by: ['machine'] },
    }),
  ).toEqual([]);
});
afterAll(() => engine.close());

interface Event {
  readonly second: number;
  readonly machine: string | null;
  readonly state: string | null;
}

function feed(rows: readonly Event[], again = false): void {
  if (!again) {
    engine.begin('s', 'reset', { epoch: 'e1', next: {} });
    offset = 0;
  }
  const made = rows.map(({ second, ...fields }) => ({ timeUs: second * SECOND, line: 'a', speed: second, ...fields }));
  engine.apply([testFrame(schema, made, { firstOffset: offset })], 0);
  offset += rows.length;
}

type States = Extract<PanelPicture, { kind: 'states' }>;
function states(window: string, more: Parameters<typeof statesOf>[2] = {}, measure = 'doing'): States {
  return pictureOf(engine, statesOf(window, measure, { rowsBy: 'machine', ...more }));
}
const brief = ({ rows }: States) =>
  rows.map(({ key, stretches }) => [
    key,
    stretches.map(({ fromUs, untilUs, state }) => [fromUs / SECOND, untilUs / SECOND, state]),
  ]);

const event = fc.record({
  second: fc.nat(400),
  machine: fc.constantFrom('m1', 'm2', 'm10', null),
  state: fc.constantFrom('run', 'stop', null),
});

test('V16 stretches of states are the states SQL gives for each window, one by one', async () => {
  console.log(`states property: SEED=${SEED}`);
  const asked = fc.record({
    endTens: fc.integer({ min: 1, max: 45 }),
    spanTens: fc.integer({ min: 1, max: 45 }),
    hold: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 50 }),
      asked,
      async (rows, { endTens, spanTens, hold }) => {
        feed(rows);
        const fromS = endTens * 10 - spanTens * 10;
        const found = states('tens', { view: viewOf(spanTens * 10 * SECOND, endTens * 10 * SECOND), hold });
        const known = await engine.query(
          `SELECT coalesce(machine, '∅') AS key, floor(epoch_us(_event_time) / 1e7) * 10 AS x,
           last(state ORDER BY _event_time, _offset) AS state
         FROM s WHERE state IS NOT NULL AND _event_time < make_timestamp(${endTens * 10 * SECOND}) GROUP BY ALL ORDER BY x`,
        );
        // By hand, second by ten seconds: the state told then or, where it is held, the last told before.
        const newestS = Math.max(...rows.map(({ second }) => second));
        const untilS = Math.min(endTens * 10, Math.floor(newestS / 10) * 10 + 10);
        const expected = new Map<string, (readonly [number, string])[]>();
        for (const key of new Set(known.map(({ key }) => String(key))))
          for (let x = fromS; x < untilS; x += 10) {
            const told = known.filter((row) => row.key === key && (hold ? Number(row.x) <= x : row.x === x)).at(-1);
            if (told) expected.set(key, [...(expected.get(key) ?? []), [x, String(told.state)]]);
          }
        const cut = new Map(
          found.rows.map(({ key, stretches }) => [
            key,
            stretches.flatMap(({ fromUs, untilUs, state }) =>
              Array.from(
                { length: (untilUs - fromUs) / SECOND / 10 },
                (_, at) => [fromUs / SECOND + at * 10, state] as const,
              ),
            ),
          ]),
        );
        expect(cut).toEqual(expected);
        for (const { stretches } of found.rows)
          for (const [index, { fromUs, state }] of stretches.entries()) {
            const before = stretches[index - 1];
            if (before?.untilUs === fromUs) expect(before.state).not.toBe(state);
          }
      },
    ),
    { numRuns: 80, seed: SEED },
  );
}, 120_000);

test('V16 rows stand in their order, the others after them; beyond the most they are counted', () => {
  feed(['m2', 'm10', 'm1', null].map((machine) => ({ second: 5, machine, state: 'run' })));
  const of = (more: Parameters<typeof states>[1]) => states('tens', more).rows.map(({ key }) => key);
  expect(of({})).toEqual(['m1', 'm10', 'm2', '∅']);
  expect(of({ order: ['m2', 'none', '∅'] })).toEqual(['m2', '∅', 'm1', 'm10']);
  expect(states('tens', { maxRows: 3 }).hiddenRows).toBe(1);
  expect(brief(states('tens', { rowsBy: null }))).toEqual([['', [[0, 10, 'run']]]]);
});

test('V16 a stretch is provisional until its last window is final, and says when it was revised', () => {
  feed([5, 15, 25].map((second) => ({ second, machine: 'm1', state: 'run' })));
  engine.progress('s', {}, 20 * SECOND);
  const flags = () => states('tens').rows[0]?.stretches.map(({ provisional, revised }) => [provisional, revised]);
  expect(flags()).toEqual([[true, false]]);
  feed([{ second: 16, machine: 'm1', state: 'stop' }], true);
  expect(flags()).toEqual([
    [false, false],
    [false, true],
    [true, false],
  ]);
});

test('V16 a state told long before the view is held into it, also as the view moves on and late events come', () => {
  feed([
    { second: 5, machine: 'm1', state: 'run' },
    { second: 300, machine: 'm2', state: 'stop' },
  ]);
  const held = () => brief(states('tens', { view: viewOf(50 * SECOND), hold: true }));
  expect(held()).toEqual([
    ['m1', [[250, 310, 'run']]],
    ['m2', [[300, 310, 'stop']]],
  ]);
  feed([{ second: 400, machine: 'm2', state: 'stop' }], true);
  expect(held()).toEqual([
    ['m1', [[350, 410, 'run']]],
    ['m2', [[350, 410, 'stop']]],
  ]);
  feed([{ second: 17, machine: 'm1', state: 'fault' }], true);
  expect(held()[0]).toEqual(['m1', [[350, 410, 'fault']]]);
  expect(brief(states('tens', { view: viewOf(50 * SECOND, 'now'), hold: true }))[0]).toEqual([
    'm1',
    [[950, 1000, 'fault']],
  ]);
});

test('V16 windows that overlap stand for their last step, sessions for themselves; numbers are states too', () => {
  feed([
    { second: 5, machine: 'm1', state: 'run' },
    { second: 45, machine: 'm1', state: 'stop' },
  ]);
  expect(brief(states('hops'))).toEqual([
    [
      'm1',
      [
        [0, 30, 'run'],
        [40, 50, 'stop'],
      ],
    ],
  ]);
  expect(brief(states('visits'))).toEqual([
    [
      'm1',
      [
        [5, 20, 'run'],
        [45, 60, 'stop'],
      ],
    ],
  ]);
  expect(brief(states('tens', {}, 'speed'))).toEqual([
    [
      'm1',
      [
        [0, 10, 5],
        [40, 50, 45],
      ],
    ],
  ]);
});
