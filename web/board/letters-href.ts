/** The page of dead letters, of one stream or of all. Relative: the page may be served from any folder. */
export function lettersHref(stream?: string): string {
  return stream === undefined ? 'dead-letters' : `dead-letters?stream=${encodeURIComponent(stream)}`;
}

/** Matches every link that `lettersHref` gave. */
export const LETTERS_LINK = 'a[href^="dead-letters"]';
