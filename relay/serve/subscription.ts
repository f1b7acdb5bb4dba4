import type { Down } from '../../contract/protocol/down.ts';
import { type Position, REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import type { Log, LogEntry, LogExtent } from '../log/log.ts';
import { positionOf, type StartFrom } from '../sources/source.ts';
import type { StreamFeed } from '../stream-feed.ts';
import { CatchUp, type CatchUpLoss } from './catch-up.ts';
import { ConflatedReader, type Conflators } from './conflation.ts';
import { decideOutcome, distance, type Outcome } from './outcome.ts';
import { isBlockStart, isPartlyHad, type PackedBlock, type PackedRun } from './packed-log.ts';
import { PastFilter } from './past-filter.ts';

/**
 * One stream on one socket. (P5, F4, F5)
 *
 *     waiting ─ opened ─▶ log ◀─ the log reaches ─ catching-up          waiting: the source is not open yet
 *                          └─ its floor passed us ─▶ catching-up, or a gap where the source keeps no past
 */
export interface SubscriptionOutput {
  send(message: Down): void;
  /** Sends a frame and takes its payload from the credit. */
  frame(message: Uint8Array, payloadBytes: number): void;
  /** There may be something to deliver. */
  wake(): void;
  /** Nothing more will be delivered: the source cannot be read for this subscription. */
  failed(message: string): void;
}

const MAX_PASSED = 1_000;
const REPLAYED_LET_GO = 'the relay no longer keeps these replayed dead letters';

type Answer = Omit<Extract<Outcome, { from: 'log' }>, 'from'>;

type State =
  | { readonly kind: 'waiting'; readonly from: SubscribeFrom }
  | { readonly kind: 'log'; cursor: number; packed: PackedRun | null }
  | { readonly kind: 'catching-up'; readonly reader: CatchUp }
  | { readonly kind: 'closed' };

type LogState = Extract<State, { kind: 'log' }>;

export class Subscription {
  readonly #feed: StreamFeed;
  readonly #output: SubscriptionOutput;
  readonly #schemas = new Set<number>();
  readonly #unlisten: () => void;
  readonly #conflators: Conflators;
  #conflated: ConflatedReader;
  /** Records left out since it was answered. (F8) */
  #left = 0;
  #state: State;
  /** What the next answer has to say of the past it leaves; null: nothing. */
  #otherPast: Omit<Answer, 'position' | 'missing'> | null = null;
  /** Partition → next offset to deliver. */
  #next: Record<string, number> = {};
  #epoch = '';
  #progress = '';
  /** Entries not sent since others had their turn: they take no credit, and a log may be full of them. */
  #passed = 0;
  #past = new PastFilter(null);

  constructor(feed: StreamFeed, from: SubscribeFrom, output: SubscriptionOutput, conflators: Conflators) {
    this.#feed = feed;
    this.#output = output;
    this.#conflators = conflators;
    this.#conflated = new ConflatedReader(conflators, feed);
    this.#state = { kind: 'waiting', from };
    this.#unlisten = feed.listen({
      opened: () => this.#begin(),
      atEnd: () => this.#begin(),
      appended: () => {
        this.#begin();
        output.wake();
      },
      reset: (reason) => this.#reset(reason),
    });
    this.#begin();
  }

  close(): void {
    if (this.#state.kind === 'catching-up') this.#state.reader.close();
    this.#state = { kind: 'closed' };
    this.#conflated.leave();
    this.#unlisten();
  }

  /** There was no credit, or no room in the network, when something may have been there to deliver. */
  held(): void {
    this.#conflated.held();
  }

  /** Records between it and the newest; null before it is answered. */
  get behindRecords(): number | null {
    const log = this.#log;
    return this.#state.kind === 'waiting' || log === null ? null : distance(this.#next, log.head());
  }

  /** The log now. Who has none of the replayed rows in it wants them from the first on. */
  get #log(): Log | null {
    const { opened } = this.#feed;
    if (opened?.log.head().has(REPLAY_PARTITION))
      this.#next[REPLAY_PARTITION] ??= opened.position.next[REPLAY_PARTITION] ?? 0;
    return opened?.log ?? null;
  }

  /** Delivers one entry; false when there is none now. Called only while credit is left. */
  deliver(): boolean {
    if (this.#state.kind === 'catching-up') return this.#deliverCatchUp(this.#state.reader);
    return this.#state.kind === 'log' && this.#deliverLog(this.#state);
  }

  /** Tells how far the stream has come without rows, when that has changed and all rows before it were sent. */
  tellProgress(): void {
    const log = this.#log;
    if (this.#state.kind !== 'log' || log === null || this.#state.cursor < log.end) return;
    // The watermark may come of rows that are not shown yet.
    if (log.hidden > 0) return;
    const next = Object.fromEntries(log.head());
    // A tab that is ahead of this relay stays there.
    for (const [partition, offset] of Object.entries(this.#next))
      next[partition] = Math.max(offset, next[partition] ?? 0);
    this.#sendProgress(next, this.#feed.watermarkUs);
  }

  #begin(): void {
    const { opened } = this.#feed;
    if (this.#state.kind !== 'waiting' || opened === null) return;
    const { replayable, paced, atEnd } = this.#feed;
    const from = this.#state.from === 'start' ? this.#feed.start : this.#state.from;
    if (from === null) return;
    const left = typeof from === 'object' && 'epoch' in from ? this.#feed.left(from.epoch) : null;
    const answer = decideOutcome({ from, opened: opened.position, log: opened.log, replayable, paced, left });
    // What comes after all that was there is new, whatever its time.
    const isPast = typeof from === 'object' && 'sinceUs' in from && (!atEnd || answer.from === 'source');
    this.#past = new PastFilter(isPast ? from.sinceUs : null);
    if (answer.from === 'source') {
      this.#catchUp(answer.start, answer);
      return;
    }
    this.#answer(answer);
    this.#state = { kind: 'log', cursor: opened.log.seek(answer.position.next) ?? opened.log.start, packed: null };
    this.#output.wake();
  }

  #answer({ position, missing, ...answer }: Answer): void {
    const stream = this.#feed.name;
    const { outcome, reason, foundAtMs } = this.#otherPast ?? answer;
    this.#otherPast = null;
    this.#next = { ...position.next };
    this.#epoch = position.epoch;
    this.#progress = '';
    this.#left = 0;
    this.#conflated.leave();
    this.#conflated = new ConflatedReader(this.#conflators, this.#feed);
    if (outcome === 'reset') this.#schemas.clear();
    const found = foundAtMs === undefined ? {} : { foundAtMs };
    this.#output.send({ type: 'subscribed', stream, outcome, position, reason, missing, ...found });
    if (this.#feed.schema !== null) this.#sendSchema(this.#feed.schema.version);
  }

  /** `answer` null: the subscription was answered before, and goes on. */
  #catchUp(start: StartFrom, answer: Omit<Answer, 'position' | 'missing'> | null): void {
    const output = this.#output;
    const reader: CatchUp = new CatchUp(this.#feed, start, {
      begun: (sourceAt, loss) => {
        // The source knows nothing of replayed rows: the tab goes on after those that it has.
        const replayed = answer?.outcome === 'resumed' ? (positionOf(start)?.next[REPLAY_PARTITION] ?? null) : null;
        const begunAt = replayed === null ? sourceAt : at(sourceAt, { [REPLAY_PARTITION]: replayed });
        if (answer === null) {
          if (loss !== null) this.#gapTo(begunAt.next, loss);
        } else if (loss === null) this.#answer({ ...answer, position: begunAt, missing: null });
        else {
          const outcome = answer.outcome === 'resumed' ? 'gap' : answer.outcome;
          const { missing, foundAtMs } = loss;
          this.#answer({
            foundAtMs,
            ...answer,
            outcome,
            position: begunAt,
            reason: answer.reason ?? loss.reason,
            missing,
          });
        }
      },
      reset: (why) => {
        // Twice without an answer: the feed has yet to hear of the other past. The tab comes back a little later.
        const again = this.#otherPast !== null;
        this.#reset(why);
        if (again) output.failed(why);
        else this.#begin();
      },
      moved: () => this.#output.wake(),
      failed: (message) => this.#output.failed(message),
    });
    this.#state = { kind: 'catching-up', reader };
  }

  /** The source has another past now: everything begins again, as soon as it is open. */
  #reset(reason: string): void {
    if (this.#state.kind === 'closed') return;
    if (this.#state.kind === 'catching-up') this.#state.reader.close();
    if (this.#state.kind !== 'waiting') {
      this.#otherPast = { outcome: 'reset', reason, foundAtMs: this.#feed.clock.nowMs() };
      this.#state = { kind: 'waiting', from: 'start' };
    }
  }

  #deliverLog(state: LogState): boolean {
    const log = this.#log;
    if (log === null) return false;
    if (state.packed === null && state.cursor < log.start) return this.#overtaken(state.cursor);
    for (;;) {
      if (this.#passed >= MAX_PASSED) return false;
      if (state.packed !== null) {
        if (this.#sendPacked(state, state.packed)) return true;
        continue;
      }
      const conflated = this.#conflated.next(log, this.#epoch, state.cursor, this.#next);
      if (conflated === 'wait') {
        setImmediate(() => this.#output.wake());
        return false;
      }
      if (conflated !== null) {
        state.cursor = conflated.cursor;
        if (conflated.entry !== null) return this.#sendConflated(conflated.entry, conflated.left);
        continue;
      }
      const block = this.#packedAt(log, state.cursor);
      if (block === 'wait') return false;
      if (block !== null) {
        state.packed = { ...block, at: 0 };
        continue;
      }
      const extent = log.extent(state.cursor);
      // Only what is sent is read.
      const isPassed = extent !== null && this.#isPassed(extent);
      const entry = extent === null || isPassed ? extent : log.get(state.cursor);
      // Nothing there yet; or it cannot be read any more, and the log has let go of it.
      if (entry === null) return state.cursor < log.start && this.#overtaken(state.cursor);
      state.cursor++;
      if (isPassed) this.#pass();
      if (this.#send(entry)) return true;
    }
  }

  /** A packed block, where nothing in it is passed. */
  #packedAt(log: Log, sequence: number): PackedBlock | 'wait' | null {
    if (!isBlockStart(sequence)) return null;
    const made = () => this.#output.wake();
    const block = this.#feed.packed(log)?.at(sequence, made, (extent) => !this.#isPassed(extent)) ?? null;
    return block !== null && block !== 'wait' && isPartlyHad(block, this.#next) ? null : block;
  }

  /** The block's next entry; false when the tab has it. Behind the last one the log goes on. */
  #sendPacked(state: LogState, packed: PackedRun): boolean {
    const entry = packed.entries[packed.at++];
    if (entry !== undefined && !this.#has(entry) && this.#send(entry)) return true;
    if (entry !== undefined) this.#pass();
    else Object.assign(state, { packed: null, cursor: packed.end });
    return false;
  }

  #sendConflated(entry: LogEntry, left: number): boolean {
    const sent = this.#send(entry);
    this.#left += left;
    if (left > 0) this.#output.send({ type: 'conflated', stream: this.#feed.name, records: this.#left });
    return sent;
  }

  /** The log has let go of what comes next: a slow tab, a very fast source, or a damaged disk. */
  #overtaken(cursor: number): boolean {
    const { opened, replayable, paced, name, clock } = this.#feed;
    if (opened === null) return false;
    if (distance(this.#next, opened.log.floor()) > 0) {
      if (replayable && !paced) {
        this.#catchUp({ epoch: this.#epoch, next: this.#next }, null);
        return false;
      }
      const reason =
        opened.log.lostReason(cursor) ?? `this page was slower than ${name}, and the relay keeps only so much`;
      this.#gapTo(Object.fromEntries(opened.log.floor()), { reason, foundAtMs: clock.nowMs() });
    }
    this.#tellFloorGaps(opened.log, cursor);
    this.#state = { kind: 'log', cursor: opened.log.start, packed: null };
    return true;
  }

  /** What has no offsets, lies just below the floor, and was not sent before the log let go of it. */
  #tellFloorGaps(log: Log, cursor: number): void {
    for (const [partition, { offset, sequence, reason, foundAtMs }] of log.floorGaps())
      if (this.#next[partition] === offset && sequence >= cursor) {
        const at = { epoch: this.#epoch, partition, firstOffset: offset, nextOffset: offset };
        this.#output.send({ type: 'gap', stream: this.#feed.name, ...at, reason, foundAtMs });
      }
  }

  #gapTo(next: Readonly<Record<string, number>>, { reason, foundAtMs }: Omit<CatchUpLoss, 'missing'>): void {
    for (const [partition, nextOffset] of Object.entries(next)) {
      const firstOffset = this.#next[partition] ?? 0;
      if (firstOffset >= nextOffset) continue;
      this.#next[partition] = nextOffset;
      const at = { epoch: this.#epoch, partition: Number(partition), firstOffset, nextOffset };
      this.#output.send({ type: 'gap', stream: this.#feed.name, ...at, reason, foundAtMs });
    }
  }

  #deliverCatchUp(reader: CatchUp): boolean {
    for (let entry = reader.take(); entry !== null; entry = reader.take()) if (this.#send(entry)) return true;
    this.#join(reader);
    return this.#state.kind === 'log' && this.#deliverLog(this.#state);
  }

  /**
   * From the source to the log: where the log reaches, no record is left out, and none below `#next` is sent again. A
   * source that had ended and has grown since is read further here than the log will ever reach: its end is the place.
   */
  #join(reader: CatchUp): void {
    const { opened } = this.#feed;
    const log = this.#log;
    const next = { ...this.#next };
    for (const [partition, offset] of Object.entries(reader.settled()))
      next[partition] = Math.max(offset, next[partition] ?? 0);
    if (opened === null || log === null || opened.position.epoch !== this.#epoch) return;
    // The source has no such records: of what the log let go of there is nothing to read again.
    const replayed = log.floor().get(REPLAY_PARTITION) ?? 0;
    if (replayed > (next[REPLAY_PARTITION] ?? 0)) {
      this.#gapTo({ [REPLAY_PARTITION]: replayed }, { reason: REPLAYED_LET_GO, foundAtMs: this.#feed.clock.nowMs() });
      next[REPLAY_PARTITION] = replayed;
    }
    const over = reader.finished && this.#feed.state.state === 'ended';
    const cursor = log.seek(next) ?? (over ? log.end : null);
    if (cursor === null) return;
    this.#state = { kind: 'log', cursor, packed: null };
    this.#next = next;
    this.#sendProgress({ ...next }, reader.watermarkUs);
    reader.close();
  }

  /** Does the tab have it already? */
  #has({ partition, firstOffset, nextOffset, kind }: LogExtent): boolean {
    const wanted = this.#next[partition] ?? firstOffset;
    // A gap of unknown size has no offsets in it.
    return nextOffset < wanted || (nextOffset === wanted && kind === 'frame');
  }

  #isTooOld(entry: LogExtent): boolean {
    return entry.kind === 'frame' && this.#past.isTooOld(entry);
  }

  #isPassed(extent: LogExtent): boolean {
    return this.#has(extent) || this.#isTooOld(extent);
  }

  /** Of many that are not sent in a row, a part at a time. */
  #pass(): void {
    if (++this.#passed < MAX_PASSED) return;
    setImmediate(() => {
      this.#passed = 0;
      this.#output.wake();
    });
  }

  /** False when the tab has it already. A frame that is sent comes with its message. */
  #send(entry: LogEntry | LogExtent): boolean {
    if (this.#has(entry)) return false;
    this.#next[entry.partition] = entry.nextOffset;
    if (entry.kind === 'progress') this.#sendProgress({ [entry.partition]: entry.nextOffset }, entry.watermarkUs);
    else if (this.#isTooOld(entry)) this.#sendProgress({ [entry.partition]: entry.nextOffset }, null);
    else if (entry.kind === 'gap') {
      const { kind: type, partition, firstOffset, nextOffset, reason, foundAtMs } = entry;
      const at = { stream: this.#feed.name, epoch: this.#epoch, partition, firstOffset, nextOffset };
      this.#output.send({ type, ...at, reason, foundAtMs });
    } else if ('message' in entry) {
      this.#sendSchema(entry.schemaVersion);
      this.#output.frame(entry.message, entry.payloadBytes);
    }
    return true;
  }

  #sendSchema(version: number): void {
    if (this.#schemas.has(version)) return;
    const schema = this.#feed.schemaOf(version);
    if (schema === null) return;
    this.#schemas.add(version);
    this.#output.send(schema);
  }

  #sendProgress(next: Record<string, number>, watermarkUs: number | null): void {
    const progress = JSON.stringify([next, watermarkUs]);
    if (progress === this.#progress) return;
    this.#progress = progress;
    this.#output.send({ type: 'progress', stream: this.#feed.name, epoch: this.#epoch, next, watermarkUs });
  }
}

function at({ epoch, next }: Position, more: Readonly<Record<string, number>>): Position {
  return { epoch, next: { ...next, ...more } };
}
