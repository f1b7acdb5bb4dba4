import { HighwaterError } from '../../contract/errors.ts';

/** A letter that was kept, and is not whole any more. */
export class LetterDamaged extends HighwaterError {
  constructor(id: number, cause: unknown) {
    super(
      'data_unreadable',
      `the disk has damaged dead letter ${id}`,
      'check the disk; the letter is counted among those that were let go, and the others are as they were',
      { cause },
    );
  }
}

/** Can what failed to be read now be there the next time? Too many open files say nothing of the letter. */
export function isOfTheMoment(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && !LOST.has(code);
}

/** The file is gone, or its blocks are. */
const LOST: ReadonlySet<string> = new Set(['ENOENT', 'EIO']);
