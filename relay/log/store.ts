import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { Log, LogEvents } from './log.ts';
import { MemoryLog, type MemoryLogOptions } from './memory.ts';

/** Where a stream's log is kept. */
export interface LogStore {
  /** Is what it keeps there after a restart? */
  readonly isLasting: boolean;
  /** What an earlier run left; null: nothing. Rejects where it cannot be read. */
  restore(use: LogUse): Promise<RestoredLog | null>;
  /** A new log, in place of any other; rejects where there is no room. */
  create(begin: Position, use: LogUse): Promise<Log>;
  /** The log no longer joins what comes, though the source may be the same: what comes has another epoch then. */
  leave(left: LeftEpoch): Promise<void>;
  /** What the epochs of the source are followed by, since logs were left. */
  readonly epochSuffix: string;
  /** Epochs that were left, and why. */
  readonly left: readonly LeftEpoch[];
}

export interface LogUse {
  readonly schemaOf: (version: number) => StreamSchema | null;
  readonly events: LogEvents;
}

export interface LeftEpoch {
  readonly epoch: string;
  /** In a sentence for the viewer. */
  readonly reason: string;
  /** Left out by versions that did not say. */
  readonly atMs?: number | undefined;
}

export interface RestoredLog {
  readonly log: Log;
  /** Where the relay began to read, in this epoch. */
  readonly begin: Position;
  readonly schemas: readonly StreamSchema[];
  /** Partition → where what is whole ends; its head may be beyond, where the end was damaged. */
  readonly certain: ReadonlyMap<number, number>;
  readonly watermarkUs: number;
  /** Partition → newest event time. */
  readonly newestUs: ReadonlyMap<number, number>;
  /** Why it is not to be gone on with; null: it is. */
  readonly unfit: string | null;
}

/** Logs that end with the process. */
export function memoryStore(options: Omit<MemoryLogOptions, 'events'>): LogStore {
  return {
    isLasting: false,
    restore: async () => null,
    create: async (_begin, { events }) => new MemoryLog({ ...options, events }),
    leave: async () => undefined,
    epochSuffix: '',
    left: [],
  };
}
