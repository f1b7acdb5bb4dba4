import type { Clock } from '../../contract/clock.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrameHeader } from '../../contract/protocol/frame.ts';
import type { KeptLog } from './kept-log.ts';
import type { LogEntry } from './log.ts';
import { encodeRecord, FRAME_KIND, type LogRecord } from './log-records.ts';
import type { Segments } from './segments.ts';

/** Writes entries, each behind what has to be known to read it: its partition, and the versions up to its own. */
export class LogWriter {
  readonly #segments: Segments;
  readonly #kept: KeptLog;
  readonly #clock: Clock;
  readonly #schemaOf: (version: number) => StreamSchema | null;
  /** Partitions that are on the disk. */
  readonly #recorded: Set<number>;

  constructor(
    segments: Segments,
    kept: KeptLog,
    { clock, schemaOf }: { readonly clock: Clock; readonly schemaOf: (version: number) => StreamSchema | null },
  ) {
    this.#segments = segments;
    this.#kept = kept;
    this.#clock = clock;
    this.#schemaOf = schemaOf;
    this.#recorded = new Set(kept.index.head.keys());
  }

  /**
   * Throws what the file system says; what was written before it stays, and is not written again. False: what was written
   * does not follow what is there.
   */
  write(entry: LogEntry): boolean {
    const atMs = this.#clock.nowMs();
    if (!this.#recorded.has(entry.partition)) this.#writePartition(entry.partition);
    if (entry.kind !== 'frame') {
      return this.#record({ ...entry, atMs });
    }
    this.#writeSchemas(entry.schemaVersion);
    const place = this.#segments.append(FRAME_KIND, entry.message);
    const { header } = decodeFrameHeader(entry.message);
    return this.#kept.take({ kind: 'frame', header, payloadBytes: entry.payloadBytes }, place);
  }

  #writePartition(partition: number): void {
    const { index } = this.#kept;
    const fromFirst = !index.notFromFirst().includes(partition);
    this.#record({ kind: 'partition', partition, offset: index.head.get(partition) ?? 0, fromFirst });
    this.#recorded.add(partition);
  }

  #writeSchemas(upTo: number): void {
    for (let version = (this.#kept.schemas.at(-1)?.version ?? 0) + 1; version <= upTo; version++) {
      const schema = this.#schemaOf(version);
      if (schema !== null) this.#record({ kind: 'schema', schema });
    }
  }

  #record(record: Exclude<LogRecord, { kind: 'frame' }>): boolean {
    return this.#kept.take(record, this.#segments.append(encodeRecord(record)));
  }
}
