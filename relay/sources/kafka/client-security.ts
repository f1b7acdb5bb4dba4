import { readFile } from 'node:fs/promises';
import { HighwaterError } from '../../../contract/errors.ts';
import type { Security } from '../security.ts';
import type { ClientSecurity } from './client.ts';

const MECHANISMS = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;

/** Reads the files: certificates that were renewed are taken at the next opening. Throws `file_unreadable`. */
export async function clientSecurity({ tls, sasl }: Security): Promise<ClientSecurity> {
  const security: ClientSecurity = {};
  if (tls !== null) {
    const files = await Promise.all(Object.entries(tls).map(async ([name, path]) => [name, await readPem(path)]));
    security.tls = Object.fromEntries(files);
  }
  if (sasl !== null) security.sasl = { ...sasl, mechanism: MECHANISMS[sasl.mechanism] };
  return security;
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HighwaterError('file_unreadable', `${path} cannot be read: ${why}`, 'name a PEM file that can be read', {
      cause,
    });
  }
}
