import type { StreamSchema } from '../../contract/protocol/down.ts';
import { type FrameHeader, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { UNKNOWN_SPAN } from '../../contract/protocol/position.ts';
import { EntryIndex, type Indexed } from './entry-index.ts';
import type { LogRecord, Opening } from './log-records.ts';
import type { Place } from './segments.ts';

/** An entry of a log on disk: where it is, and what has to be known without reading it. */
export type KeptEntry = {
  readonly place: Place;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
} & (
  | {
      readonly kind: 'frame';
      readonly schemaVersion: number;
      readonly maxEventTimeUs: number;
      readonly payloadBytes: number;
    }
  | { readonly kind: 'gap'; readonly reason: string; readonly foundAtMs: number }
  | { readonly kind: 'progress'; readonly watermarkUs: number | null }
);

const DAMAGED = 'the disk of the relay has lost what it kept of these records, and the source keeps no past';

/**
 * What a log on disk knows of itself in memory. It is made by taking its records one by one, as they are written or as
 * they are found again, so that a relay that starts anew knows what the one before it knew.
 *
 * Behind damage nobody knows what was there, of any partition, until its next entry says where it stands:
 *
 *     entries of a partition   [10,14) [14,20) ░░░░░ [25,31)     of a source without a past: a gap [20,25)
 *                                                                else: what is before it is let go; the source has it
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
  readonly #replayable: boolean;
  readonly #nowMs: number;
  #damages = 0;
  /** Partition → how much of the damage is before its newest entry. */
  readonly #settled = new Map<number, number>();
  /** `begin` is what the first frames say. */
  #beginIsGuessed = false;
  /** The newest version that frames are of, and nobody can read. */
  #lostVersion = 0;
  /** Of the newest damage nothing was told yet. */
  #untold = false;

  /** `nowMs`: when damage is found. */
  constructor({ replayable, nowMs }: { readonly replayable: boolean; readonly nowMs: number }) {
    this.#replayable = replayable;
    this.#nowMs = nowMs;
  }

  /** Adds a record. Returns false for one that does not follow those before it. */
  take(record: LogRecord, place: Place): boolean {
    switch (record.kind) {
      case 'opening':
        this.#open(record, place);
        return true;
      case 'schema':
        this.schemas.push(record.schema);
        return true;
      case 'partition':
        this.index.open(record.partition, record.offset, record.fromFirst);
        return true;
      case 'frame': {
        const { header, kind, payloadBytes } = record;
        const { partition, firstOffset, nextOffset, schemaVersion, maxEventTimeUs } = header;
        if (this.epoch === '' && !this.#beginAt(header)) return true;
        this.#meet(place, partition, firstOffset);
        if (this.#isRepeated(record.header)) return true;
        if (this.index.head.get(partition) !== firstOffset) return false;
        if (this.#damages > 0 && !this.schemas.some(({ version }) => version === schemaVersion)) {
          // What says how to read it was damaged.
          this.#lostVersion = Math.max(this.#lostVersion, schemaVersion);
          this.#lose(place, partition, nextOffset);
          return true;
        }
        const extent = { partition, firstOffset, nextOffset };
        this.index.push({ kind, place, ...extent, schemaVersion, maxEventTimeUs, payloadBytes }, maxEventTimeUs);
        this.#seen(place, header.sealedAtUs / 1000, header.watermarkBeforeUs);
        return true;
      }
      case 'gap':
      case 'progress': {
        const { partition, firstOffset, nextOffset, atMs } = record;
        if (this.epoch === '') return true;
        this.#meet(place, partition, firstOffset);
        if (this.#isRepeated(record)) return true;
        const head = this.index.head.get(partition);
        if (head === undefined || head > firstOffset) return false;
        const extent = { partition, firstOffset, nextOffset };
        if (record.kind === 'gap') {
          const { kind, reason, foundAtMs = atMs } = record;
          this.index.push({ kind, place, ...extent, reason, foundAtMs }, null);
        } else this.index.push({ kind: record.kind, place, ...extent, watermarkUs: record.watermarkUs }, null);
        this.#seen(place, atMs, record.kind === 'progress' ? record.watermarkUs : null);
        return true;
      }
    }
  }

  /** Rows of a version whose fields nobody knows were given: another may not be given its number. */
  get lacksVersion(): boolean {
    return this.#lostVersion > (this.schemas.at(-1)?.version ?? 0);
  }

  /** What comes next was not next: something is missing before it. */
  damaged(): void {
    this.#damages++;
    this.#untold = true;
  }

  /** All was taken that was found. Returns the partitions whose ends may be missing: nothing came behind the damage. */
  settle(): number[] {
    const inDoubt = [...this.index.head.keys()].filter((partition) => this.#isInDoubt(partition));
    this.#damages = 0;
    this.#settled.clear();
    return inDoubt;
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
      next: Object.fromEntries(index.head),
      newestUs: Object.fromEntries(newest),
      notFromFirst: index.notFromFirst(),
      watermarkUs: watermarkUs === MIN_TIME_US ? null : watermarkUs,
      schemas,
      gaps: Object.fromEntries(index.headGaps()),
      atMs,
    };
  }

  /** The segment is let go, and its entries. */
  forget(segment: number): void {
    while (this.index.at(this.index.start)?.place.segment === segment) this.index.dropFirst();
    this.segments.delete(segment);
  }

  #open(opening: Opening, place: Place): void {
    this.segments.set(place.segment, { begunMs: opening.atMs, newestMs: opening.atMs, end: 0 });
    const heads = [...this.index.head];
    const follows =
      this.epoch === opening.epoch && heads.every(([partition, head]) => opening.next[partition] === head);
    const isBeyond =
      this.epoch === opening.epoch && heads.every(([partition, head]) => (opening.next[partition] ?? -1) >= head);
    if (this.#beginIsGuessed && this.epoch === opening.epoch) this.begin = opening.begin;
    this.#beginIsGuessed = false;
    if (!follows && (this.#replayable || !isBeyond)) this.#startAt(opening, place.segment);
    else if (!follows) this.damaged();
    for (const [partition, offset] of Object.entries(opening.next)) {
      const fromFirst = !opening.notFromFirst.includes(Number(partition));
      this.index.open(Number(partition), offset, fromFirst, opening.newestUs[partition]);
      this.#meet(place, Number(partition), offset);
      const gap = opening.gaps[partition];
      if (gap !== undefined) this.index.lost(Number(partition), gap);
    }
    this.schemas = [...opening.schemas];
    this.watermarkUs = Math.max(this.watermarkUs, opening.watermarkUs ?? MIN_TIME_US);
  }

  /** The opening is damaged: a frame says what epoch it is of. False: the source has it all, from the next opening on. */
  #beginAt({ epoch, partition, firstOffset }: FrameHeader): boolean {
    if (this.#replayable) return false;
    this.epoch = epoch;
    this.begin = { [partition]: firstOffset };
    this.#beginIsGuessed = true;
    return true;
  }

  #startAt(opening: Opening, segment: number): void {
    this.epoch = opening.epoch;
    this.begin = opening.begin;
    this.watermarkUs = MIN_TIME_US;
    this.firstSegment = segment;
    this.index = new EntryIndex();
    this.#untold = false;
  }

  #isInDoubt(partition: number): boolean {
    return (this.#settled.get(partition) ?? 0) < this.#damages;
  }

  /** Logs were written in which an entry is there again, as a file could not be removed when it was written first. */
  #isRepeated({ partition, firstOffset, nextOffset }: Omit<Indexed, 'kind'>): boolean {
    return nextOffset > firstOffset && nextOffset <= (this.index.head.get(partition) ?? 0);
  }

  /** Its next entry, or what an opening says, tells what damage has taken of a partition. */
  #meet(place: Place, partition: number, firstOffset: number): void {
    if (!this.#isInDoubt(partition)) return;
    this.index.open(partition, firstOffset, false);
    if (this.#untold || firstOffset > (this.index.head.get(partition) ?? 0)) this.#lose(place, partition, firstOffset);
    this.#settled.set(partition, this.#damages);
  }

  /** The partition goes on at `nextOffset`. Where it stands there already, nobody knows what was lost: perhaps a gap. */
  #lose(place: Place, partition: number, nextOffset: number): void {
    const head = this.index.head.get(partition) ?? 0;
    if (this.#replayable) {
      if (nextOffset <= head) return;
      while (this.index.dropFirst() !== null);
      this.index.skip(partition, nextOffset);
      this.firstSegment = place.segment;
      return;
    }
    this.#untold = false;
    const firstOffset = nextOffset - head < UNKNOWN_SPAN ? head : nextOffset;
    const gap = { kind: 'gap', place, partition, firstOffset, nextOffset } as const;
    this.index.push({ ...gap, reason: DAMAGED, foundAtMs: this.#nowMs }, null);
    this.#seen(place, this.segments.get(place.segment)?.newestMs ?? this.#nowMs, null);
  }

  #seen(place: Place, atMs: number, watermarkUs: number | null): void {
    const segment = this.segments.get(place.segment) ?? { begunMs: atMs, newestMs: atMs, end: 0 };
    this.segments.set(place.segment, Object.assign(segment, { newestMs: atMs, end: this.index.end }));
    this.watermarkUs = Math.max(this.watermarkUs, watermarkUs ?? MIN_TIME_US);
  }
}
