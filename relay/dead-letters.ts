import type { RawRecord } from './sources/source.ts';

/** A record that could not become a row. (D1) */
export interface DeadLetter {
  readonly partition: number;
  readonly offset: number;
  readonly topic: string;
  readonly atMs: number;
  readonly reason: string;
  readonly bytes: number;
  /** The first 200 bytes, as text; what is not text is shown as `\xNN`. */
  readonly start: string;
}

const KEPT = 1_000;
const START_BYTES = 200;

/** The dead letters of one stream: all are counted, the newest 1,000 are kept. */
export class DeadLetters {
  #count = 0;
  #kept: DeadLetter[] = [];

  get count(): number {
    return this.#count;
  }

  get last(): DeadLetter | null {
    return this.#kept.at(-1) ?? null;
  }

  /** Newest first. */
  list(): DeadLetter[] {
    return this.#kept.slice(-KEPT).reverse();
  }

  add(partition: number, record: RawRecord, reason: string, atMs: number): void {
    this.#count++;
    const { offset, topic, value } = record;
    this.#kept.push({ partition, offset, topic, atMs, reason, bytes: value?.length ?? 0, start: startOf(value) });
    if (this.#kept.length >= KEPT * 2) this.#kept = this.#kept.slice(-KEPT);
  }
}

function startOf(value: Uint8Array | null): string {
  const text = Buffer.from((value ?? new Uint8Array()).subarray(0, START_BYTES)).toString('latin1');
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  // A character cut in half at the end is no sign of bad bytes.
  const shown = utf8.replace(/\ufffd{1,3}$/, '').includes('\ufffd') ? text.replace(/[\x80-\xff]/g, hex) : utf8;
  return shown.replace(/[\p{Cc}\ufffd]/gu, hex);
}

function hex(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
