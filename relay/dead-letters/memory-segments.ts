import type { Place, Segment } from '../log/segments.ts';

/** What dead letters need of their files. */
export interface LetterFiles {
  readonly bytes: number;
  /** Oldest first, the one appended to included. */
  readonly list: readonly Segment[];
  append(...body: readonly Uint8Array[]): Place;
  read(place: Place): Uint8Array;
  /** The first bytes of a body. */
  readStart(place: Place, maxBytes: number): Uint8Array;
  dropOldest(): Segment | null;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The same in memory, for a relay that keeps nothing on disk. */
export class MemorySegments implements LetterFiles {
  readonly #segmentBytes: number;
  readonly #segments: { readonly number: number; bytes: number; readonly bodies: Map<number, Uint8Array> }[] = [];
  #made = 0;

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get list(): readonly Segment[] {
    return this.#segments;
  }

  append(...body: readonly Uint8Array[]): Place {
    const last = this.#segments.at(-1);
    const active =
      last === undefined || last.bytes >= this.#segmentBytes
        ? { number: ++this.#made, bytes: 0, bodies: new Map<number, Uint8Array>() }
        : last;
    if (active !== last) this.#segments.push(active);
    const bytes = Buffer.concat(body);
    const place = { segment: active.number, at: active.bytes, bytes: bytes.length };
    active.bodies.set(place.at, bytes);
    active.bytes += bytes.length;
    return place;
  }

  read({ segment, at }: Place): Uint8Array {
    const body = this.#segments.find(({ number }) => number === segment)?.bodies.get(at);
    if (body === undefined) throw new Error(`segment ${segment} was let go`);
    return body;
  }

  readStart(place: Place, maxBytes: number): Uint8Array {
    return this.read(place).subarray(0, maxBytes);
  }

  dropOldest(): Segment | null {
    return this.#segments.length > 1 ? (this.#segments.shift() ?? null) : null;
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {
    this.#segments.length = 0;
  }
}
