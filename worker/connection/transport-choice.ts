/**
 * Which way to the relay is tried. Pure. (C5)
 *
 *     sockets ── none opened twice in a row, but HTTP did ──▶ http ── its time is over, or it failed ──▶ sockets
 *
 * When the relay is away neither opens, and sockets are tried first again: only where HTTP gets through a moment after
 * a socket did not, sockets are taken to be blocked.
 */
export interface TransportChoice {
  /** Sockets in a row that did not open. */
  readonly failedSockets: number;
  /** HTTP is used until then; null: sockets are. */
  readonly httpUntilMs: number | null;
}

/** What to try, in this order, within one attempt. */
export type TransportPlan = readonly ('websocket' | 'http')[];

export type TransportEvent = 'socket-opened' | 'socket-failed' | 'stream-opened' | 'stream-failed';

export const FIRST_CHOICE: TransportChoice = { failedSockets: 0, httpUntilMs: null };
/** Networks change: sockets are tried again at the first connection after so long. */
const HTTP_MS = 600_000;

export function planOf({ failedSockets, httpUntilMs }: TransportChoice, nowMs: number): TransportPlan {
  if (httpUntilMs !== null && nowMs < httpUntilMs) return ['http'];
  return failedSockets === 0 ? ['websocket'] : ['websocket', 'http'];
}

export function choiceAfter(choice: TransportChoice, event: TransportEvent, nowMs: number): TransportChoice {
  switch (event) {
    case 'socket-opened':
      return FIRST_CHOICE;
    case 'socket-failed':
      return { failedSockets: choice.failedSockets + 1, httpUntilMs: null };
    case 'stream-opened':
      return { ...choice, httpUntilMs: choice.httpUntilMs ?? nowMs + HTTP_MS };
    case 'stream-failed':
      return { ...choice, httpUntilMs: null };
  }
}
