import { isUtf8 } from 'node:buffer';
import type { ShownLetter, WholeLetter } from '../../contract/dead-letters.ts';
import { bytesText, hex } from '../shape/record-parts.ts';
import type { DeadLetter } from './letter.ts';
import type { LetterEntry } from './letter-index.ts';

const LISTED_BYTES = 200;

/** A letter as lists have it. */
export function showLetter(entry: LetterEntry, letter: DeadLetter): ShownLetter {
  const { id, partition, atMs, reason, kind, field, record, bytes, whole } = letter;
  const { offset, topic, timestampMs, key, value } = record;
  return {
    id,
    state: entry.state,
    partition,
    offset,
    topic,
    timestampMs,
    atMs,
    reason,
    kind,
    field,
    key: key === null ? null : plain(bytesText(key)),
    bytes,
    whole,
    start: startOf(value, LISTED_BYTES),
  };
}

/** A letter whole, its value up to so many bytes. */
export function showWhole(entry: LetterEntry, letter: DeadLetter, shownBytes: number): WholeLetter {
  const { headers = [], retained, value } = letter.record;
  return {
    ...showLetter(entry, letter),
    epoch: letter.epoch,
    headers: headers.map(([name, text]) => [plain(name), plain(text)] as const),
    retained: retained === true,
    text: startOf(value, shownBytes),
    shownBytes,
  };
}

/** The start of some bytes as text: control characters, and bytes that are no UTF-8, as `\xNN`. */
export function startOf(value: Uint8Array | null, maxBytes: number): string {
  const bytes = Buffer.from((value ?? new Uint8Array()).subarray(0, maxBytes));
  const text = bytes.toString('utf8');
  // A character cut in half at the end is no sign of bad bytes.
  const whole = text.replace(/\ufffd{1,3}$/, '');
  const shown =
    isUtf8(bytes) || !whole.includes('\ufffd') ? whole : bytes.toString('latin1').replace(/[\x80-\xff]/g, hex);
  return plain(shown);
}

/** Control characters, and those that turn the direction of text, told apart from what they do. */
export function plain(text: string): string {
  return text
    .replace(/\p{Cc}/gu, hex)
    .replace(
      /[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .toWellFormed();
}

/** A letter as a line of a download: everything of it, the value as text where it is UTF-8 and in base64 always. */
export function letterLine(stream: string, entry: LetterEntry, letter: DeadLetter): string {
  const { record, epoch, ...rest } = letter;
  const { key, value, ...about } = record;
  const line = {
    stream,
    ...rest,
    state: entry.state,
    epoch,
    ...about,
    key: base64(key),
    value: value !== null && isUtf8(value) ? Buffer.from(value).toString('utf8') : null,
    value_base64: base64(value),
  };
  return `${JSON.stringify(line)}\n`;
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
