import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PanelPicture } from '../../contract/worker-api.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { foldOf } from '../../tests/support/requests.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';

const SECOND = 1_000_000;
const schema = testSchema('shop', { user_id: 'int64' });
let engine: Engine;
let offset = 0;

beforeEach(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() });
  offset = 0;
  engine.schema(schema);
  engine.begin('shop', 'fresh', { epoch: 'e1', next: {} });
  const select = { n: 'count()', users: 'count_distinct(user_id)' };
  engine.windows({ w: { from: 'shop', window: 'tumble(10s)', by: [], select, late: { allow: '10m' } } });
});
afterEach(() => engine.close());

/** Events at these seconds, with the watermark 15 s behind the newest. */
function events(seconds: readonly number[]): void {
  const rows = seconds.map((second) => ({ timeUs: second * SECOND, user_id: Math.floor(second) % 7 }));
  engine.apply([testFrame(schema, rows, { firstOffset: offset })], 7);
  offset += rows.length;
  engine.progress('shop', {}, (Math.max(...seconds) - 15) * SECOND);
}

function picture(measure: string, overSeconds: number) {
  return engine.picture(foldOf('w', measure, { over: overSeconds * SECOND })) as Extract<
    PanelPicture,
    { kind: 'fold' }
  >;
}

async function count(fromS: number, untilS: number, what = 'count(*)'): Promise<unknown> {
  const within = `_event_time >= make_timestamp(${fromS * SECOND}) and _event_time < make_timestamp(${untilS * SECOND})`;
  return Object.values((await engine.query(`select ${what} from shop where ${within}`))[0] ?? {})[0];
}

const range = (from: number, until: number, step: number) =>
  Array.from({ length: Math.ceil((until - from) / step) }, (_, at) => from + at * step);

test('V11 a number is compared with the same length before, each as far as is final', async () => {
  // Twice as many events in the newest minute; the newest event is at 179.5 s: final is what ends at 160 s or before.
  events([...range(0, 120, 1), ...range(120, 180, 0.5)]);
  const { rows, versus } = picture('n', 60);
  expect(rows[0]?.value).toBe(await count(120, 180));
  expect(versus).toEqual({ fromUs: 120 * SECOND, untilUs: 160 * SECOND, overUs: 60 * SECOND, now: 80, before: 40 });
  expect([await count(120, 160), await count(60, 100)]).toEqual([80, 40]);
  // States are merged, values are not: seven users are seven in any stretch.
  expect(picture('users', 60).versus).toMatchObject({ now: 7, before: 7 });
});

test('V11 a late row changes what is compared, and so does a watermark that moves on', () => {
  events(range(0, 180, 1));
  expect(picture('n', 60).versus).toMatchObject({ untilUs: 160 * SECOND, now: 40, before: 40 });
  events([70.5, 71.5, 130.5, 179]);
  expect(picture('n', 60).versus).toMatchObject({ untilUs: 160 * SECOND, now: 41, before: 42 });
  engine.progress('shop', {}, 175 * SECOND);
  expect(picture('n', 60).versus).toMatchObject({ untilUs: 170 * SECOND, now: 51, before: 52 });
});

test('V11 nothing is compared with a time that is not all there, nor when little is final', () => {
  events(range(0, 180, 1));
  expect(picture('n', 60).versus).not.toBeNull();
  expect(picture('n', 120).versus).toBeNull();
  // Of 20 s none are final.
  expect(picture('n', 20).versus).toBeNull();
  const newest = engine.picture(foldOf('w', 'n', { over: null }));
  expect(newest).toMatchObject({ versus: null });
});

const steady = (fromS: number, untilS: number) => events(range(fromS, untilS, 1));

test('V11 nothing is compared across a time of which records are known to be lost', () => {
  const lostS = 200;
  const lose: readonly (() => void)[] = [
    () => engine.begin('shop', 'gap', { epoch: 'e1', next: { 0: offset } }),
    () => engine.gap('shop', 0, offset),
  ];
  let start = 0;
  for (const tell of lose) {
    steady(start, start + 340);
    expect(picture('n', 120).versus).toMatchObject({ overUs: 120 * SECOND });
    offset += lostS;
    tell();
    // What was final before it still is, and nothing was lost of that.
    expect(picture('n', 120).versus).not.toBeNull();
    const again = start + 340 + lostS;
    engine.progress('shop', {}, again * SECOND);
    steady(again, again + 100);
    for (const overS of [40, 120, 200])
      expect([overS, picture('n', overS).versus !== null]).toEqual([overS, overS < 100 && overS * 2 <= 100]);
    steady(again + 100, again + 360);
    expect(picture('n', 120).versus).toMatchObject({ now: 100, before: 100 });
    expect(picture('n', 240).versus).toBeNull();
    start = again + 360;
  }
});

test('V11 what is missing from one partition is missing, though others go on', () => {
  steady(0, 200);
  engine.gap('shop', 1, 50);
  steady(200, 500);
  // Nothing came of that partition: what it lost may be of any time since.
  expect(picture('n', 60).versus).toBeNull();
  const late = Array.from({ length: 10 }, (_, second) => ({ timeUs: (500 + second) * SECOND, user_id: 1 }));
  engine.apply([testFrame(schema, late, { partition: 1, firstOffset: 50, watermarkUs: 484 * SECOND })], 7);
  steady(510, 660);
  expect(picture('n', 60).versus).not.toBeNull();
  expect(picture('n', 120).versus).toBeNull();
});

test('V11 the stream begins within its first pane: nothing is compared with that one', () => {
  steady(9, 115);
  expect(picture('n', 60).versus).toBeNull();
  steady(115, 125);
  expect(picture('n', 60).versus).toMatchObject({ fromUs: 70 * SECOND, now: 30, before: 30 });
});
