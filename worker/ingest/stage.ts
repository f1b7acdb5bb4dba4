import type { StreamSchema } from '../../contract/protocol/down.ts';
import { narrowTo, toStream } from '../store/ipc-writer.ts';
import type { FrameBlock } from './frame-block.ts';

/** What a unit's expressions are evaluated over. */
export interface Staged {
  /** One Arrow stream: the event time, and the fields that are named. */
  readonly ipc: Uint8Array;
  readonly fields: ReadonlySet<string>;
}

/** May name columns without saying their names, or columns that no frame has. */
const NAMES_MORE = /\bcolumns\b|[(,]\s*\*|_partition|_offset/;

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
  const narrow = narrowTo(message, columns);
  const parts = [...narrow(message), ...blocks.flatMap(({ messages }) => messages.slice(1).flatMap(narrow))];
  return { ipc: toStream(parts), fields: new Set(fields.filter(isNamed)) };
}
