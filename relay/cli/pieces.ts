import { MAX_RECORD_BYTES } from '../decode/json.ts';
import { type Line, LineSplitter } from '../sources/lines.ts';

/**
 * Bytes → lines, cut into batches of records. Lines are handed on as they are read, so that a batch of any size is never
 * held as text.
 *
 *     bytes ─▶ lines ─▶ piece, piece, piece(ends), piece, …        a batch is the pieces up to one that ends it
 *                            └ after `batchRecords` records, at an empty line, or at the end of the input
 */
export interface Piece {
  readonly lines: readonly Line[];
  /** The batch ends behind these lines. */
  readonly ends: boolean;
}

export async function* piecesOf(chunks: AsyncIterable<Uint8Array>, batchRecords: number): AsyncIterable<Piece> {
  const splitter = new LineSplitter(MAX_RECORD_BYTES);
  const cutter = new Cutter(batchRecords);
  for await (const chunk of chunks) yield* cutter.cut(splitter.push(chunk), splitter.nextOffset);
  yield* cutter.cut(splitter.end(), splitter.nextOffset);
  if (cutter.isOpen) yield { lines: [], ends: true };
}

class Cutter {
  readonly #batchRecords: number;
  /** Records of the open batch so far. */
  #records = 0;
  /** Number of the line after the last one seen. */
  #next = 0;

  constructor(batchRecords: number) {
    this.#batchRecords = batchRecords;
  }

  get isOpen(): boolean {
    return this.#records > 0;
  }

  /** Blank lines are left out of `lines`, and show as holes in their numbers; those below `nextOffset` are complete. */
  *cut(lines: readonly Line[], nextOffset: number): Iterable<Piece> {
    let start = 0;
    for (const [index, { offset }] of lines.entries()) {
      if (offset > this.#next && this.isOpen) {
        yield this.#end(lines.slice(start, index));
        start = index;
      }
      this.#next = offset + 1;
      this.#records++;
      if (this.#records < this.#batchRecords) continue;
      yield this.#end(lines.slice(start, index + 1));
      start = index + 1;
    }
    const rest = lines.slice(start);
    const blank = nextOffset > this.#next;
    this.#next = nextOffset;
    if (blank && this.isOpen) yield this.#end(rest);
    else if (rest.length > 0) yield { lines: rest, ends: false };
  }

  #end(lines: readonly Line[]): Piece {
    this.#records = 0;
    return { lines, ends: true };
  }
}
