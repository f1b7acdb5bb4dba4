/**
 * The one table of errors a person may meet. Bad data is not here: it is a counted value (a dead letter).
 * `exit` is the relay's exit status: 2 the caller must change something, 1 the world is broken.
 */
export const ERRORS = {
  config_invalid: { exit: 2, retryable: false },
  port_in_use: { exit: 2, retryable: false },
  node_too_old: { exit: 2, retryable: false },
  page_not_built: { exit: 2, retryable: false },
  data_in_use: { exit: 2, retryable: false },
  data_unwritable: { exit: 2, retryable: false },
  data_unreadable: { exit: 2, retryable: false },
  source_unreachable: { exit: 1, retryable: true },
  topic_missing: { exit: 1, retryable: true },
  source_failed: { exit: 1, retryable: true },
  file_unreadable: { exit: 2, retryable: false },
  output_failed: { exit: 1, retryable: false },
  browser_too_old: { exit: 2, retryable: false },
  query_refused: { exit: 2, retryable: false },
  query_failed: { exit: 2, retryable: false },
  query_timeout: { exit: 2, retryable: true },
  store_failed: { exit: 1, retryable: true },
} as const;
export type ErrorCode = keyof typeof ERRORS;

/** A broken world or a request that cannot be met: what was found, and what to do about it. */
export class HighwaterError extends Error {
  readonly code: ErrorCode;
  /** What to do next, in a sentence. */
  readonly fix: string;

  constructor(code: ErrorCode, message: string, fix: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'HighwaterError';
    this.code = code;
    this.fix = fix;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
