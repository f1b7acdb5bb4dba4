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
