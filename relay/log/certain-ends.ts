import { UNKNOWN_SPAN } from '../../contract/protocol/position.ts';
import { END_DAMAGED } from './disk-log.ts';
import type { Log } from './log.ts';

/**
 * Where what a log has of its partitions is whole. Where an end was damaged, a gap far above it was written, perhaps by an
 * earlier start that nothing came to: until a record has come behind it, what was there is as uncertain as it was.
 *
 *     [0,5) [5,9) ░░░ ─────── 2³² ───────▶ gap             certain: 9
 *     [0,5) [5,9) ░░░ ─────── 2³² ───────▶ gap [n,n+3)     certain: n+3
 */
export function certainEnds(
  log: Pick<Log, 'start' | 'end' | 'extent'>,
  found: ReadonlyMap<number, number>,
  partitions: Iterable<number>,
): ReadonlyMap<number, number> {
  const certain = new Map(found);
  const open = new Set(partitions);
  for (let sequence = log.end - 1; sequence >= log.start && open.size > 0; sequence--) {
    const entry = log.extent(sequence);
    if (entry === null || !open.has(entry.partition)) continue;
    const { kind, partition, firstOffset, nextOffset } = entry;
    const known = certain.get(partition) ?? firstOffset;
    if (kind === 'gap' && entry.reason === END_DAMAGED)
      certain.set(partition, Math.min(known, firstOffset - UNKNOWN_SPAN));
    else if (nextOffset > firstOffset) open.delete(partition);
  }
  return certain;
}
