const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Ends a line that was cut: invalid in UTF-8 and in JSON, so that nobody takes the part for the whole. */
const CUT_MARK = 0xff;

export interface Line {
  /** Number of the line in its file, from 0. */
  readonly offset: number;
  readonly value: Uint8Array;
}

/** Cuts a run of chunks into lines. Holds at most `maxLineBytes` of an unfinished line and the chunk it began in. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** The unfinished line so far. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #cut = false;
  #nextOffset: number;
  /** The last line was taken before its newline came. */
  #tookOpenLine = false;

  /** `firstOffset`: the number of the line that begins with the first byte. */
  constructor(maxLineBytes: number, firstOffset = 0) {
    this.#maxLineBytes = maxLineBytes;
    this.#nextOffset = firstOffset;
  }

  /** Number of the first line that has not ended yet: lines below it are complete. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** The lines this chunk completes; blank ones are left out, though counted. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = this.#tookOpenLine && chunk[0] === NEWLINE ? 1 : 0;
    if (chunk.length > 0) this.#tookOpenLine = false;
    for (let end = chunk.indexOf(NEWLINE, start); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#finish(lines);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** Takes the last line as it is, where it does not end in a newline. A newline that comes next only ends it. */
  end(): Line[] {
    const lines: Line[] = [];
    if (!this.hasOpenLine) return lines;
    this.#finish(lines);
    this.#tookOpenLine = true;
    return lines;
  }

  /** Something of a line has come, and not its newline. */
  get hasOpenLine(): boolean {
    return this.#partBytes > 0;
  }

  #keep(part: Uint8Array): void {
    const room = this.#maxLineBytes - this.#partBytes;
    if (part.length > room) this.#cut = true;
    const kept = part.length > room ? part.subarray(0, room) : part;
    if (kept.length === 0) return;
    this.#parts.push(kept);
    this.#partBytes += kept.length;
  }

  #finish(lines: Line[]): void {
    const [only = new Uint8Array()] = this.#parts;
    let value: Uint8Array = this.#parts.length <= 1 && !this.#cut ? only : this.#joined();
    if (value[value.length - 1] === CARRIAGE_RETURN) value = value.subarray(0, -1);
    if (!isBlank(value)) lines.push({ offset: this.#nextOffset, value });
    this.#nextOffset++;
    this.#parts = [];
    this.#partBytes = 0;
    this.#cut = false;
  }

  #joined(): Uint8Array {
    return Buffer.concat(this.#cut ? [...this.#parts, Uint8Array.of(CUT_MARK)] : this.#parts);
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}
