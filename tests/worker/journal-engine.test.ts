import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { createDelivery, type Delivery } from '../../worker/connection/delivery.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import type { JournalFiles } from '../../worker/journal/files.ts';
import { createJournal, type Journal, noJournal } from '../../worker/journal/journal.ts';
import { nodeFiles } from '../../worker/journal/node-files.ts';
import { type TestRow, testFrame, testSchema } from '../support/frames.ts';
import { memoryFiles } from './memory-files.ts';

/** The real engine, made again from what a tab kept, is the engine that never stopped: rows, windows, counters. */
const SECOND = 1_000_000;
const START_US = 1_700_000_000 * SECOND;
const still: Clock = { nowMs: () => 1000, after: () => () => {} };

const WINDOWS: Record<string, WindowSpec> = Object.fromEntries(
  Object.entries({
    minutes: {
      from: 's',
      window: 'tumble(1m)',
      by: ['action'],
      select: { events: 'count()', users: 'count_distinct(user)', total: 'sum(user)', last: 'last(user)' },
      late: { allow: '20s' },
    },
    sliding: { from: 's', window: 'hop(2m, 30s)', select: { events: 'count()', p: 'quantile(user, 0.9)' } },
    visits: { from: 's', window: 'session(15s)', by: ['user'], select: { events: 'count()' } },
    once: { from: 's', window: 'tumble(5m)', dedup: { by: ['user'], within: '10m' }, select: { users: 'count()' } },
    busiest: { from: 'minutes', window: 'tumble(5m)', select: { most: 'max(events)' } },
  }).map(([name, spec]) => [name, WindowSpecSchema.parse(spec)]),
);

type Given = Parameters<Delivery['frame']>[0] | { readonly message: Parameters<Delivery['message']>[0] };

const ACTIONS = ['view', 'cart', 'buy', null];
const first = testSchema('s', { user: 'int64', action: 'string' });
const second = testSchema('s', { user: 'int64', action: 'string', price: 'float64' }, 2);

/**
 * What a relay sends of one past: frames of two partitions, out of order and some late, of two versions, with gaps. Of the
 * pasts before it knows the schemas.
 */
function giving(numbers: readonly number[], epoch: string, known: readonly Given[] = [{ message: first }]): Given[] {
  const next: [number, number] = [0, 0];
  let nowUs = START_US;
  let watermarkUs: number | null = null;
  const given = [...known];
  for (const [index, number] of numbers.entries()) {
    const partition = number & 1;
    const from = next[partition] ?? 0;
    if (number % 13 === 0) {
      next[partition] = from + 3;
      given.push({
        message: {
          type: 'gap',
          stream: 's',
          epoch,
          partition,
          firstOffset: from,
          nextOffset: from + 3,
          reason: 'gone',
        },
      });
    } else if (number % 11 === 0) {
      watermarkUs = Math.max(watermarkUs ?? 0, nowUs - 10 * SECOND);
      given.push({ message: { type: 'progress', stream: 's', epoch, next: { 0: next[0], 1: next[1] }, watermarkUs } });
    } else {
      const version = index > numbers.length / 2 ? second : first;
      if (version === second && !given.some((one) => 'message' in one && one.message === second))
        given.push({ message: second });
      const rows: TestRow[] = Array.from({ length: 1 + (number % 40) }, (_, row) => {
        nowUs += ((number * 7 + row * 13) % 9) * SECOND * 0.2;
        const backUs = (number + row) % 17 === 0 ? 90 * SECOND : ((number * row) % 5) * SECOND;
        const user = (number * 31 + row) % 7;
        return { timeUs: Math.round(nowUs - backUs), user, action: ACTIONS[(number + row) & 3], price: row / 4 };
      });
      next[partition] = from + rows.length;
      const frame = testFrame(version, rows, { partition, firstOffset: from, watermarkUs, epoch });
      given.push({ frame, receivedAtMs: 1 });
      watermarkUs = Math.max(watermarkUs ?? 0, frame.header.maxEventTimeUs - 10 * SECOND);
    }
  }
  return given;
}

interface Tab {
  readonly engine: Engine;
  readonly delivery: Delivery;
  readonly journal: Journal;
}

async function openTab(journal: Journal): Promise<Tab> {
  const engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0 });
  const giveWindows = () => engine.windows(WINDOWS);
  const delivery = createDelivery({
    engine: () => engine,
    send: () => {},
    journal,
    nowMs: still.nowMs,
    clockAheadMs: () => null,
    onSchema: giveWindows,
  });
  await journal.open();
  giveWindows();
  for await (const entries of journal.read()) delivery.restore(entries);
  delivery.live(['s']);
  return { engine, delivery, journal };
}

/** From the position the tab has; what is below it comes again, whole. */
function give(
  { engine, delivery, journal }: Tab,
  epoch: string,
  given: readonly Given[],
  before: Tab['delivery'] | null,
): void {
  const position = engine.position('s');
  const outcome = position === null ? 'fresh' : position.epoch === epoch ? 'resumed' : 'reset';
  if (before === null || outcome === 'reset')
    delivery.message({
      type: 'subscribed',
      stream: 's',
      outcome,
      position: outcome === 'resumed' && position ? position : { epoch, next: { 0: 0, 1: 0 } },
      reason: outcome === 'reset' ? 'another past' : null,
      missing: null,
    });
  for (const one of given) {
    if ('message' in one) delivery.message(one.message);
    else delivery.frame(one);
    if (one === given.at(-1) || ('frame' in one && one.frame.header.rows % 3 === 0))
      while (delivery.pending) {
        delivery.tick();
        journal.commit();
      }
  }
}

/**
 * Everything that can be seen of it but how often something came again and how many groups there is room for, by
 * estimate; what was counted of earlier pasts, when there were, is counted by the engine that has seen them.
 */
async function seen({ engine }: Tab, pasts: number) {
  const { duplicates: _, received, released, late, ...state } = engine.streamState('s');
  const tables: Record<string, unknown> = {};
  for (const table of ['s', '"too_late"."s"', ...Object.keys(WINDOWS)])
    tables[table] = await engine.query(`SELECT * FROM ${table} ORDER BY ALL`);
  const windows = Object.keys(WINDOWS).map((name) => ({ ...engine.windowState(name), maxGroups: 0 }));
  return { state, tables, windows, counted: pasts === 1 ? { received, released, late } : received - released };
}

async function compare(
  pasts: readonly (readonly number[])[],
  files: JournalFiles,
  cut: (files: JournalFiles) => JournalFiles,
) {
  const reference = await openTab(noJournal());
  let tab: Tab | null = null;
  let kept = files;
  const journalOf = () => createJournal({ files: kept, clock: still, budgetBytes: 1e9, maxSegmentBytes: 6000 });
  let schemas: Given[] | undefined;
  for (const [index, numbers] of pasts.entries()) {
    const epoch = `e${index}`;
    const given = giving(numbers, epoch, schemas);
    schemas = given.filter((one) => 'message' in one && one.message.type === 'schema');
    give(reference, epoch, given, index === 0 ? null : reference.delivery);
    tab ??= await openTab(journalOf());
    give(tab, epoch, given.slice(0, Math.ceil(given.length * 0.6)), null);
    await new Promise((resolve) => setImmediate(resolve));
    tab.engine.close();
    kept = cut(kept);
    if (kept === files) await tab.journal.close();
    tab = await openTab(journalOf());
    give(tab, epoch, given, null);
  }
  if (tab === null) throw new Error('no past');
  // A crash cuts the newest segment alone: of another that is cut it says so.
  expect(tab.journal.status().state).toBe('on');
  expect(await seen(tab, pasts.length)).toEqual(await seen(reference, pasts.length));
  tab.engine.close();
  reference.engine.close();
  await tab.journal.close();
}

test('J1 the engine made again from any whole part of its journal is the one that never stopped', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin % 1e9));
  console.log(`journal engine: SEED=${seed}`);
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const past = fc.array(fc.nat(1000), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(fc.array(past, { minLength: 1, maxLength: 2 }), part, part, (pasts, file, at) =>
      compare(pasts, memoryFiles(), (files) => {
        const left = (files as ReturnType<typeof memoryFiles>).left();
        const names = [...left.contents.keys()].sort();
        const name = names[Math.min(names.length - 1, Math.floor(file * names.length))] ?? '';
        const bytes = left.contents.get(name) ?? new Uint8Array(0);
        left.contents.set(name, bytes.slice(0, Math.floor(at * bytes.length)));
        return left;
      }),
    ),
    { seed, numRuns: 3, endOnFailure: true },
  );
}, 240_000);

test('J1 in a folder too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-journal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const numbers = Array.from({ length: 60 }, (_, index) => (index * 37) % 101);
  await compare([numbers, numbers.toReversed()], nodeFiles(folder), (files) => files);
}, 240_000);

test('J2 windows that reach before what is kept are not claimed to be complete', async () => {
  const files = memoryFiles();
  const journalOf = () =>
    createJournal({ files: files.left(), clock: still, budgetBytes: 40_000, maxSegmentBytes: 6000 });
  const journal = createJournal({ files, clock: still, budgetBytes: 40_000, maxSegmentBytes: 6000 });
  const tab = await openTab(journal);
  const given = giving(
    Array.from({ length: 200 }, (_, index) => 1 + index * 7),
    'e',
  );
  for (let at = 0; at < given.length; at += 10) {
    give(tab, 'e', given.slice(at, at + 10), at === 0 ? null : tab.delivery);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const again = await openTab(journalOf());
  const whole = tab.engine.streamState('s');
  const part = again.engine.streamState('s');
  expect(part.positions).toEqual(whole.positions);
  expect(part.watermarkUs).toBe(whole.watermarkUs);
  expect(part.received).toBeLessThan(whole.received);
  expect(part.received).toBe(part.rows);
  const keptFromUs = again.engine.windowState('minutes')?.keptFromUs ?? 0;
  expect(keptFromUs).toBeGreaterThan(START_US);
  expect(keptFromUs).toBeLessThan(whole.maxEventTimeUs ?? 0);
  for (const name of ['sliding', 'visits', 'once']) expect(again.engine.windowState(name)?.keptFromUs).toBe(keptFromUs);
  // What is claimed is right.
  const claimed = (engine: Engine) =>
    engine.query(`SELECT * EXCLUDE (state) FROM minutes WHERE epoch_us(window_start) >= ${keptFromUs} ORDER BY ALL`);
  const rows = await claimed(again.engine);
  expect(rows.length).toBeGreaterThan(3);
  expect(rows).toEqual(await claimed(tab.engine));
  tab.engine.close();
  again.engine.close();
}, 240_000);
