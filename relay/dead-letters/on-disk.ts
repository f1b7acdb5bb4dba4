import type { Clock } from '../../contract/clock.ts';
import type { SegmentFiles } from '../log/segment-files.ts';
import { type Damage, Segments } from '../log/segments.ts';
import { DeadLetters, DISK_BOUNDS } from './dead-letters.ts';
import { LETTER } from './letter.ts';
import type { DeadLetterBounds } from './letter-bounds.ts';
import { MARK } from './mark.ts';

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
    const isFirstByte = (byte: number) => byte === LETTER || byte === MARK;
    const options = { folder, segmentBytes, opening, isFirstByte, ...(files !== undefined && { files }) };
    let isDamaged = false;
    const segments = await Segments.open(options, restore, (damage) => {
      isDamaged = true;
      onDamage?.(damage);
    });
    return { files: segments, isDamaged };
  });
}
