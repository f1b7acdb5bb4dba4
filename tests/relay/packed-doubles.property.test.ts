import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import type { LogEntry } from '../../relay/log/log.ts';
import { encodeRows } from '../../relay/serve/encode-rows.ts';
import { packEntries } from '../../relay/serve/packed-log.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { testSchema } from '../support/frames.ts';

const SEED = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 2 ** 31);
const SECOND = 1_000_000;
const STREAMS = ['sealed', 'packed'] as const;
type Stream = (typeof STREAMS)[number];
const schemaOf = (stream: string) => testSchema(stream, { id: 'string', value: 'float64' });

const select = { n: 'count()', total: 'sum(value)', newest: 'last(value)' };
const dedup = { by: ['id'], within: '6s' };
const WINDOWS = {
  once: { window: 'tumble(10s)', dedup, select, late: { allow: '0s' } },
  some: { window: 'hop(10s, 5s)', where: 'value > 1', by: ['id'], dedup, select, late: { allow: '4s' } },
  visits: { window: 'session(3s)', dedup: { by: ['id', 'value'], within: '2s' }, select, late: { allow: '2s' } },
  all: { window: 'tumble(10s)', by: [], select, late: { allow: '0s' } },
};
const NAMES = Object.keys(WINDOWS);

let engine: Engine;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() });
  const windows = STREAMS.flatMap((stream) =>
    Object.entries(WINDOWS).map(([name, spec]) => [`${name}_${stream}`, { by: [], from: stream, ...spec }]),
  );
  for (const stream of STREAMS) {
    engine.schema(schemaOf(stream));
    engine.begin(stream, 'fresh', { epoch: 'e', next: {} });
  }
  expect(engine.windows(Object.fromEntries(windows))).toEqual([]);
});
afterAll(() => engine.close());

/** The watermark moves on by some seconds; events are so far from it, most of them ahead. */
const step = fc.record({
  kind: fc.constantFrom(...Array<'frame'>(12).fill('frame'), 'progress' as const, 'gap' as const),
  partition: fc.constantFrom(0, 0, 0, 0, 0, 1),
  movesBy: fc.constantFrom(0, 0, 1, 1, 2, 3),
  rows: fc.array(fc.record({ ahead: fc.integer({ min: -1, max: 12 }), id: fc.nat(5), value: fc.nat(3) }), {
    minLength: 1,
    maxLength: 4,
  }),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function entriesOf(stream: Stream, steps: readonly Step[]): LogEntry[] {
  const next = new Map<number, number>();
  let watermarkUs = MIN_TIME_US;
  let nowUs = 20 * SECOND;
  return steps.map(({ kind, partition, movesBy, rows }, at) => {
    const firstOffset = next.get(partition) ?? 0;
    const nextOffset = firstOffset + rows.length;
    next.set(partition, nextOffset);
    const place = { partition, firstOffset, nextOffset };
    if (movesBy > 0) {
      nowUs += movesBy * SECOND;
      watermarkUs = nowUs;
    }
    if (kind === 'progress') return { kind, ...place, watermarkUs: watermarkUs === MIN_TIME_US ? null : watermarkUs };
    if (kind === 'gap') return { kind, ...place, reason: 'gone', foundAtMs: at };
    return encodeRows(
      { ...place, stream, epoch: 'e', watermarkBeforeUs: watermarkUs, sealedAtUs: at },
      schemaOf(stream),
      rows.map(({ ahead, id, value }, row) => ({
        offset: firstOffset + row,
        eventTimeUs: nowUs + ahead * SECOND,
        cells: [`i${id}`, value],
      })),
    );
  });
}

/** As a tab that begins with a watermark does. */
async function readBy(stream: Stream, entries: readonly LogEntry[], beforeUs: number | null) {
  engine.begin(stream, 'reset', { epoch: 'e', next: { 0: 0, 1: 0 } });
  engine.progress(stream, {}, beforeUs);
  for (const entry of entries) {
    const { partition, nextOffset } = entry;
    if (entry.kind === 'frame') expect(engine.apply([decodeFrame(entry.message)], 0).hole).toBeNull();
    else if (entry.kind === 'gap') engine.gap(stream, partition, nextOffset);
    else engine.progress(stream, { [partition]: nextOffset }, entry.watermarkUs);
  }
  // What the next entry would have said.
  engine.progress(stream, {}, 30 * SECOND + 64 * 3 * SECOND);
  const { late, tooLate, received, duplicates, watermarkUs, positions } = engine.streamState(stream);
  const windows = [];
  for (const name of NAMES) {
    const rows = await engine.query(`SELECT * FROM ${name}_${stream} ORDER BY ALL`);
    const { tooLateRows, tooLateAssignments, duplicateRows, forgottenEvents } =
      engine.windowState(`${name}_${stream}`) ?? expect.fail(`${name} does not run`);
    windows.push({ name, rows, tooLateRows, tooLateAssignments, duplicateRows, forgottenEvents });
  }
  const rows = await engine.query(`SELECT * FROM ${stream} ORDER BY _partition, _offset`);
  return { late, tooLate, received, duplicates, watermarkUs, positions, windows, rows };
}

test('F10 W31 packed in order, a tab counts the same of every event that came more than once', async () => {
  let frames = 0;
  let packedFrames = 0;
  let doubles = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 64 }), fc.option(fc.nat(60)), async (steps, before) => {
      const beforeUs = before === null ? null : before * SECOND;
      const sealed = entriesOf('sealed', steps);
      const packed =
        packEntries(entriesOf('packed', steps), () => schemaOf('packed'), true) ?? expect.fail('not packed');
      const expected = await readBy('sealed', sealed, beforeUs);
      expect(await readBy('packed', packed, beforeUs)).toEqual(expected);
      frames += sealed.length;
      packedFrames += packed.length;
      doubles += expected.windows[0]?.duplicateRows ?? 0;
    }),
    { seed: SEED, numRuns: 60 },
  );
  // Otherwise nothing was tried.
  expect(packedFrames).toBeLessThan(frames * 0.9);
  expect(doubles).toBeGreaterThan(50);
});
