import type { Position } from '../../contract/protocol/position.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import type { Log } from '../log/log.ts';
import type { StartFrom } from '../sources/source.ts';

/** How a subscription is answered, and where its rows come from. (P5) */
export type Outcome =
  | {
      readonly from: 'log';
      readonly outcome: 'fresh' | 'resumed' | 'gap' | 'reset';
      readonly position: Position;
      readonly reason: string | null;
      readonly missing: number | null;
    }
  /** The log does not reach: the source is read again from `start`, which decides between `outcome`, gap and reset. */
  | {
      readonly from: 'source';
      readonly outcome: 'fresh' | 'resumed' | 'reset';
      readonly start: StartFrom;
      readonly reason: string | null;
    };

export interface Asked {
  readonly from: SubscribeFrom;
  /** Where the relay began to read, in this epoch. */
  readonly opened: Position;
  readonly log: Pick<Log, 'floor' | 'head' | 'seek' | 'since'>;
  readonly replayable: boolean;
  readonly paced: boolean;
  /** Why the epoch asked for was left; null where that is not known. */
  readonly leftBecause?: string | null;
}

const NOT_WHOLE = 'the relay does not have all of the time asked for, and the source keeps no past';
const RESTARTED = 'the relay restarted; messages sent meanwhile are not known';
const OTHER_PAST = 'the source is another than the one this page has rows of (a topic or file was made anew)';
const FORGOTTEN = 'the relay no longer has these records, and the source keeps no past';

export function decideOutcome(asked: Asked): Outcome {
  const { from, opened, log, replayable, paced, leftBecause = null } = asked;
  const { epoch } = opened;
  const floor: Position = { epoch, next: toNext(log.floor()) };
  const whole = log.seek(opened.next) !== null || paced;
  if (from !== 'start' && 'sinceUs' in from) return decideSince(from.sinceUs, asked);
  if (from === 'start') {
    const lost = distance(opened.next, log.floor());
    if (lost > 0 && replayable && !paced) return { from: 'source', outcome: 'fresh', start: opened, reason: null };
    const reason = lost > 0 ? `the ${lost} records before this are no longer kept by the relay` : null;
    return { from: 'log', outcome: 'fresh', position: floor, reason, missing: lost > 0 ? lost : null };
  }
  if (from.epoch !== epoch) {
    const reason = leftBecause === null ? OTHER_PAST : `the relay began this stream anew: ${leftBecause}`;
    if (!replayable && leftBecause === null)
      return { from: 'log', outcome: 'gap', position: floor, reason: RESTARTED, missing: null };
    return whole || !replayable
      ? { from: 'log', outcome: 'reset', position: floor, reason, missing: null }
      : { from: 'source', outcome: 'reset', start: opened, reason };
  }
  const next = { ...opened.next, ...from.next };
  const position: Position = { epoch, next };
  const lost = distance(next, log.floor());
  const ahead = [...log.head()].some(([partition, head]) => (next[partition] ?? 0) > head);
  if (lost === 0 && (!ahead || paced))
    return { from: 'log', outcome: 'resumed', position, reason: null, missing: null };
  if (replayable && !paced) return { from: 'source', outcome: 'resumed', start: position, reason: null };
  if (lost > 0)
    return { from: 'log', outcome: 'gap', position: atLeast(position, log.floor()), reason: FORGOTTEN, missing: lost };
  return { from: 'log', outcome: 'reset', position: floor, reason: OTHER_PAST, missing: null };
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

function toNext(offsets: ReadonlyMap<number, number>): Record<string, number> {
  return Object.fromEntries([...offsets].map(([partition, offset]) => [String(partition), offset]));
}
