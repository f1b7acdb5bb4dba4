import type { ShownLetter, WholeLetter } from '../../contract/dead-letters.ts';
import { readUtf8 } from '../decode/utf8.ts';
import { bytesText, hex } from '../shape/record-parts.ts';
import { type DeadLetter, LISTED_BYTES } from './letter.ts';
import type { LetterEntry } from './letter-index.ts';

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
    key: key === null ? null : startOf(key, LISTED_BYTES),
    bytes,
    whole,
    start: startOf(value, LISTED_BYTES),
  };
}

/** A letter whole, its value up to so many bytes. */
export function showWhole(entry: LetterEntry, letter: DeadLetter, shownBytes: number): WholeLetter {
  const { headers = [], retained, key, value } = letter.record;
  return {
    ...showLetter(entry, letter),
    key: key === null ? null : plain(bytesText(key)),
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
    readUtf8(bytes) !== null || !whole.includes('\ufffd')
      ? whole
      : bytes.toString('latin1').replace(/[\x80-\xff]/g, hex);
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

/**
 * A letter as a line of a download, in pieces: everything of it, the value as text where it is UTF-8 and in base64 always.
 */
export function* letterLine(stream: string, entry: LetterEntry, letter: DeadLetter): Iterable<string> {
  const { record, epoch, ...rest } = letter;
  const { key, value, ...about } = record;
  const known = { stream, ...rest, state: entry.state, epoch, ...about, key: base64(key) };
  yield `${JSON.stringify(known).slice(0, -1)},"value":`;
  if (value === null || readUtf8(value) === null) yield 'null';
  else {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    yield '"';
    for (const piece of piecesOf(value)) yield JSON.stringify(decoder.decode(piece, { stream: true })).slice(1, -1);
    yield '"';
  }
  yield ',"value_base64":';
  if (value === null) yield 'null';
  else {
    yield '"';
    for (const piece of piecesOf(value)) yield piece.toString('base64');
    yield '"';
  }
  yield '}\n';
}

/** Their length is a multiple of 3, which base64 takes as they are. */
function* piecesOf(value: Uint8Array): Iterable<Buffer> {
  for (let at = 0; at < value.length; at += PIECE_BYTES) {
    const piece = value.subarray(at, at + PIECE_BYTES);
    yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  }
}

const PIECE_BYTES = 3 * 2 ** 16;

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
