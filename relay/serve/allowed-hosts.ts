import { isIP } from 'node:net';

/**
 * Which names a request may call this relay by. A page of a stranger whose name is made to point here (DNS rebinding)
 * calls it by that name, and would otherwise read everything as the page's own origin.
 *
 *     bound to loopback       localhost, 127.0.0.1, [::1]                          and names allowed by hand
 *     bound to anything else  localhost, any address, this machine's own name      and names allowed by hand
 */
export interface AllowedHosts {
  /** The address or name listened at. */
  readonly bound: string;
  /** This machine's own name. */
  readonly machine: string;
  readonly names: readonly string[];
}

/** Is this `Host` header, with or without a port, one of them? */
export function isAllowedHost(header: string | undefined, { bound, machine, names }: AllowedHosts): boolean {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]/@]+))(?::\d*)?$/i.exec(header ?? '');
  const name = (match?.[1] ?? match?.[2])?.toLowerCase();
  if (name === undefined) return false;
  if (['localhost', '127.0.0.1', '::1'].includes(name)) return true;
  if (names.some((allowed) => allowed.toLowerCase() === name)) return true;
  if (isLoopback(bound)) return false;
  return isIP(name) !== 0 || [machine.toLowerCase(), bound.toLowerCase()].includes(name);
}

/** An address of this machine for itself, or its usual name. */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === '::1' || address === 'localhost';
}
