import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { runOnEngine } from './engine-run.ts';
import { reference } from './reference.ts';
import { differenceOf, SAME } from './rows.ts';
import type { Mode, Row, Scenario } from './scenario.ts';

/** Random windows over random batches: the engine puts out, batch by batch, what the naive reference does. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.RUNS ?? 200);

let engine: Engine;
beforeAll(async () => {
  console.log(`seed ${SEED} (SEED=${SEED} runs it again, RUNS=10000 runs more)`);
  engine = await openHeadless({ rawBudgetBytes: 256 * 2 ** 20, nowMs: () => performance.now() });
});
afterAll(() => engine.close());

const STEP = 250;
const windowText = fc.oneof(
  fc
    .record({ size: fc.integer({ min: 1, max: 20 }), offset: fc.integer({ min: -25, max: 25 }) })
    .map(({ size, offset }) => `tumble(${size * STEP}ms, ${offset * STEP}ms)`),
  fc
    .record({
      slide: fc.integer({ min: 1, max: 8 }),
      more: fc.integer({ min: 0, max: 20 }),
      part: fc.double({ min: -1, max: 1, noNaN: true }),
    })
    .map(
      ({ slide, more, part }) =>
        `hop(${(slide + more) * STEP}ms, ${slide * STEP}ms, ${Math.trunc(part * (slide - 1)) * STEP}ms)`,
    ),
  fc
    .record({
      step: fc.integer({ min: 1, max: 6 }),
      steps: fc.integer({ min: 1, max: 5 }),
      offset: fc.integer({ min: -4, max: 4 }),
    })
    .map(({ step, steps, offset }) => `cumulate(${step * steps * STEP}ms, ${step * STEP}ms, ${offset * STEP}ms)`),
  fc.integer({ min: 1, max: 12 }).map((gap) => `session(${gap * STEP}ms)`),
);

const row = fc.record({
  // A walk forward with steps back, on the edges of windows more often than not.
  ahead: fc.integer({ min: -12, max: 12 }),
  shift: fc.constantFrom(0, 0, 0, 1, -1, 77),
  k: fc.constantFrom('a', 'b', 'c', null),
  v: fc.option(fc.integer({ min: -5, max: 5 })),
});

const input = fc.record({
  window: windowText,
  keyed: fc.boolean(),
  batches: fc.array(fc.array(row, { maxLength: 8 }), { minLength: 1, maxLength: 14 }),
  startStep: fc.constantFrom(-40, 0, 40, 6_799_999_990),
  delay: fc.constantFrom(0, 0, 2, 10),
  allow: fc.constantFrom(0, 0, 3, 9),
  alone: fc.boolean(),
  mode: fc.constantFrom<Mode>('append', 'update', 'complete'),
  spark: fc.boolean(),
});

function scenarioOf(given: typeof input extends fc.Arbitrary<infer T> ? T : never): Scenario {
  const { window, keyed, delay, allow, spark, startStep } = given;
  const alone = given.alone && window.startsWith('session');
  // A table of all sessions is in the cases; here closed ones are let go.
  const mode = given.mode === 'complete' && window.startsWith('session') ? 'update' : given.mode;
  let now = startStep;
  const batches = given.batches.map((rows) => {
    now += 3;
    return { rows: rows.map(({ ahead, shift, k, v }): Row => ({ k, v, ts_ms: (now + ahead) * STEP + shift })) };
  });
  return {
    title: '',
    timeField: 'ts_ms',
    delay: `${delay * STEP}ms`,
    fields: { k: 'string', v: 'int64' },
    windows: {
      out: {
        window,
        ...(keyed && { by: ['k'] }),
        select: {
          n: 'count()',
          values: 'count(v)',
          sum: 'sum(v)',
          low: 'min(v)',
          high: 'max(v)',
          kinds: 'count_distinct(v)',
        },
        late: { allow: `${allow * STEP}ms`, ...(alone && { judged: 'alone' }) },
      },
    },
    output: 'out',
    mode,
    startMs: spark ? 0 : null,
    batches,
    closes: mode === 'append',
    expected: { kind: 'all', rows: null },
  };
}

test('W5 W6 W8 W30 W32 W33 W34 the engine puts out what the reference does', async () => {
  await fc.assert(
    fc.asyncProperty(input, async (given) => {
      const scenario = scenarioOf(given);
      const wanted = reference(scenario);
      const found = await runOnEngine(engine, scenario);
      for (const [index, rows] of [...wanted.batches, wanted.atEnd].entries()) {
        const all = [...found.batches, found.atEnd][index] ?? [];
        const standing = all.filter(({ state }) => state !== 'retracted').map(({ state, revision, ...rest }) => rest);
        expect({ index, ...differenceOf(standing, rows) }).toEqual({ index, ...SAME });
      }
      expect(found.tooLateCounts.at(-1)).toBe(wanted.tooLate.length);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
