/**
 * Dead letters as the relay tells of them over HTTP, to the page and to the command line. Texts hold no character that
 * acts: control characters are `\xNN`.
 */
export type LetterState = 'waiting' | 'replaying' | 'replayed' | 'read' | 'dropped';

export interface ShownLetter {
  readonly id: number;
  readonly state: LetterState;
  readonly partition: number;
  readonly offset: number;
  readonly topic: string;
  /** The source's own time of the record. */
  readonly timestampMs: number;
  /** When it was rejected. */
  readonly atMs: number;
  readonly reason: string;
  /** The reason without what is of this record alone. */
  readonly kind: string;
  /** The field that could not take its value. */
  readonly field: string | null;
  readonly key: string | null;
  /** Of the value as it came. */
  readonly bytes: number;
  /** Is all of it kept? Else it cannot be replayed. */
  readonly whole: boolean;
  /** Of the value. */
  readonly start: string;
}

export interface WholeLetter extends ShownLetter {
  readonly epoch: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly retained: boolean;
  /** The value, as far as it is shown. */
  readonly text: string;
  readonly shownBytes: number;
}

/** Letters of one kind: what made them so is mended for all of them. */
export interface LetterGroup {
  readonly kind: string;
  readonly field: string | null;
  readonly count: number;
  readonly newestMs: number;
  readonly oldestMs: number;
}

export interface LetterList {
  readonly streams: readonly { readonly name: string; readonly count: number }[];
  readonly stream: string;
  /** Can its source be read again? Else a change of a field's type costs the boards what they have. */
  readonly replayable: boolean;
  /** All that wait, those that were let go among them. */
  readonly count: number;
  /** Let go for newer ones: they can be neither seen nor replayed. */
  readonly letGo: number;
  readonly bytes: number;
  readonly trouble: { readonly message: string; readonly fix: string } | null;
  /** Those the filter means, but for its text, which is looked for in the letters themselves. */
  readonly matched: number;
  readonly groups: readonly LetterGroup[];
  /** Newest first. */
  readonly letters: readonly ShownLetter[];
  /** Asked for as `before`, the letters after these come; null: these are the last. */
  readonly next: number | null;
}

export interface ReplayResult {
  /** Letters that were meant. */
  readonly letters: number;
  /** Of them, those that are rows now; of a dry run, would be. */
  readonly rows: number;
  /** Those that are no rows by the rules of now either, by kind. */
  readonly refused: readonly { readonly kind: string; readonly reason: string; readonly count: number }[];
  /** Of those that were too large only the start was kept. */
  readonly partial: number;
}
