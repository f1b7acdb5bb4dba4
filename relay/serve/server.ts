import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { Down } from '../../contract/protocol/down.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import { DeadLettersHttp } from '../dead-letters/http.ts';
import { createMetrics } from '../metrics.ts';
import type { StreamFeed } from '../stream-feed.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { Conflators } from './conflation.ts';
import { HttpStreams } from './http-stream.ts';
import { allowedOrigin, type Refusal, STATUS_TEXT, strangeHost, strangeOrigin } from './refusal.ts';
import { retryAfterMs } from './retry-after.ts';
import { Session, type SessionSocket } from './session.ts';
import { bindSocket, webSocket } from './socket-session.ts';
import { StaticFiles } from './static-files.ts';

/** One port: the page, the probes, the socket at `/socket`, and the same without sockets at `/stream`. */
export interface ServerParts {
  readonly host: string;
  /** Names it may be called by, beside its own. */
  readonly allowHosts?: readonly string[];
  /** Origins of pages that another host serves, and that may read streams from here. */
  readonly allowOrigins?: readonly string[];
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  /** New at every start. */
  readonly run: string;
  readonly heartbeatMs: number;
  readonly feeds: ReadonlyMap<string, StreamFeed>;
  readonly boards: () => Extract<Down, { type: 'boards' }>;
  /** Folder of the built page. */
  readonly pageDir: string;
  /** In [0, 1): spreads those who are sent away. */
  readonly random?: () => number;
  readonly maxSessions?: number;
}

export interface RelayServer {
  readonly port: number;
  /** Tells every tab that the boards have changed. */
  tellBoards(): void;
  close(): Promise<void>;
}

const MAX_SESSIONS = 5_000;
/** Sockets opened only to be told when to come back; those beyond are refused without a word to the page. */
const MAX_REFUSALS = 500;
/** Kept longer than proxies and browsers keep theirs: whoever closes first must not be the one who is about to be asked. */
const TIMEOUTS = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 75_000 };
/** Connections the system holds until they are taken: of a storm, what does not fit would knock again seconds later. */
const BACKLOG = 4_096;
/** When it is full, it will be for a while. */
const TOO_MANY_MS = 5_000;
/** Of a stop: whoever has not closed by then is cut off. */
const DRAIN_MS = 500;
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self'; worker-src 'self' blob:; img-src 'self' data:",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export async function startServer(parts: ServerParts): Promise<RelayServer> {
  const { feeds, clock, run, heartbeatMs, boards, random = Math.random, maxSessions = MAX_SESSIONS } = parts;
  const origins = parts.allowOrigins ?? [];
  const hosts: AllowedHosts = { bound: parts.host, machine: hostname(), names: parts.allowHosts ?? [] };
  const sessions = new Set<Session>();
  const refusals = new Set<WebSocket>();
  let draining = false;
  const conflators = new Conflators();
  const metrics = createMetrics(feeds, sessions, conflators);
  const streams = new HttpStreams({ clock, join, left: leave });
  const files = new StaticFiles(parts.pageDir, clock);
  const letters = new DeadLettersHttp({
    streams: feeds,
    refusal: strangeOrigin,
    page: (request, response) => files.serve('/dead-letters/index.html', request, response),
  });
  const stats = (): Extract<Down, { type: 'stats' }> => ({
    type: 'stats',
    atMs: clock.nowMs(),
    streams: Object.fromEntries([...feeds.values()].map((feed) => [feed.name, statsOf(feed, conflators)])),
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const strange = strangeHost(request, hosts);
    if (strange !== null) return refuse(response, strange);
    const url = URL.parse(request.url ?? '/', 'http://relay');
    const path = url === null ? null : decoded(url.pathname);
    if (url === null || path === null) return text(response, 400, 'not a URL\n');
    if (path === '/version' || path === '/stream' || path.startsWith('/stream/')) {
      shareWith(allowedOrigin(request, origins), response);
      if (request.method === 'OPTIONS' && origins.length > 0) return void response.writeHead(204).end();
    }
    if (path === '/stream' || path.startsWith('/stream/')) return answerStream(path, request, response);
    if (path === '/dead-letters' || path.startsWith('/dead-letters/')) return letters.answer(url, request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(response, 405, 'only GET and HEAD\n');
    switch (path) {
      case '/healthz':
        return text(response, 200, 'ok\n');
      case '/version': {
        // What a page compares with what it was opened with: another build is a newer page.
        const version = { protocol: PROTOCOL_VERSION, build: await files.hashOf('/index.html') };
        response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
        response.end(JSON.stringify(version));
        return;
      }
      case '/readyz': {
        if (draining) return text(response, 503, 'the relay is stopping\n');
        const waiting = [...feeds.values()].filter((feed) => feed.opened === null || feed.state.state === 'failed');
        if (waiting.length === 0) return text(response, 200, 'ready\n');
        const why = waiting.map((feed) => `${feed.name}: ${feed.state.message ?? `opening ${feed.label}`}\n`);
        return text(response, 503, why.join(''));
      }
      case '/metrics':
        response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
        response.end(await metrics.text());
        return;
    }
    const file = path === '/' ? '/index.html' : path;
    if (!(await files.serve(file, request, response))) text(response, 404, `there is nothing at ${path}\n`);
  }

  const http = createServer(TIMEOUTS, (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else text(response, 500, 'the relay could not answer\n');
    });
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 64 * 1024,
    maxFragments: 8,
    maxBufferedChunks: 64,
    perMessageDeflate: false,
  });
  http.on('upgrade', (request, connection, head) => {
    const refusal =
      strangeHost(request, hosts) ??
      (pathOf(request) === '/socket'
        ? strangeOrigin(request, 'socket', origins)
        : { status: 404, why: 'the socket is at /socket' });
    if (refusal !== null) return refuseUpgrade(connection, refusal);
    const busy = overload();
    if (busy !== null && refusals.size >= MAX_REFUSALS) return refuseUpgrade(connection, busy);
    sockets.handleUpgrade(request, connection, head, (ws) => {
      if (busy === null)
        join(webSocket(ws, clock), (session) => bindSocket(ws, connection, session, () => leave(session)));
      else sendAway(ws, busy);
    });
  });

  /** A page cannot read why its socket was refused: it is told by a message when to come back. */
  function sendAway(ws: WebSocket, { why, retryAfterMs: afterMs = 0 }: Refusal): void {
    refusals.add(ws);
    ws.on('error', () => ws.terminate());
    ws.on('close', () => refusals.delete(ws));
    const socket = webSocket(ws, clock);
    const bye: Down = { type: 'bye', code: 'too_many', message: why, retry: true, retryAfterMs: afterMs };
    socket.text(JSON.stringify(bye));
    socket.close();
  }

  /** Why nobody more is let in now; null when they are. */
  function overload(): Refusal | null {
    if (draining) return { status: 503, why: 'the relay is stopping', retryAfterMs: retryAfterMs(0, random()) };
    if (sessions.size < maxSessions) return null;
    metrics.refused();
    const why = `this relay serves ${maxSessions} tabs, and as many are open`;
    return { status: 503, why, retryAfterMs: TOO_MANY_MS + retryAfterMs(sessions.size, random()) };
  }

  async function answerStream(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path !== '/stream') {
      if (request.method !== 'POST') return text(response, 405, 'only POST\n');
      const refusal = strangeOrigin(request, 'message', origins);
      if (refusal !== null) return refuse(response, refusal);
      const status = await streams.receive(path.slice('/stream/'.length), request);
      if (status === 413) response.setHeader('Connection', 'close');
      response.writeHead(status, { 'Cache-Control': 'no-store' }).end();
      return;
    }
    if (request.method !== 'GET') return text(response, 405, 'only GET\n');
    const refusal = strangeOrigin(request, 'stream', origins) ?? overload();
    if (refusal === null) streams.open(response);
    else refuse(response, refusal);
  }

  function join(socket: SessionSocket, bind: (session: Session) => void = () => undefined): Session {
    const { sent, told } = metrics;
    const session = new Session({ socket, clock, run, heartbeatMs, feeds, boards, stats, conflators, sent, told });
    sessions.add(session);
    bind(session);
    return session;
  }

  function leave(session: Session): void {
    sessions.delete(session);
    session.closed();
  }

  await listen(http, parts.host, parts.port);
  const address = http.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : parts.port,
    tellBoards: () => {
      for (const session of sessions) session.tellBoards();
    },
    async close() {
      draining = true;
      const count = sessions.size;
      for (const session of sessions) session.shutdown(retryAfterMs(count, random()));
      const stopped = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeIdleConnections();
      const cancel = clock.after(DRAIN_MS, () => {
        for (const ws of sockets.clients) ws.terminate();
        http.closeAllConnections();
      });
      await stopped;
      cancel();
    },
  };
}

function statsOf(feed: StreamFeed, conflators: Conflators): Extract<Down, { type: 'stats' }>['streams'][string] {
  return {
    source: feed.state.message === null ? { ...feed.state, ...conflators.trouble(feed) } : feed.state,
    records: feed.counts.records,
    deadLetters: feed.deadLetters.count,
    lastDeadLetter: feed.deadLetters.lastReason,
    lagRecords: feed.lagRecords,
  };
}

/** Tells the browser that a page of this origin may read the answer. (CORS) */
function shareWith(origin: string | null, response: ServerResponse): void {
  response.setHeader('Vary', 'Origin');
  if (origin === null) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
}

function pathOf(request: IncomingMessage): string | undefined {
  return URL.parse(request.url ?? '/', 'http://relay')?.pathname;
}

function refuse(response: ServerResponse, { status, why, retryAfterMs: afterMs }: Refusal): void {
  if (afterMs !== undefined) response.setHeader('Retry-After', Math.ceil(afterMs / 1000));
  text(response, status, `${why}\n`);
}

function refuseUpgrade(connection: Duplex, { status, why, retryAfterMs: afterMs }: Refusal): void {
  connection.on('error', () => connection.destroy());
  const body = Buffer.from(`${why}\n`);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...(afterMs === undefined ? [] : [`Retry-After: ${Math.ceil(afterMs / 1000)}`]),
  ];
  connection.write(`${head.join('\r\n')}\r\n\r\n`);
  connection.end(body);
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(body);
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function listen(http: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const at = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
      if (error.code === 'EADDRINUSE')
        reject(
          new HighwaterError(
            'port_in_use',
            `port ${port} is in use at ${host}`,
            `stop what uses it, or start with --port ${port + 1}`,
          ),
        );
      else
        reject(
          new HighwaterError(
            'port_in_use',
            `cannot listen at ${at}: ${error.message}`,
            'choose another --host or --port',
            {
              cause: error,
            },
          ),
        );
    });
    http.listen({ port, host, backlog: BACKLOG }, resolve);
  });
}
