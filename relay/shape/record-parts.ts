import type { RecordPart } from '../../contract/spec/field.ts';
import { readUtf8 } from '../decode/utf8.ts';
import type { RawRecord } from '../sources/source.ts';

/**
 * What of a record, beside its value, becomes columns:
 *
 *     key        `key`             text; bytes that are not UTF-8 as \xNN
 *     headers    `header_<name>`   text, of headers of one name the last
 *     properties `property_<name>` the same, of MQTT user properties
 *     topic      `topic`           (an MQTT topic and its levels are columns anyway)
 *     retained   `retained`        bool
 */
export type NamedPart = 'headers' | 'properties';

/** How the columns of a part begin. */
export const COLUMN_PREFIX: Readonly<Record<NamedPart, string>> = { headers: 'header', properties: 'property' };

/** The value of a part that is one column; null: this record has none. */
export function partValue(record: RawRecord, part: Exclude<RecordPart, NamedPart>): string | boolean | null {
  switch (part) {
    case 'key':
      return record.key === null ? null : bytesText(record.key);
    case 'topic':
      return record.topic;
    case 'retained':
      return record.retained === true;
  }
}

/** Bytes as text: UTF-8, or each byte that is not printable ASCII as `\xNN`. */
export function bytesText(bytes: Uint8Array): string {
  const text = readUtf8(bytes);
  if (text !== null) return text;
  return Array.from(bytes, (byte) => String.fromCharCode(byte))
    .join('')
    .replace(/[^\x20-\x7e]/g, hex);
}

/** `\xNN` for one character below 256. */
export function hex(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Topics as `topic`, `topic_1`, `topic_2`, … have them: the whole, then its levels. Those of so many are remembered. */
export class Topics {
  readonly #known = new Map<string, readonly string[]>();

  levels(topic: string): readonly string[] {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const levels = [topic, ...topic.split('/')];
    if (this.#known.size < MAX_TOPICS) this.#known.set(topic, levels);
    return levels;
  }
}

const MAX_TOPICS = 10_000;
