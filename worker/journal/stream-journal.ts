import type { ReceivedFrame } from '../connection/inbox.ts';
import { encodeHead, encodeMessage, encodeReceived, type JournalEntry, type MessageEntry } from './entry.ts';
import { type JournalFile, type JournalFiles, readStart, writeParts } from './files.ts';
import { headOf, isTorn, readFirst, readSegment } from './read-segment.ts';
import { afterFrame, afterMessage, anew, beginsAnew, newHead, type StreamHead } from './stream-head.ts';

export interface StreamJournalOptions {
  readonly files: JournalFiles;
  /** A segment with so many bytes is full. */
  readonly segmentBytes: () => number;
  /** Runs one after the other what takes its time; a failure is the journal's. */
  readonly work: (run: () => Promise<void>) => void;
  readonly nameOf: (id: number, segment: number) => string;
}

interface Segment {
  readonly number: number;
  bytes: number;
}

/**
 * What is kept of one stream: segments, of which only the last grows. Each begins with the stream's head, so that the
 * oldest can be let go.
 *
 *     [head entry entry …] [head entry …] [head entry …│ waiting …
 *      segment 4            segment 5      segment 6, open
 *
 * What is added waits until the end of the tick, and while a file is being opened. When the stream begins anew, what was
 * before goes.
 */
export class StreamJournal {
  readonly id: number;
  readonly #options: StreamJournalOptions;
  #segments: Segment[];
  /** The last segment's file. */
  #active: JournalFile | null = null;
  /** The file that is being opened to be the next segment's. */
  #opening: object | null = null;
  #head: StreamHead;
  #waiting: Uint8Array[] = [];
  #dirty = false;
  /** Something came after the last segment's head: a head alone is never a full segment. */
  #grown = false;
  #damaged = false;
  /** The highest number a segment has ever had. */
  #last: number;

  /** `numbers` are those of the segments there are; none is open until they are read. */
  constructor(id: number, stream: string, numbers: readonly number[], options: StreamJournalOptions) {
    this.id = id;
    this.#options = options;
    this.#head = newHead(stream);
    this.#segments = numbers.toSorted((left, right) => left - right).map((number) => ({ number, bytes: 0 }));
    this.#last = Math.max(0, ...numbers);
  }

  get stream(): string {
    return this.#head.stream;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get segments(): number {
    return this.#segments.length;
  }

  /** What could not be read was more than the last record, which a crash cuts. */
  get damaged(): boolean {
    return this.#damaged;
  }

  /** Takes an entry that was applied. */
  add(entry: MessageEntry | ReceivedFrame): void {
    const atMs = 'message' in entry ? entry.atMs : entry.receivedAtMs;
    if ('message' in entry && beginsAnew(entry.message)) this.#beginAnew(atMs);
    const after =
      'message' in entry ? afterMessage(this.#head, entry.message) : afterFrame(this.#head, entry.frame.header);
    if (after === this.#head) return;
    if (this.#active === null && this.#waiting.length === 0) this.#waiting.push(encodeHead(this.#head, atMs));
    this.#head = after;
    this.#grown = true;
    if ('message' in entry) this.#waiting.push(encodeMessage(entry.message, atMs));
    else this.#waiting.push(...encodeReceived(entry));
    if (this.#active === null) this.#open(atMs);
  }

  /** Writes what waits; begins another segment when this one is full. */
  commit(nowMs: number): void {
    this.#write();
    const last = this.#segments.at(-1);
    if (this.#active && last && this.#grown && last.bytes >= this.#options.segmentBytes()) this.#open(nowMs);
  }

  flush(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#active?.flush();
  }

  /** Lets the oldest segment go, unless it is the only one. */
  release(): void {
    const [oldest] = this.#segments;
    if (oldest && this.#segments.length > 1) this.#drop(oldest);
  }

  /** Everything goes; what is added from now on is of another past. */
  clear(): void {
    this.close();
    for (const segment of [...this.#segments]) this.#drop(segment);
    this.#head = { ...newHead(this.stream), past: this.#head.past + 1 };
  }

  close(): void {
    const active = this.#active;
    this.#active = null;
    this.#opening = null;
    this.#waiting = [];
    active?.close();
  }

  /**
   * All entries, oldest first, from the head of the oldest segment on. At what is damaged the reading ends, and it goes
   * with all that came after it, whole or not: kept on beyond a hole they would be rows of a stream that pretends to have
   * none, while from the hole on the relay gives them again, or says what it no longer has. Segments of another past than
   * the newest go as a whole. After `find`; nothing may be added from then on until all is read.
   */
  async *read(): AsyncGenerator<JournalEntry> {
    const { past } = this.#head;
    let before: StreamHead | null = null;
    for (const segment of [...this.#segments]) {
      const isLast = segment === this.#segments.at(-1);
      const file = isLast && this.#active ? this.#active : await this.#options.files.open(this.#nameOf(segment));
      try {
        const bytes = readStart(file);
        const isFirst = before === null;
        const found = isFirst ? headOf(bytes) : null;
        if (found !== null && found.past !== past) {
          this.#drop(segment);
          continue;
        }
        segment.bytes = 0;
        for (const { entry, head, end } of readSegment(bytes, before)) {
          before = head;
          segment.bytes = end;
          // Later heads say again what has been said.
          if (isFirst || !('head' in entry)) yield entry;
        }
        if (segment.bytes > 0 && segment.bytes === bytes.length) continue;
        if (!isLast || !isTorn(bytes, segment.bytes)) this.#damaged = true;
        file.truncate(segment.bytes);
        if (!isLast) this.#cutAfter(segment);
        break;
      } finally {
        if (file !== this.#active) file.close();
      }
    }
    if (before !== null) this.#head = before;
  }

  /** Opens the newest segment that has a head, which says whose and of which past the stream is; those after it go. */
  async find(): Promise<void> {
    for (let last = this.#segments.at(-1); last; last = this.#segments.at(-1)) {
      this.#active ??= await this.#options.files.open(this.#nameOf(last));
      const first = readFirst(this.#active);
      const head = headOf(first);
      if (head !== null) {
        this.#head = head;
        return;
      }
      if (!isTorn(first, 0)) this.#damaged = true;
      this.#active.close();
      this.#active = null;
      this.#drop(last);
    }
  }

  /** Another segment is begun when something is added. */
  #cutAfter(segment: Segment): void {
    this.#active?.close();
    this.#active = null;
    for (const gone of this.#segments.slice(this.#segments.indexOf(segment) + 1)) this.#drop(gone);
    if (segment.bytes === 0) this.#drop(segment);
  }

  /** The stream begins anew: what there is of its past goes, unless it has not even begun. */
  #beginAnew(atMs: number): void {
    if (this.#head.position === null) return;
    this.#head = anew(this.#head);
    const last = this.#active && this.#segments.at(-1);
    for (const segment of this.#segments) if (segment !== last) this.#drop(segment);
    this.#active?.truncate(0);
    for (const segment of this.#segments) segment.bytes = 0;
    this.#waiting = [encodeHead(this.#head, atMs)];
  }

  #open(atMs: number): void {
    if (this.#opening) return;
    const segment = { number: ++this.#last, bytes: 0 };
    const opening = {};
    this.#opening = opening;
    this.#options.work(async () => {
      const file = await this.#options.files.open(this.#nameOf(segment));
      if (this.#opening !== opening) {
        file.close();
        return this.#options.files.remove(this.#nameOf(segment));
      }
      this.#opening = null;
      file.truncate(0);
      this.#enter(segment, file, atMs);
    });
  }

  /** From here on a segment is the last one; the one before is whole. */
  #enter(segment: Segment, file: JournalFile, atMs: number): void {
    const full = this.#active;
    if (full) {
      this.#write();
      full.flush();
      full.close();
      this.#grown = false;
      this.#waiting = [encodeHead(this.#head, atMs)];
    }
    this.#active = file;
    this.#segments.push(segment);
    this.commit(atMs);
  }

  #write(): void {
    const last = this.#segments.at(-1);
    if (this.#active === null || !last || this.#waiting.length === 0) return;
    last.bytes += writeParts(this.#active, this.#waiting.splice(0), last.bytes);
    this.#dirty = true;
  }

  #drop(segment: Segment): void {
    this.#segments = this.#segments.filter((kept) => kept !== segment);
    this.#options.work(() => this.#options.files.remove(this.#nameOf(segment)));
  }

  #nameOf({ number }: Segment): string {
    return this.#options.nameOf(this.id, number);
  }
}
