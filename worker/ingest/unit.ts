import { type IpcMessage, toStream, widenBatch, widenSchema } from '../store/ipc-writer.ts';
import type { FrameBlock } from './frame-block.ts';

/** Frames that go into a segment by one insert: one stream, schema version and Arrow schema. */
export interface Unit {
  readonly blocks: readonly FrameBlock[];
  readonly rows: number;
  /** One Arrow stream of all their rows, with `_partition` and `_offset`; those before a block's `from` have offset -1. */
  readonly ipc: () => Uint8Array;
}

/**
 * Frames of one stream as few units, runs of one schema version each and in their order.
 *
 *   v1 v1 v2 v1  ─▶  units of (v1 v1), of (v2), of (v1)
 */
export function unitsOf(blocks: readonly FrameBlock[]): Unit[] {
  const runs: FrameBlock[][] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    // By identity: a relay that starts anew gives a version number to other fields.
    if (run?.[0]?.schema === block.schema) run.push(block);
    else runs.push([block]);
  }
  return runs.flatMap(toUnits);
}

/**
 * Frames of one schema version as few units: each insert has a fixed cost of about a millisecond. Frames whose
 * texts come now plain, now as a dictionary, take turns; each kind is one unit, wherever its frames lie in the tick.
 */
function toUnits(blocks: readonly FrameBlock[]): Unit[] {
  const groups: { schema: IpcMessage; blocks: FrameBlock[]; drop: number }[] = [];
  for (const block of blocks) {
    const [schema] = block.messages;
    if (schema?.kind !== 'schema') throw new RangeError('an Arrow stream begins with its schema');
    const drop = block.frame.header.contiguous ? 0 : 1;
    const group = groups.find((made) => made.drop === drop && equalBytes(made.schema.bytes, schema.bytes));
    if (group) group.blocks.push(block);
    else groups.push({ schema, blocks: [block], drop });
  }
  return groups.map(({ schema, blocks: own, drop }) => ({
    blocks: own,
    rows: own.reduce((sum, { rows }) => sum + rows, 0),
    ipc: () => {
      const parts = [widenSchema(schema, drop)];
      for (const block of own)
        for (const message of block.messages.slice(1))
          parts.push(...(message.kind === 'batch' ? widened(message, drop, block) : [message.bytes]));
      return toStream(parts);
    },
  }));
}

function widened(message: IpcMessage, drop: number, block: FrameBlock): Uint8Array[] {
  const partitions = new Uint32Array(block.rows).fill(block.frame.header.partition);
  const offsets = new BigInt64Array(block.rows);
  const words = new Uint32Array(offsets.buffer);
  for (let row = 0; row < block.rows; row++) {
    const offset = row < block.from ? -1 : block.offsetAt(row);
    words[row * 2] = offset;
    words[row * 2 + 1] = Math.floor(offset / 4294967296);
  }
  return widenBatch(message, drop, partitions, offsets);
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
