import type { Clock } from '../../contract/clock.ts';
import type { ReplayResult } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { type Position, REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import type { BatchLimits } from '../batch/batcher.ts';
import type { OpenedLog } from '../feed-log.ts';
import type { Log, LogEntry } from '../log/log.ts';
import type { RowRules } from '../read-row.ts';
import type { Shaper } from '../shape/shaper.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type ReplayParts, replayLetters, tryLetters } from './replay.ts';
import type { LetterFilter } from './search.ts';

/** What replaying needs of the stream it is a part of. */
export interface FeedReplayParts {
  readonly stream: string;
  readonly clock: Clock;
  readonly limits: BatchLimits;
  readonly aheadUs: number | null;
  readonly letters: DeadLetters;
  /** Is the log there after a restart? */
  readonly isLasting: boolean;
  readonly shaper: () => Shaper;
  readonly makeShaper: (restored: readonly StreamSchema[]) => Shaper;
  /** The log now; null: there is none. */
  readonly opened: () => OpenedLog | null;
  readonly watermarkUs: () => number;
  readonly append: (entry: LogEntry, maxEventTimeUs: number) => void;
}

/** Replays of one stream's dead letters into its log, one at a time. (X5) */
export class FeedReplay {
  readonly #parts: FeedReplayParts;
  #running: Promise<unknown> = Promise.resolve();
  #log: Log | null = null;
  /** Of the replay partition: appended up to here, and kept up to here. */
  #tail = 0;
  #keptTo = 0;
  #waiters: { readonly to: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(parts: FeedReplayParts) {
    this.#parts = parts;
  }

  /**
   * Where the replay partition of a new log begins, when not at 0: no offset of it may be one that a tab has of another log
   * of the same epoch, of this run or, where a log ends with the process, of an earlier one.
   */
  begin(epoch: string): number | null {
    const { letters, isLasting, clock } = this.#parts;
    if (!isLasting) return Math.round(clock.nowMs() * 1000);
    const begunTo = letters.replayBegunTo(epoch);
    return begunTo === 0 ? null : begunTo + 1;
  }

  /** The stream begins a log: what was replayed into the one before is no row any more. */
  beganNew({ position, log }: OpenedLog): void {
    const { letters } = this.#parts;
    const begin = beginOf(position);
    this.#goOn(log, begin, begin);
    letters.endReplay(position.epoch, 0);
    letters.keepRowsOf(null);
  }

  /** The stream goes on with a log: what had been begun in it is settled. `certain`: where it is whole, if not to its end. */
  restored({ position, log }: OpenedLog, certain: number | undefined): void {
    const { letters, clock } = this.#parts;
    const { epoch } = position;
    const [partition, head] = [REPLAY_PARTITION, log.head().get(REPLAY_PARTITION) ?? beginOf(position)];
    const [toldTo, begunTo] = [letters.replayedTo(epoch), letters.replayBegunTo(epoch)];
    // Rows that tabs may have: their offsets are given to no others.
    const lost = { kind: 'gap', partition, reason: REPLAYED_LOST, foundAtMs: clock.nowMs() } as const;
    if (head < toldTo) log.append({ ...lost, firstOffset: head, nextOffset: toldTo });
    const firstOffset = Math.max(head, toldTo);
    if (firstOffset < begunTo)
      log.append({ kind: 'progress', partition, firstOffset, nextOffset: begunTo, watermarkUs: null });
    this.#goOn(log, Math.max(head, begunTo), head);
    letters.endReplay(epoch, Math.min(certain ?? head, head));
    letters.keepRowsOf(epoch);
  }

  /** What the log tells of what it keeps. */
  kept(next: Readonly<Record<string, number>>): void {
    this.#keptTo = Math.max(this.#keptTo, next[REPLAY_PARTITION] ?? 0);
    const done = this.#waiters.filter(({ to }) => to <= this.#keptTo);
    this.#waiters = this.#waiters.filter(({ to }) => to > this.#keptTo);
    for (const { resolve } of done) resolve();
  }

  /** Letters that become rows by the rules of now, as rows at the end of the log. */
  replay(filter: LetterFilter): Promise<ReplayResult> {
    const result = this.#running.then(() => replayLetters(this.#replayParts(), filter));
    this.#running = result.catch(() => undefined);
    return result;
  }

  /** What `replay` would do; the stream's fields stay as they are. */
  try(filter: LetterFilter): Promise<ReplayResult> {
    const { schema } = this.#parts.shaper();
    const copy = this.#parts.makeShaper(schema === null ? [] : [schema]);
    return tryLetters(this.#parts.letters, this.#rules(copy), filter);
  }

  close(): void {
    this.#log = null;
    this.#giveUp();
  }

  #goOn(log: Log, tail: number, keptTo: number): void {
    this.#log = log;
    this.#tail = tail;
    this.#keptTo = keptTo;
    this.#giveUp();
  }

  #rules(shaper: Shaper): RowRules {
    const { aheadUs, clock } = this.#parts;
    return { shaper, aheadUs, nowMs: () => clock.nowMs() };
  }

  #replayParts(): ReplayParts {
    const { stream, clock, limits, letters, shaper, opened, watermarkUs, append } = this.#parts;
    const now = opened();
    if (now === null || now.log !== this.#log) throw notOpen(stream);
    const {
      log,
      position: { epoch },
    } = now;
    const checkOpen = (): void => {
      if (this.#log !== log || opened()?.log !== log) throw notOpen(stream);
    };
    return {
      stream,
      epoch,
      clock,
      limits,
      letters,
      watermarkUs,
      rules: this.#rules(shaper()),
      tail: () => this.#tail,
      append: (entry, maxEventTimeUs) => {
        checkOpen();
        append(entry, maxEventTimeUs);
        this.#tail = entry.nextOffset;
      },
      room: async () => {
        checkOpen();
        await log.room();
      },
      checkOpen,
      kept: () => this.#keptAll(),
    };
  }

  #keptAll(): Promise<void> {
    const to = this.#tail;
    if (to <= this.#keptTo) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ to, resolve, reject }));
  }

  #giveUp(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(notOpen(this.#parts.stream));
  }
}

/** Where the replay partition of a log begins. */
function beginOf({ next }: Position): number {
  return next[REPLAY_PARTITION] ?? 0;
}

const REPLAYED_LOST = 'the disk of the relay has lost these replayed dead letters';

function notOpen(stream: string): HighwaterError {
  return new HighwaterError(
    'source_failed',
    `${stream} has no log to replay into now`,
    'wait until its source is open, and replay again: what was not a row yet still waits',
  );
}
