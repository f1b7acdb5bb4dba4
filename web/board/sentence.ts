/** The text with an end: a full stop unless it has one. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Texts one after the other, each a sentence; those that are null left out. */
export function sentences(...texts: readonly (string | null)[]): string {
  return texts
    .filter((text) => text !== null)
    .map(sentence)
    .join(' ');
}
