import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../contract/clock.ts';
import { type HttpMessageKind, httpMessageHeader } from '../../contract/protocol/http-stream.ts';
import { bodyOf } from './body-of.ts';
import type { Session, SessionSocket } from './session.ts';

/**
 * Sessions without WebSockets: each is one response that does not end, and what is posted to its name. (F9)
 *
 *     GET /stream ─▶ {"session": name}, messages …        POST /stream/<name> ─▶ session.receive
 *
 * A name is as good as a key: it is told only in the response, and goes with it.
 */
export interface HttpStreamsParts {
  readonly clock: Clock;
  /** A session on this socket; its end is told by `left`. */
  readonly join: (socket: SessionSocket) => Session;
  readonly left: (session: Session) => void;
}

const MAX_BODY_BYTES = 64 * 1024;
/** What was given goes out within this time, or not at all. */
const CLOSING_MS = 2_000;

export class HttpStreams {
  readonly #parts: HttpStreamsParts;
  readonly #sessions = new Map<string, Session>();

  constructor(parts: HttpStreamsParts) {
    this.#parts = parts;
  }

  open(response: ServerResponse): void {
    const name = randomBytes(18).toString('base64url');
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Cache-Control': 'no-store, no-transform',
      // nginx would otherwise collect what should go out at once.
      'X-Accel-Buffering': 'no',
      Connection: 'close',
    });
    const socket = responseSocket(response, this.#parts.clock);
    socket.text(JSON.stringify({ session: name }));
    const session = this.#parts.join(socket);
    this.#sessions.set(name, session);
    response.on('drain', () => session.drained());
    response.on('error', () => response.destroy());
    response.on('close', () => {
      this.#sessions.delete(name);
      this.#parts.left(session);
    });
  }

  /** One message of the tab. Answers with the status. */
  async receive(name: string, request: IncomingMessage): Promise<204 | 404 | 413> {
    if (!this.#sessions.has(name)) return 404;
    const body = await bodyOf(request, MAX_BODY_BYTES);
    if (body === null) return 413;
    // It may have gone meanwhile.
    const session = this.#sessions.get(name);
    session?.receive(body);
    return session === undefined ? 404 : 204;
  }
}

function responseSocket(response: ServerResponse, clock: Clock): SessionSocket {
  const write = (kind: HttpMessageKind, message: Uint8Array): void => {
    if (response.writableEnded || response.destroyed) return;
    response.write(httpMessageHeader(kind, message.length));
    response.write(message);
  };
  return {
    transport: 'http',
    text: (message) => write('text', Buffer.from(message)),
    binary: (message) => write('binary', message),
    bufferedBytes: () => response.writableLength,
    close() {
      response.end();
      const cancel = clock.after(CLOSING_MS, () => response.destroy());
      response.once('close', cancel);
    },
    terminate: () => response.destroy(),
  };
}
