import type { Down } from '../../contract/protocol/down.ts';
import { type HttpMessage, HttpMessageReader } from '../../contract/protocol/http-stream.ts';
import type { Up } from '../../contract/protocol/up.ts';
import type { SocketLike } from './socket.ts';

/**
 * A socket made of a response that does not end and of posts, for where WebSockets are blocked. (F9)
 *
 *     fetch ─▶ {"session": name}: open ─▶ messages … ─▶ the response ends, or a post fails: closed
 *
 * Posts go one after the other: what is sent first arrives first. Credit granted while one is under way goes as one
 * message, so that a slow link does not hold up what comes.
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** `url`: `http://host:port/stream`. */
export function openHttpSocket(url: string, fetch: Fetch): SocketLike {
  const abort = new AbortController();
  let session: string | null = null;
  const waiting: Up[] = [];
  let posting = false;
  const socket: SocketLike = {
    transport: 'http',
    binaryType: 'arraybuffer',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(text) {
      waiting.push(JSON.parse(text));
      if (!posting) void postAll();
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

  const postAll = async () => {
    posting = true;
    for (let message = takeNext(waiting); message !== null; message = takeNext(waiting)) await post(message);
    posting = false;
  };

  const post = async (message: Up) => {
    if (abort.signal.aborted || session === null) return;
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', body: JSON.stringify(message), headers, signal: abort.signal };
    try {
      const response = await fetch(`${url}/${session}`, init);
      if (!response.ok) closed(`the relay answered ${response.status}`);
    } catch (error) {
      closed(reasonOf(error, url));
    }
  };

  read().catch((error: unknown) => closed(reasonOf(error, url)));
  return socket;
}

/** The first that waits; with the first credit all that is granted after it. */
function takeNext(waiting: Up[]): Up | null {
  const first = waiting.shift() ?? null;
  if (first?.type !== 'credit') return first;
  let { bytes } = first;
  const rest = waiting.splice(0).filter((message) => {
    if (message.type === 'credit') bytes += message.bytes;
    return message.type !== 'credit';
  });
  waiting.push(...rest);
  return { type: 'credit', bytes };
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

/** What a browser says of a request nobody answered is its own, and no help: a TypeError. */
function reasonOf(error: unknown, url: string): string {
  if (error instanceof TypeError) return `nobody answers at ${new URL(url).host}`;
  return error instanceof Error ? error.message : String(error);
}
