/** What went wrong and what to do about it, each a sentence. */
export interface Failure {
  /** What is no more, in a few words; left out: the engine. */
  readonly what?: string;
  readonly message: string;
  readonly fix: string;
}

/** Why there is no engine for a page that is no more. */
export const PAGE_LEFT: Failure = { message: 'This page was left.', fix: 'Reload the page.' };

/** An error as the worker sends it: the reason, a line break, the fix. */
export function failureOf(error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  const [message = text, ...fix] = text.split('\n');
  return { message, fix: fix.join(' ') || 'Reload the page.' };
}
