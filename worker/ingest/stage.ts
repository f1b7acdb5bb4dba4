import type { StreamSchema } from '../../contract/protocol/down.ts';
import { dictionariesOf, dictionaryId, END_OF_STREAM, narrowBatch, narrowSchema } from '../store/ipc-writer.ts';
import type { FrameBlock } from './frame-block.ts';

/** What a unit's expressions are evaluated over. */
export interface Staged {
  /** One Arrow stream: the event time, and the fields that are named. */
  readonly ipc: Uint8Array;
  readonly fields: ReadonlySet<string>;
}

/** May name columns without saying their names, or columns that no frame has. */
const NAMES_MORE = /\bcolumns\s*\(|[(,]\s*\*|_partition|_offset/i;

/**
 * Rows of one Arrow schema with the fields alone that the expressions name: a staging table costs by its columns, and
 * of thirty an expression needs one or two. Null: all may be needed.
 */
export function stage(blocks: readonly FrameBlock[], schema: StreamSchema, sql: readonly string[]): Staged | null {
  const [message] = blocks[0]?.messages ?? [];
  if (message?.kind !== 'schema') throw new RangeError('an Arrow stream begins with its schema');
  const text = sql.join('\n').toLowerCase();
  if (NAMES_MORE.test(text)) return null;
  const fields = schema.fields.map(({ name }) => name).filter((name) => name !== schema.timeField);
  // A name that is only part of another one, or of a text, costs a column and nothing else.
  const isNamed = (name: string) => text.includes(name.toLowerCase().replaceAll('"', '""'));
  const columns = [0, ...fields.flatMap((name, index) => (isNamed(name) ? [index + 1] : []))];
  const dictionaries = dictionariesOf(message, columns);
  const parts = [narrowSchema(message, columns)];
  for (const block of blocks)
    for (const own of block.messages)
      if (own.kind === 'batch') parts.push(...narrowBatch(own, message, columns));
      else if (own.kind === 'dictionary' && dictionaries.has(dictionaryId(own))) parts.push(own.bytes);
  parts.push(END_OF_STREAM);
  return { ipc: concat(parts), fields: new Set(fields.filter(isNamed)) };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
