import type { LetterGroup, ShownLetter } from './dead-letters.ts';

/**
 * What a page asks of the relay that runs in the tab itself, for files that were dropped on it, or for a simulated stream.
 * Nothing leaves the tab.
 *
 *     page ── files, or a demo ──▶ relay's worker ◀── a port per engine ── page ── the port's other end ──▶ engine's worker
 *
 * On its port an engine asks for a connection by sending the end of another port, on which then go the messages of the
 * protocol: texts, and frames as ArrayBuffers. null closes it.
 */
export type InTabMessage =
  /** `speed` 1 is as it happened, 10 ten times as fast, by event time; `max` as fast as they are read. */
  | { readonly kind: 'files'; readonly files: readonly File[]; readonly speed: number | 'max' }
  /** One of `DEMOS`; `rate` in events per second of all its streams together, null: as they have them. */
  | { readonly kind: 'demo'; readonly name: string; readonly rate: number | null }
  | { readonly kind: 'engine'; readonly port: MessagePort }
  /** What could not become rows, of every file: told on the port once, as `InTabAnswer<InTabLetters>`. */
  | { readonly kind: 'letters'; readonly port: MessagePort }
  /** All of one stream's as JSON lines: told on the port once, as `InTabAnswer<Blob>`. */
  | { readonly kind: 'letter-lines'; readonly stream: string; readonly port: MessagePort };

/** `failed`: why it cannot be told. */
export type InTabAnswer<T> = { readonly told: T } | { readonly failed: string };

export interface InTabLetters {
  /** Those that have any. */
  readonly streams: readonly {
    readonly name: string;
    readonly count: number;
    readonly letGo: number;
    readonly groups: readonly LetterGroup[];
    /** Newest first, not all. */
    readonly letters: readonly ShownLetter[];
  }[];
}
