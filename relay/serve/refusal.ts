import type { IncomingMessage } from 'node:http';
import { type AllowedHosts, isAllowedHost, isLoopback } from './allowed-hosts.ts';

/** Why a request is not served, as HTTP says it. */
export interface Refusal {
  readonly status: 403 | 404 | 503;
  readonly why: string;
  readonly retryAfterMs?: number;
}

export const STATUS_TEXT = { 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' } as const;

/** By a name that is not this relay's; null when it is. */
export function strangeHost({ headers: { host } }: IncomingMessage, hosts: AllowedHosts): Refusal | null {
  if (isAllowedHost(host, hosts)) return null;
  const name = (host ?? 'a request without a host').replace(/:\d*$/, '');
  const why = `this relay does not answer to ${name}: open it by localhost or its own address, or start it with --allow-host ${name}`;
  return { status: 403, why };
}

/** What pages of other origins may not use, and what those are told who ask for it. */
const USES = {
  socket: { isUnnamed: false, why: 'the socket is for the page this relay serves' },
  stream: { isUnnamed: true, why: 'the stream is for the page this relay serves' },
  message: { isUnnamed: false, why: 'messages are taken from the page this relay serves' },
  letters: { isUnnamed: true, why: 'dead letters are shown to no other page than the one this relay serves' },
  change: {
    isUnnamed: false,
    why: 'dead letters are replayed and dropped by the page this relay serves, and by programs on its own machine',
  },
} as const;

/** The request's origin where it is one of these: pages that another host serves, and that may read this relay. */
export function allowedOrigin({ headers: { origin } }: IncomingMessage, allowed: readonly string[]): string | null {
  return origin !== undefined && allowed.includes(origin) ? origin : null;
}

/**
 * Of another page, or of no page and another machine: what a proxy passes on comes from its machine, whoever asked.
 * Browsers name the origin of sockets and of every POST; of a GET to its own origin they do not, so that there
 * (`isUnnamed`) none is none of another.
 */
export function strangeOrigin(
  request: IncomingMessage,
  use: keyof typeof USES,
  allowed: readonly string[] = [],
): Refusal | null {
  const { isUnnamed, why } = USES[use];
  const { origin, host } = request.headers;
  if (allowedOrigin(request, allowed) !== null) return null;
  const site = request.headers['sec-fetch-site'] ?? 'same-origin';
  const ofPage =
    origin === undefined
      ? site === 'same-origin' && (isUnnamed || isOfThisMachine(request))
      : URL.parse(origin)?.host === host;
  return ofPage ? null : { status: 403, why };
}

function isOfThisMachine({ socket, headers }: IncomingMessage): boolean {
  const passedOn = Object.keys(headers).some(
    (name) => name === 'forwarded' || name === 'via' || /^x-(forwarded|real)-/.test(name),
  );
  const name = (headers.host ?? '').replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  return !passedOn && isLoopback(name) && isLoopback(socket.remoteAddress ?? '');
}
