import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import { RECORD_HEADER_BYTES } from '../../contract/protocol/record.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import { createDelivery, type Delivery } from '../../worker/connection/delivery.ts';
import { createJournal, type Journal } from '../../worker/journal/journal.ts';
import { headOf } from '../../worker/journal/read-segment.ts';
import { type MemoryFiles, memoryFiles } from './memory-files.ts';
import { ModelRelay } from './model-relay.ts';
import { createPositionEngine, type PositionEngine } from './position-engine.ts';

/**
 * Tabs that end at any moment, with what they kept cut or changed at any byte, against one that never did: a relay that
 * still has everything brings both to the same rows.
 */
const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin % 1e9));

const still: Clock = { nowMs: () => 1000, after: () => () => {} };
const STREAMS = ['s', 't'];

interface Tab {
  readonly engine: PositionEngine;
  readonly delivery: Delivery;
  readonly journal: Journal;
}

/** What the journal says of what it read; `either`: it is left to it. */
type Told = 'nothing' | 'damaged' | 'either';

async function openTab(
  files: MemoryFiles,
  relay: ModelRelay,
  maxSegmentBytes: number,
  budgetBytes: number,
  told: Told = 'nothing',
): Promise<Tab> {
  const engine = createPositionEngine();
  const journal = createJournal({ files, clock: still, budgetBytes, maxSegmentBytes });
  const asked: [string, SubscribeFrom][] = [];
  const delivery = createDelivery({
    engine: () => engine,
    send: (message) => {
      if (message.type === 'subscribe') asked.push([message.stream, message.from]);
    },
    journal,
    nowMs: still.nowMs,
    clockAheadMs: () => null,
    onSchema: () => {},
  });
  await journal.open();
  for await (const entries of journal.read()) delivery.restore(entries);
  expect(journal.status().state).toBe('on');
  const { message } = journal.status();
  if (told === 'damaged') expect(message).toMatch(/damaged/);
  else if (told === 'nothing') expect(message).toBeNull();
  delivery.live(STREAMS);
  for (const [stream, from] of asked) relay.subscribe(stream, from, delivery);
  return { engine, delivery, journal };
}

/** What is being opened is open, what is being removed is gone. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const stepArbitrary = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('frame' as const),
      stream: fc.nat(1),
      partition: fc.nat(2),
      rows: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('gap' as const),
      stream: fc.nat(1),
      partition: fc.nat(2),
      rows: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('schema' as const), stream: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('progress' as const), stream: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), stream: fc.nat(1) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('tick' as const), settle: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      /** Which file is damaged, where, and how. */
      file: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      damage: fc.constantFrom('none', 'cut', 'flip', 'flip in a length'),
      bit: fc.nat(7),
    }),
  },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

function damage(files: MemoryFiles, step: Extract<Step, { kind: 'crash' }>): { left: MemoryFiles; told: Told } {
  const left = files.left();
  const names = [...left.contents.keys()].sort();
  const name = names[Math.floor(step.file * names.length)];
  const bytes = name === undefined ? undefined : left.contents.get(name);
  if (name === undefined || bytes === undefined || step.damage === 'none' || bytes.length === 0)
    return { left, told: 'nothing' };
  const told = toldOf(left, name, step.damage);
  let at = Math.min(bytes.length - 1, Math.floor(step.at * bytes.length));
  if (step.damage === 'flip in a length') at = recordStart(bytes, at) + (at & 3);
  if (step.damage === 'cut') left.contents.set(name, bytes.slice(0, at));
  else bytes[at] = (bytes[at] ?? 0) ^ (1 << step.bit);
  return { left, told };
}

/** Where the record begins that holds the byte at `at`. */
function recordStart(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  for (let next = 0; next <= at; next += RECORD_HEADER_BYTES + view.getUint32(next, true)) start = next;
  return start;
}

/** A crash cuts the newest segment of a stream and no other; a bit that has flipped is told, but in what goes anyway. */
function toldOf({ contents }: MemoryFiles, name: string, damage: string): Told {
  const numbersOf = (segment: string) => segment.split('-').map(Number);
  const [, id, number] = numbersOf(name);
  if (number === undefined) return 'nothing';
  const newest = [...contents.keys()]
    .filter((other) => numbersOf(other)[1] === id)
    .reduce((most, other) => ((numbersOf(other)[2] ?? 0) > (numbersOf(most)[2] ?? 0) ? other : most), name);
  if (damage === 'cut') return name === newest ? 'nothing' : 'either';
  const pastOf = (segment: string) => headOf(contents.get(segment) ?? new Uint8Array(0))?.past;
  return pastOf(name) !== undefined && pastOf(name) === pastOf(newest) ? 'damaged' : 'either';
}

/** As the host does. */
function tick({ delivery, journal }: Pick<Awaited<ReturnType<typeof openTab>>, 'delivery' | 'journal'>): void {
  delivery.tick();
  journal.commit();
}

async function run(steps: readonly Step[], maxSegmentBytes: number, budgetBytes: number) {
  const relay = new ModelRelay(STREAMS);
  let files = memoryFiles();
  let tab = await openTab(files, relay, maxSegmentBytes, budgetBytes);
  /** What was damaged is mended in the files too. */
  let mended = true;
  for (const step of steps)
    switch (step.kind) {
      case 'tick':
        if (tab.delivery.pending) tick(tab);
        if (step.settle) await settled();
        mended ||= step.settle;
        break;
      case 'crash': {
        const { left, told } = damage(files, step);
        files = left;
        relay.drop();
        tab = await openTab(files, relay, maxSegmentBytes, budgetBytes, mended ? told : 'either');
        mended = tab.journal.status().message === null;
        break;
      }
      default:
        relay.add(
          step.kind,
          STREAMS[step.stream] ?? 's',
          'partition' in step ? step.partition : 0,
          'rows' in step ? step.rows : 0,
        );
    }
  while (tab.delivery.pending) tick(tab);
  await settled();
  expect(tab.journal.status().state).toBe('on');
  // And once more, from what it kept alone.
  relay.drop();
  const again = await openTab(files.left(), new ModelRelay(STREAMS), maxSegmentBytes, budgetBytes);
  return { relay, tab, again };
}

test('J1 J3 cut or damaged at any byte at any moment, a tab that opens again has every row once', async () => {
  console.log(`journal property: SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArbitrary, { maxLength: 80, size: 'max' }),
      fc.integer({ min: 1, max: 2000 }),
      async (steps, segmentBytes) => {
        const { relay, tab, again } = await run(steps, segmentBytes, 1e9);
        for (const stream of STREAMS) {
          expect(tab.engine.counted(stream).toSorted()).toEqual(relay.rows(stream).toSorted());
          expect(tab.engine.position(stream)).toEqual(relay.position(stream));
          expect(again.engine.counted(stream)).toEqual(tab.engine.counted(stream));
          expect(again.engine.keptFromUs(stream)).toBeNull();
        }
      },
    ),
    { seed, numRuns: 300 },
  );
}, 240_000);

test('J2 within any budget what is kept is the newest part, without a hole, and says that it is a part', async () => {
  console.log(`journal property: SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        stepArbitrary.filter((step) => step.kind !== 'crash' || !step.damage.startsWith('flip')),
        { maxLength: 120, size: 'max' },
      ),
      fc.integer({ min: 200, max: 2000 }),
      fc.integer({ min: 1000, max: 20_000 }),
      async (steps, segmentBytes, budgetBytes) => {
        const { relay, tab, again } = await run(steps, segmentBytes, budgetBytes);
        for (const stream of STREAMS) {
          const kept = again.engine.counted(stream);
          const all = relay.rows(stream);
          expect(new Set(kept).size).toBe(kept.length);
          expect(tab.engine.position(stream)).toEqual(relay.position(stream));
          for (const partition of ['0', '1', '2']) {
            const of = (rows: readonly string[]) => rows.filter((row) => row.startsWith(partition));
            expect(of(kept)).toEqual(of(all).slice(of(all).length - of(kept).length));
          }
          expect(again.engine.keptFromUs(stream) !== null).toBe(kept.length < all.length);
        }
      },
    ),
    { seed, numRuns: 300 },
  );
}, 240_000);
