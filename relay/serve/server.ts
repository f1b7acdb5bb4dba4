import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { Down } from '../../contract/protocol/down.ts';
import { createMetrics } from '../metrics.ts';
import type { StreamFeed } from '../stream-feed.ts';
import { type AllowedHosts, isAllowedHost, isLoopback } from './allowed-hosts.ts';
import { Session } from './session.ts';
import { StaticFiles } from './static-files.ts';

/** One port: the page, the probes, and the socket at `/socket`. */
export interface ServerParts {
  readonly host: string;
  /** Names it may be called by, beside its own. */
  readonly allowHosts?: readonly string[];
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
}

export interface RelayServer {
  readonly port: number;
  /** Tells every tab that the boards have changed. */
  tellBoards(): void;
  close(): Promise<void>;
}

const RETRY_AFTER_MS = 1_000;
const MAX_SESSIONS = 5_000;
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self'; worker-src 'self' blob:; img-src 'self' data:",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export async function startServer(parts: ServerParts): Promise<RelayServer> {
  const { feeds, clock, run, heartbeatMs, boards } = parts;
  const hosts: AllowedHosts = { bound: parts.host, machine: hostname(), names: parts.allowHosts ?? [] };
  const sessions = new Set<Session>();
  const metrics = createMetrics(feeds, () => sessions.size);
  const files = new StaticFiles(parts.pageDir);
  const stats = (): Extract<Down, { type: 'stats' }> => ({
    type: 'stats',
    streams: Object.fromEntries([...feeds.values()].map((feed) => [feed.name, statsOf(feed)])),
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!isAllowedHost(request.headers.host, hosts)) return text(response, 403, `${strangeHost(request)}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(response, 405, 'only GET and HEAD\n');
    const url = URL.parse(request.url ?? '/', 'http://relay');
    const path = url === null ? null : decoded(url.pathname);
    if (url === null || path === null) return text(response, 400, 'not a URL\n');
    switch (path) {
      case '/healthz':
        return text(response, 200, 'ok\n');
      case '/readyz': {
        const waiting = [...feeds.values()].filter((feed) => feed.opened === null || feed.state.state === 'failed');
        if (waiting.length === 0) return text(response, 200, 'ready\n');
        const why = waiting.map((feed) => `${feed.name}: ${feed.state.message ?? `opening ${feed.label}`}\n`);
        return text(response, 503, why.join(''));
      }
      case '/metrics':
        response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
        response.end(await metrics.text());
        return;
      case '/dead-letters':
        return deadLetters(url.searchParams.get('stream'), response);
    }
    const file = path === '/' ? '/index.html' : path;
    if (!(await files.serve(file, request, response))) text(response, 404, `there is nothing at ${path}\n`);
  }

  function deadLetters(stream: string | null, response: ServerResponse): void {
    const asked = [...feeds.values()].filter((feed) => stream === null || feed.name === stream);
    if (stream !== null && asked.length === 0) {
      text(response, 404, `there is no stream "${stream}"\n`);
      return;
    }
    const streams = asked.map((feed) => [
      feed.name,
      { count: feed.deadLetters.count, newest: feed.deadLetters.list() },
    ]);
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify({ streams: Object.fromEntries(streams) }, null, 1));
  }

  const http = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
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
  http.on('upgrade', (request, socket, head) => {
    const refused =
      sessions.size >= MAX_SESSIONS
        ? { status: '503 Service Unavailable', why: 'too many sockets are open' }
        : refusal(request, hosts);
    if (refused === null) return sockets.handleUpgrade(request, socket, head, (ws) => join(ws));
    socket.on('error', () => socket.destroy());
    const body = Buffer.from(`${refused.why}\n`);
    socket.write(`HTTP/1.1 ${refused.status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`);
    socket.write(`Content-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  });

  function join(ws: WebSocket): void {
    const session = new Session({
      socket: {
        text: (message) => ws.readyState === WebSocket.OPEN && ws.send(message),
        binary: (message) => ws.readyState === WebSocket.OPEN && ws.send(message, { binary: true }),
        close: () => ws.close(1000),
      },
      clock,
      run,
      heartbeatMs,
      feeds,
      boards,
      stats,
      sent: metrics.sent,
    });
    sessions.add(session);
    ws.on('message', (data, isBinary) => (isBinary ? session.receiveBinary() : session.receive(data.toString())));
    // What ws says (a frame too large, bad UTF-8) it also closes for.
    ws.on('error', () => ws.terminate());
    ws.on('close', () => {
      sessions.delete(session);
      session.closed();
    });
  }

  await listen(http, parts.host, parts.port);
  const address = http.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : parts.port,
    tellBoards: () => {
      for (const session of sessions) session.tellBoards();
    },
    async close() {
      for (const session of sessions) session.shutdown(RETRY_AFTER_MS);
      const stopped = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeIdleConnections();
      const cancel = clock.after(500, () => {
        for (const ws of sockets.clients) ws.terminate();
        http.closeAllConnections();
      });
      await stopped;
      cancel();
    },
  };
}

function statsOf(feed: StreamFeed): Extract<Down, { type: 'stats' }>['streams'][string] {
  return {
    source: feed.state,
    records: feed.counts.records,
    deadLetters: feed.deadLetters.count,
    lastDeadLetter: feed.deadLetters.last?.reason ?? null,
    lagRecords: feed.lagRecords,
  };
}

interface Refusal {
  /** As HTTP says it. */
  readonly status: string;
  readonly why: string;
}

/** Why this request may not have a socket; null when it may. */
function refusal(request: IncomingMessage, hosts: AllowedHosts): Refusal | null {
  const { origin, host } = request.headers;
  if (!isAllowedHost(host, hosts)) return { status: '403 Forbidden', why: strangeHost(request) };
  if (URL.parse(request.url ?? '/', 'http://relay')?.pathname !== '/socket')
    return { status: '404 Not Found', why: 'the socket is at /socket' };
  const ofPage =
    origin === undefined ? isLoopback(request.socket.remoteAddress ?? '') : URL.parse(origin)?.host === host;
  return ofPage ? null : { status: '403 Forbidden', why: 'the socket is for the page this relay serves' };
}

function strangeHost({ headers: { host = 'a request without a host' } }: IncomingMessage): string {
  const name = host.replace(/:\d*$/, '');
  return `this relay does not answer to ${name}: open it by localhost or its own address, or start it with --allow-host ${name}`;
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
    http.listen(port, host, resolve);
  });
}
