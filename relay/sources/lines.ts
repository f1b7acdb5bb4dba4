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
  #nextOffset = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Number of the first line that has not ended yet: lines below it are complete. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** The lines this chunk completes; blank ones are left out, though counted. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#finish(lines);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** The last line, when the file does not end in a newline. */
  end(): Line[] {
    const lines: Line[] = [];
    if (this.#partBytes > 0) this.#finish(lines);
    return lines;
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
