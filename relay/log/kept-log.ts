import type { StreamSchema } from '../../contract/protocol/down.ts';
import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { EntryIndex } from './entry-index.ts';
import type { LogRecord, Opening } from './log-records.ts';
import type { Place } from './segments.ts';

/** An entry of a log on disk: where it is, and what has to be known without reading it. */
export interface KeptEntry {
  readonly kind: 'frame' | 'gap' | 'progress';
  readonly place: Place;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  /** Of frames; 0 elsewhere. */
  readonly schemaVersion: number;
  readonly maxEventTimeUs: number;
  readonly payloadBytes: number;
}

const NO_FRAME = { schemaVersion: 0, maxEventTimeUs: 0, payloadBytes: 0 };

/**
 * What a log on disk knows of itself in memory. It is made by taking its records one by one, as they are written or as
 * they are found again, so that a relay that starts anew knows what the one before it knew.
 */
export class KeptLog {
  epoch = '';
  begin: Readonly<Record<string, number>> = {};
  index = new EntryIndex<KeptEntry>();
  schemas: StreamSchema[] = [];
  /** MIN_TIME_US: none yet. */
  watermarkUs = MIN_TIME_US;
  /** By number: wall clock of its first and newest record, and the sequence after its last entry. */
  readonly segments = new Map<number, { readonly begunMs: number; newestMs: number; end: number }>();
  /** Segments before this one no longer join those after. */
  firstSegment = 0;

  /** Adds a record. Returns false for one that does not follow those before it, which says that some are missing. */
  take(record: LogRecord, place: Place): boolean {
    switch (record.kind) {
      case 'opening':
        this.#open(record, place.segment);
        return true;
      case 'schema':
        this.schemas.push(record.schema);
        return true;
      case 'partition':
        this.index.open(record.partition, record.offset, record.fromFirst);
        return true;
      case 'frame': {
        const { partition, firstOffset, nextOffset, maxEventTimeUs, watermarkBeforeUs, sealedAtUs } = record.header;
        if (this.index.head.get(partition) !== firstOffset) return false;
        const { schemaVersion } = record.header;
        const { kind, payloadBytes } = record;
        const frame = { kind, place, partition, firstOffset, nextOffset, schemaVersion, maxEventTimeUs, payloadBytes };
        this.index.push(frame, maxEventTimeUs);
        this.#seen(place, sealedAtUs / 1000, watermarkBeforeUs);
        return true;
      }
      case 'gap':
      case 'progress': {
        const { kind, partition, firstOffset, nextOffset, atMs } = record;
        const head = this.index.head.get(partition);
        if (head === undefined || head > firstOffset) return false;
        this.index.push({ kind, place, partition, firstOffset, nextOffset, ...NO_FRAME }, null);
        this.#seen(place, atMs, record.kind === 'progress' ? record.watermarkUs : null);
        return true;
      }
    }
  }

  /** What a segment begun now has to say first. */
  opening(segment: number, atMs: number): Opening {
    this.segments.set(segment, { begunMs: atMs, newestMs: atMs, end: 0 });
    const { epoch, begin, index, watermarkUs, schemas } = this;
    const newest = [...index.newestUs()].filter(([, us]) => us > MIN_TIME_US);
    return {
      format: 1,
      epoch,
      begin,
      next: toRecord(index.head),
      newestUs: toRecord(new Map(newest)),
      notFromFirst: index.notFromFirst(),
      watermarkUs: watermarkUs === MIN_TIME_US ? null : watermarkUs,
      schemas,
      atMs,
    };
  }

  /** The segment is let go, and its entries. */
  forget(segment: number): void {
    while (this.index.at(this.index.start)?.place.segment === segment) this.index.dropFirst();
    this.segments.delete(segment);
  }

  #open(opening: Opening, segment: number): void {
    this.segments.set(segment, { begunMs: opening.atMs, newestMs: opening.atMs, end: 0 });
    const follows =
      this.epoch === opening.epoch &&
      [...this.index.head].every(([partition, head]) => opening.next[partition] === head);
    if (!follows) this.#startAt(opening, segment);
    for (const [partition, offset] of Object.entries(opening.next)) {
      const fromFirst = !opening.notFromFirst.includes(Number(partition));
      this.index.open(Number(partition), offset, fromFirst, opening.newestUs[partition]);
    }
  }

  #startAt(opening: Opening, segment: number): void {
    this.epoch = opening.epoch;
    this.begin = opening.begin;
    this.schemas = [...opening.schemas];
    this.watermarkUs = opening.watermarkUs ?? MIN_TIME_US;
    this.firstSegment = segment;
    this.index = new EntryIndex();
  }

  #seen(place: Place, atMs: number, watermarkUs: number | null): void {
    const segment = this.segments.get(place.segment);
    if (segment !== undefined) Object.assign(segment, { newestMs: atMs, end: this.index.end });
    this.watermarkUs = Math.max(this.watermarkUs, watermarkUs ?? MIN_TIME_US);
  }
}

export function toRecord(map: ReadonlyMap<number, number>): Record<string, number> {
  return Object.fromEntries([...map].map(([partition, value]) => [String(partition), value]));
}
