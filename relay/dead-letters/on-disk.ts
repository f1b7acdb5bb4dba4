import type { Clock } from '../../contract/clock.ts';
import type { SegmentFiles } from '../log/segment-files.ts';
import { type Damage, Segments } from '../log/segments.ts';
import { type DeadLetterBounds, DeadLetters, DISK_BOUNDS } from './dead-letters.ts';

export interface OpenOptions {
  readonly bounds?: DeadLetterBounds;
  readonly files?: SegmentFiles;
  readonly onDamage?: (damage: Damage) => void;
}

/** Reads what is in the folder, which is made where it is missing. */
export function openDeadLetters(
  folder: string,
  clock: Clock,
  { bounds = DISK_BOUNDS, files, onDamage }: OpenOptions = {},
): Promise<DeadLetters> {
  return DeadLetters.over(clock, bounds, async ({ segmentBytes, opening, restore }) => {
    const options = { folder, segmentBytes, opening, ...(files !== undefined && { files }) };
    const { segments, damage } = await Segments.open(options, restore);
    for (const found of damage) onDamage?.(found);
    return { files: segments, isDamaged: damage.length > 0 };
  });
}
