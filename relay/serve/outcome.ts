import { type Position, REPLAY_PARTITION, recordsLost } from '../../contract/protocol/position.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import type { FloorGap } from '../log/entry-index.ts';
import type { Log } from '../log/log.ts';
import type { LeftEpoch } from '../log/store.ts';
import type { StartFrom } from '../sources/source.ts';

/** How a subscription is answered, and where its rows come from. (P5) */
export type Outcome =
  | {
      readonly from: 'log';
      readonly outcome: 'fresh' | 'resumed' | 'gap' | 'reset';
      readonly position: Position;
      readonly reason: string | null;
      readonly missing: number | null;
      /** When the loss was noticed; left out: now. */
      readonly foundAtMs?: number | undefined;
    }
  /** The log does not reach: the source is read again from `start`, which decides between `outcome`, gap and reset. */
  | {
      readonly from: 'source';
      readonly outcome: 'fresh' | 'resumed' | 'reset';
      readonly start: StartFrom;
      readonly reason: string | null;
      readonly foundAtMs?: number | undefined;
    };

export interface Asked {
  readonly from: SubscribeFrom;
  /** Where the relay began to read, in this epoch. */
  readonly opened: Position;
  readonly log: Pick<Log, 'floor' | 'head' | 'seek' | 'since' | 'floorGaps'>;
  readonly replayable: boolean;
  readonly paced: boolean;
  /** Why the epoch asked for was left, and when; null where that is not known. */
  readonly left?: Omit<LeftEpoch, 'epoch'> | null;
}

const NOT_WHOLE = 'the relay does not have all of the time asked for, and the source keeps no past';
const RESTARTED = 'the relay restarted; messages sent meanwhile are not known';
const OTHER_PAST = 'the source is another than the one this page has rows of (a topic or file was made anew)';
const OTHER_REPLAY =
  'this page has replayed dead letters that the relay no longer knows of (it kept them in memory, or its log was lost)';
const FORGOTTEN = 'the relay no longer has these records, and the source keeps no past';

export function decideOutcome(asked: Asked): Outcome {
  const { from, opened, log, replayable, paced, left = null } = asked;
  const { epoch } = opened;
  const floor: Position = { epoch, next: Object.fromEntries(log.floor()) };
  const whole = log.seek(opened.next) !== null || paced;
  if (from !== 'start' && 'sinceUs' in from) return decideSince(from.sinceUs, asked);
  if (from === 'start') {
    const lost = distance(opened.next, log.floor());
    if (lost > 0 && replayable && !paced) return { from: 'source', outcome: 'fresh', start: opened, reason: null };
    const missing = recordsLost(lost);
    const before = missing === null ? 'records' : `the ${missing} records`;
    const reason = lost > 0 ? `${before} before this are no longer kept by the relay` : null;
    return { from: 'log', outcome: 'fresh', position: floor, reason, missing };
  }
  if (from.epoch !== epoch) {
    const reason = left === null ? OTHER_PAST : `the relay began this stream anew: ${left.reason}`;
    const foundAtMs = left?.atMs;
    if (!replayable && left === null)
      return { from: 'log', outcome: 'gap', position: floor, reason: RESTARTED, missing: null };
    return whole || !replayable
      ? { from: 'log', outcome: 'reset', position: floor, reason, missing: null, foundAtMs }
      : { from: 'source', outcome: 'reset', start: opened, reason, foundAtMs };
  }
  if (!isOfThisLog(from.next[REPLAY_PARTITION], asked))
    return whole || !replayable
      ? { from: 'log', outcome: 'reset', position: floor, reason: OTHER_REPLAY, missing: null }
      : { from: 'source', outcome: 'reset', start: opened, reason: OTHER_REPLAY };
  const next = withReplayed({ ...sourcesOwn(opened.next), ...from.next }, opened, log);
  const position: Position = { epoch, next };
  const lost = distance(next, log.floor());
  const ahead = [...log.head()].some(([partition, head]) => (next[partition] ?? 0) > head);
  if (lost === 0 && (!ahead || paced)) {
    const gap = gapAt(next, log.floorGaps());
    if (gap === null) return { from: 'log', outcome: 'resumed', position, reason: null, missing: null };
    return { from: 'log', outcome: 'gap', position, ...gap, missing: null };
  }
  if (replayable && !paced) return { from: 'source', outcome: 'resumed', start: position, reason: null };
  if (lost > 0) {
    const missing = recordsLost(lost);
    return { from: 'log', outcome: 'gap', position: atLeast(position, log.floor()), reason: FORGOTTEN, missing };
  }
  return { from: 'log', outcome: 'reset', position: floor, reason: OTHER_PAST, missing: null };
}

/**
 * Can replayed rows up to this offset be of this log? Of another log of the same epoch they may be the same letters, or
 * others: nobody knows. (X5)
 */
function isOfThisLog(replayed: number | undefined, { opened, log }: Asked): boolean {
  if (replayed === undefined) return true;
  const begin = opened.next[REPLAY_PARTITION] ?? 0;
  return begin <= replayed && replayed <= (log.head().get(REPLAY_PARTITION) ?? begin);
}

/** A position that says nothing of replayed rows wants them from the first on, where there are any. */
function withReplayed(
  next: Readonly<Record<string, number>>,
  opened: Position,
  log: Pick<Log, 'head'>,
): Readonly<Record<string, number>> {
  return log.head().has(REPLAY_PARTITION) ? { [REPLAY_PARTITION]: opened.next[REPLAY_PARTITION] ?? 0, ...next } : next;
}

function sourcesOwn({ [REPLAY_PARTITION]: _, ...next }: Readonly<Record<string, number>>): Record<string, number> {
  return next;
}

/** P7: from the log where it reaches so far back; else by the times the source has of its records. */
function decideSince(sinceUs: number, { opened, log, replayable, paced }: Asked): Outcome {
  const { next, whole } = log.since(sinceUs);
  if (!whole && replayable && !paced)
    return { from: 'source', outcome: 'fresh', start: { sinceMs: Math.floor(sinceUs / 1000) }, reason: null };
  const reason = whole ? null : NOT_WHOLE;
  return { from: 'log', outcome: 'fresh', position: { epoch: opened.epoch, next }, reason, missing: null };
}

/** Offsets between a position and the floor above it, over all partitions. */
export function distance(next: Readonly<Record<string, number>>, floor: ReadonlyMap<number, number>): number {
  let records = 0;
  for (const [partition, offset] of floor) records += Math.max(0, offset - (next[partition] ?? 0));
  return records;
}

function atLeast(position: Position, floor: ReadonlyMap<number, number>): Position {
  const next = { ...position.next };
  for (const [partition, offset] of floor) next[partition] = Math.max(offset, next[partition] ?? 0);
  return { epoch: position.epoch, next };
}

/** A gap of unknown size that the log has let go of, and that a reader there may not have been told; null: none. */
export function gapAt(
  next: Readonly<Record<string, number>>,
  gaps: ReturnType<Log['floorGaps']>,
): Pick<FloorGap, 'reason' | 'foundAtMs'> | null {
  for (const [partition, { offset, reason, foundAtMs }] of gaps)
    if (next[partition] === offset) return { reason, foundAtMs };
  return null;
}
