import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { MAX_RECORD_BYTES, RECORD_HEADER_BYTES, recordAt } from '../../contract/protocol/record.ts';
import { diskFiles, type SegmentFiles } from './segment-files.ts';
import { endOf, scanSegment } from './segment-scan.ts';

/**
 * Records in order in a folder, in files that are only ever appended to and are let go as a whole, oldest first:
 *
 *     folder/ 00000007.seg  00000008.seg  00000009.seg          each: opening records, records …
 *              └ oldest                    └ appended to        a record: length, CRC-32, body (contract/protocol/record.ts)
 *
 * A crash may leave the newest file's end cut or damaged: opening the folder cuts the file there. Damage with whole records
 * behind it is passed over. What comes after that goes to a new file. `append` hands bytes to the system, which a killed process cannot take back; `sync` waits for the
 * disk, which a power cut cannot take back.
 */
export interface SegmentsOptions {
  readonly folder: string;
  /** A segment that has reached so many is followed by another. */
  readonly segmentBytes: number;
  /** What every segment begins with, so that it can be read alone. Asked when one is begun. */
  readonly opening?: (segment: number) => readonly Uint8Array[];
  /** May a body begin with this byte? Default: with any. Asked where the next record behind damage is looked for. */
  readonly isFirstByte?: (byte: number) => boolean;
  readonly files?: SegmentFiles;
}

/** Where a record is. */
export interface Place {
  readonly segment: number;
  /** Of its header, from the beginning of the file. */
  readonly at: number;
  /** Of its body. */
  readonly bytes: number;
}

export interface Segment {
  readonly number: number;
  readonly bytes: number;
}

/** A stretch of a segment in which no record is whole. */
export interface Damage {
  readonly segment: number;
  readonly at: number;
  readonly bytes: number;
  /** It goes to the end of the file. In the newest segment that was cut off. */
  readonly isTail: boolean;
}

interface Kept {
  readonly number: number;
  bytes: number;
  file: number | null;
}

/** So many files are open for readers of what is older. */
const MAX_READERS = 8;
const MAX_SEGMENT_BYTES = 64 * 2 ** 20;
const MIN_SEGMENT_BYTES = 4 * 2 ** 10;
/** As so many of them are kept, letting one go lets go of a small part. */
export const SEGMENTS_KEPT = 16;

/** The size of segments of which `maxBytes` in all are kept. */
export function segmentBytesFor(maxBytes: number): number {
  return Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, Math.floor(maxBytes / SEGMENTS_KEPT)));
}

export class Segments {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #opening: (segment: number) => readonly Uint8Array[];
  readonly #files: SegmentFiles;
  readonly #kept: Kept[] = [];
  /** The one appended to; null until the first append, and after `roll`. */
  #active: Kept | null = null;
  /** Could not be begun: its file is removed before another is. */
  #unbegun: Kept | null = null;
  #nextNumber = 1;
  /** Written since they were last synced. */
  readonly #unsynced = new Set<Kept>();
  /** Being synced: their files stay open until that is over. */
  #inSync: readonly Kept[] = [];
  /** Open only to be read. */
  readonly #readers = new Set<Kept>();
  #folderChanged = false;
  #syncing: Promise<void> = Promise.resolve();

  private constructor(options: SegmentsOptions) {
    this.#folder = options.folder;
    this.#segmentBytes = options.segmentBytes;
    this.#opening = options.opening ?? (() => []);
    this.#files = options.files ?? diskFiles;
  }

  /**
   * Makes the folder where it is missing, and reads every record in it, oldest first; `damaged` is called in between, for
   * what cannot be read. `visit` gets views that are only good until it returns.
   */
  static async open(
    options: SegmentsOptions,
    visit: (body: Uint8Array, place: Place) => void,
    damaged: (damage: Damage) => void,
  ): Promise<Segments> {
    const segments = new Segments(options);
    const isFirstByte = options.isFirstByte ?? (() => true);
    if (segments.#files.makeFolder(options.folder)) await segments.#files.syncFolder(dirname(options.folder));
    const numbers = segments.#files
      .list(options.folder)
      .flatMap((name) => (/^\d{8,}\.seg$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b);
    for (const number of numbers) {
      segments.#scan(number, number === numbers.at(-1), isFirstByte, visit, damaged);
      await new Promise((resolve) => setImmediate(resolve));
    }
    segments.#nextNumber = (numbers.at(-1) ?? 0) + 1;
    return segments;
  }

  /** Oldest first, the one appended to included. */
  get list(): readonly Segment[] {
    return this.#kept;
  }

  get bytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Puts one record behind the others, its body in pieces so that none has to be copied together. Throws what the file
   * system says (ENOSPC …), and nothing has changed then.
   */
  append(...body: readonly Uint8Array[]): Place {
    if (this.#active !== null && this.#active.bytes >= this.#segmentBytes) this.#active = null;
    this.#active ??= this.#begin();
    return this.#write(this.#active, body);
  }

  /** Begins a segment now. Throws as `append` does. */
  begin(): void {
    this.#active = this.#begin();
  }

  /** The next record begins a segment. */
  roll(): void {
    this.#active = null;
  }

  /** The first bytes of a record's body, not checked. */
  readStart(place: Place, maxBytes: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(maxBytes, place.bytes));
    const file = this.#open(this.#keptOf(place));
    return bytes.subarray(0, this.#files.read(file, bytes, place.at + RECORD_HEADER_BYTES));
  }

  /** The body of a record. Throws where it is not whole any more. */
  read(place: Place): Uint8Array {
    const kept = this.#keptOf(place);
    const bytes = new Uint8Array(RECORD_HEADER_BYTES + place.bytes);
    this.#files.read(this.#open(kept), bytes, place.at);
    const record = recordAt(bytes, 0, crc32);
    if (record === null || record.body.length !== place.bytes)
      throw new Error(`${this.#path(place.segment)} is damaged at byte ${place.at}`);
    return record.body;
  }

  /**
   * Resolves when every record appended before the call is on the disk. Once it has rejected it always will: nobody can
   * know what a disk that failed has of what it was given.
   */
  sync(): Promise<void> {
    // One at a time: a call that comes meanwhile is for what came meanwhile.
    this.#syncing = this.#syncing.then(() => this.#sync());
    return this.#syncing;
  }

  /** Lets the oldest segment go; null where there is none but the one appended to. Throws as `append` does. */
  dropOldest(): Segment | null {
    const [oldest] = this.#kept;
    if (oldest === undefined || oldest === this.#active) return null;
    this.#forget(oldest);
    this.#kept.shift();
    return { number: oldest.number, bytes: oldest.bytes };
  }

  /** Syncs what is not, and lets go of the files. Nothing may be asked of it after. */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      for (const kept of this.#kept) this.#shut(kept);
    }
  }

  async #sync(): Promise<void> {
    this.#inSync = [...this.#unsynced];
    this.#unsynced.clear();
    const folderChanged = this.#folderChanged;
    this.#folderChanged = false;
    try {
      await Promise.all(this.#inSync.map(({ file }) => (file === null ? undefined : this.#files.sync(file))));
      if (folderChanged) await this.#files.syncFolder(this.#folder);
    } finally {
      const over = this.#inSync.filter((kept) => kept !== this.#active && !this.#unsynced.has(kept));
      this.#inSync = [];
      for (const kept of over) this.#shut(kept);
    }
  }

  #begin(): Kept {
    if (this.#unbegun !== null) this.#forget(this.#unbegun);
    this.#unbegun = null;
    const number = this.#nextNumber;
    const kept: Kept = { number, bytes: 0, file: this.#files.open(this.#path(number), 'create') };
    this.#kept.push(kept);
    try {
      for (const body of this.#opening(number)) this.#write(kept, [body]);
    } catch (error) {
      this.#kept.pop();
      try {
        this.#forget(kept);
      } catch {
        // Its name is needed again: tried again before that.
        this.#unbegun = kept;
      }
      throw error;
    }
    this.#nextNumber++;
    this.#folderChanged = true;
    return kept;
  }

  #write(kept: Kept, body: readonly Uint8Array[]): Place {
    const bytes = body.reduce((sum, piece) => sum + piece.length, 0);
    if (bytes === 0 || bytes > MAX_RECORD_BYTES)
      throw new Error(`a record has 1 to ${MAX_RECORD_BYTES} bytes, not ${bytes}`);
    const header = new Uint8Array(RECORD_HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint32(0, bytes, true);
    view.setUint32(
      4,
      body.reduce((sum, piece) => crc32(piece, sum), 0),
      true,
    );
    const place: Place = { segment: kept.number, at: kept.bytes, bytes };
    const file = this.#open(kept);
    try {
      this.#files.write(file, [header, ...body], place.at);
    } catch (error) {
      this.#files.cut(file, place.at);
      throw error;
    }
    kept.bytes += RECORD_HEADER_BYTES + bytes;
    this.#unsynced.add(kept);
    return place;
  }

  #scan(
    number: number,
    isNewest: boolean,
    isFirstByte: (byte: number) => boolean,
    visit: (body: Uint8Array, place: Place) => void,
    damaged: (damage: Damage) => void,
  ): void {
    const file = this.#files.open(this.#path(number), 'write');
    const kept: Kept = { number, bytes: 0, file };
    const bytes = Buffer.allocUnsafeSlow(this.#files.bytes(file));
    const read = bytes.subarray(0, this.#files.read(file, bytes, 0));
    let isTorn = false;
    for (const stretch of scanSegment(read, isFirstByte)) {
      const { kind, at } = stretch;
      if (kind === 'record') {
        visit(stretch.body, { segment: number, at, bytes: stretch.body.length });
        kept.bytes = endOf(stretch);
      } else {
        isTorn = at + stretch.bytes === read.length;
        damaged({ segment: number, at, bytes: stretch.bytes, isTail: isTorn });
      }
    }
    this.#kept.push(kept);
    if (isTorn && isNewest) {
      this.#files.cut(file, kept.bytes);
      this.#unsynced.add(kept);
    } else this.#shut(kept);
  }

  #keptOf({ segment }: Place): Kept {
    const kept = this.#kept.find(({ number }) => number === segment);
    if (kept === undefined) throw new Error(`segment ${segment} of ${this.#folder} was let go`);
    return kept;
  }

  #open(kept: Kept): number {
    if (kept.file !== null && !this.#readers.has(kept)) return kept.file;
    kept.file ??= this.#files.open(this.#path(kept.number), 'read');
    // The one read last is the last to be closed.
    this.#readers.delete(kept);
    this.#readers.add(kept);
    for (const reader of this.#readers) {
      if (this.#readers.size <= MAX_READERS) break;
      this.#shut(reader);
    }
    return kept.file;
  }

  #forget(kept: Kept): void {
    this.#unsynced.delete(kept);
    this.#shut(kept);
    try {
      this.#files.remove(this.#path(kept.number));
    } catch (error) {
      // Somebody has made room by hand.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    this.#folderChanged = true;
  }

  #shut(kept: Kept): void {
    if (this.#inSync.includes(kept)) return;
    const { file } = kept;
    kept.file = null;
    this.#readers.delete(kept);
    if (file !== null) this.#files.close(file);
  }

  #path(number: number): string {
    return join(this.#folder, `${String(number).padStart(8, '0')}.seg`);
  }
}
