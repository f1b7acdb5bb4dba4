import type { Down } from '../../contract/protocol/down.ts';
import { type HttpMessage, HttpMessageReader } from '../../contract/protocol/http-stream.ts';
import type { SocketLike } from './socket.ts';

/**
 * A socket made of a response that does not end and of posts, for where WebSockets are blocked. (F9)
 *
 *     fetch ─▶ {"session": name}: open ─▶ messages … ─▶ the response ends, or a post fails: closed
 *
 * Posts go one after the other: what is sent first arrives first.
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** `url`: `http://host:port/stream`. */
export function openHttpSocket(url: string, fetch: Fetch): SocketLike {
  const abort = new AbortController();
  let session: string | null = null;
  let posted: Promise<void> = Promise.resolve();
  const socket: SocketLike = {
    transport: 'http',
    binaryType: 'arraybuffer',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(text) {
      posted = posted.then(() => post(text));
    },
    close: () => abort.abort(),
  };

  const closed = (reason: string) => {
    if (abort.signal.aborted) return;
    abort.abort();
    socket.onclose?.({ code: 1006, reason } as never);
  };

  const take = (message: HttpMessage) => {
    if (abort.signal.aborted) return;
    if (session === null) {
      session = sessionOf(message);
      socket.onopen?.({} as never);
    } else socket.onmessage?.({ data: message.kind === 'text' ? message.text : message.bytes } as never);
  };

  const read = async () => {
    const response = await fetch(url, { signal: abort.signal, cache: 'no-store' });
    if (!response.ok || response.body === null) {
      const bye = await sentAway(response);
      if (bye !== null) socket.onmessage?.({ data: JSON.stringify(bye) } as never);
      return closed(`the relay answered ${response.status}`);
    }
    const messages = new HttpMessageReader();
    const pieces = response.body.getReader();
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read())
      for (const message of messages.push(piece.value)) take(message);
    closed('the connection to the relay was lost');
  };

  const post = async (text: string) => {
    if (abort.signal.aborted || session === null) return;
    try {
      const headers = { 'Content-Type': 'application/json' };
      const response = await fetch(`${url}/${session}`, { method: 'POST', body: text, headers, signal: abort.signal });
      if (!response.ok) closed(`the relay answered ${response.status}`);
    } catch (error) {
      closed(reasonOf(error));
    }
  };

  read().catch((error: unknown) => closed(reasonOf(error)));
  return socket;
}

/** What a relay that is full says by HTTP, as it would have said it on a socket; null when it did not say when to come back. */
async function sentAway(response: Response): Promise<Extract<Down, { type: 'bye' }> | null> {
  const afterSeconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const message = (await response.text()).trim();
  if (response.status !== 503 || !Number.isFinite(afterSeconds)) return null;
  return { type: 'bye', code: 'too_many', message, retry: true, retryAfterMs: afterSeconds * 1000 };
}

function sessionOf(message: HttpMessage): string {
  const said: unknown = message.kind === 'text' ? JSON.parse(message.text) : null;
  if (typeof said === 'object' && said !== null && 'session' in said && typeof said.session === 'string')
    return said.session;
  throw new Error('expected the name of the session first');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
