import type { Position } from '../../contract/protocol/position.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import type { Log } from '../log/log.ts';

/** How a subscription is answered, and where its rows come from. (P5) */
export type Outcome =
  | {
      readonly from: 'log';
      readonly outcome: 'fresh' | 'resumed' | 'gap' | 'reset';
      readonly position: Position;
      readonly reason: string | null;
      readonly missing: number | null;
    }
  /** The log does not reach: the source is read again from `position`, which decides between `outcome`, gap and reset. */
  | {
      readonly from: 'source';
      readonly outcome: 'fresh' | 'resumed' | 'reset';
      readonly position: Position;
      readonly reason: string | null;
    };

export interface Asked {
  readonly from: SubscribeFrom;
  /** Where the relay began to read, in this epoch. */
  readonly opened: Position;
  readonly log: Pick<Log, 'floor' | 'head' | 'seek'>;
  readonly replayable: boolean;
  readonly paced: boolean;
}

const RESTARTED = 'the relay restarted; messages sent meanwhile are not known';
const OTHER_PAST = 'the source is another than the one this page has rows of (a topic or file was made anew)';
const FORGOTTEN = 'the relay no longer has these records, and the source keeps no past';

export function decideOutcome({ from, opened, log, replayable, paced }: Asked): Outcome {
  const { epoch } = opened;
  const floor: Position = { epoch, next: toNext(log.floor()) };
  const whole = log.seek(opened.next) !== null || paced;
  if (from === 'start' || 'sinceUs' in from) {
    const lost = distance(opened.next, log.floor());
    if (lost > 0 && replayable && !paced) return { from: 'source', outcome: 'fresh', position: opened, reason: null };
    const reason = lost > 0 ? `the ${lost} records before this are no longer kept by the relay` : null;
    return { from: 'log', outcome: 'fresh', position: floor, reason, missing: lost > 0 ? lost : null };
  }
  if (from.epoch !== epoch) {
    if (!replayable) return { from: 'log', outcome: 'gap', position: floor, reason: RESTARTED, missing: null };
    return whole
      ? { from: 'log', outcome: 'reset', position: floor, reason: OTHER_PAST, missing: null }
      : { from: 'source', outcome: 'reset', position: opened, reason: OTHER_PAST };
  }
  const next = { ...opened.next, ...from.next };
  const position: Position = { epoch, next };
  const lost = distance(next, log.floor());
  const ahead = [...log.head()].some(([partition, head]) => (next[partition] ?? 0) > head);
  if (lost === 0 && (!ahead || paced))
    return { from: 'log', outcome: 'resumed', position, reason: null, missing: null };
  if (replayable && !paced) return { from: 'source', outcome: 'resumed', position, reason: null };
  if (lost > 0)
    return { from: 'log', outcome: 'gap', position: atLeast(position, log.floor()), reason: FORGOTTEN, missing: lost };
  return { from: 'log', outcome: 'reset', position: floor, reason: OTHER_PAST, missing: null };
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
