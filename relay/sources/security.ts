import { accessSync, constants } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { HighwaterError } from '../../contract/errors.ts';
import type { SecuritySpec } from '../../contract/spec/stream.ts';
import type { SourceUrl } from './source-url.ts';

/** How a source is reached and who asks, as the relay uses it: paths are whole, secrets are those meant. */
export interface Security {
  /** Paths of PEM files; null: no TLS. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | null;
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
}

export interface SecurityPlace {
  readonly kind: SourceUrl['kind'];
  /** What relative paths start from. */
  readonly baseDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads `security:`. Throws `config_invalid` with everything that cannot be had: a variable, a file, a use of it. */
export function readSecurity(spec: SecuritySpec | undefined, { kind, baseDir, env }: SecurityPlace): Security {
  const problems: string[] = [];
  const secret = (place: string, text: string): string => {
    const [, name] = /^env:(.*)$/s.exec(text) ?? [];
    if (name === undefined) return text;
    const value = env[name];
    if (value === undefined)
      problems.push(`${place}: found env:${name}, expected an environment variable of this name`);
    return value ?? '';
  };
  const file = (place: string, path: string): string => {
    const whole = isAbsolute(path) ? path : resolve(baseDir, path);
    try {
      accessSync(whole, constants.R_OK);
    } catch {
      problems.push(`${place}: found ${whole}, which cannot be read, expected a PEM file`);
    }
    return whole;
  };
  if (spec !== undefined && kind !== 'kafka' && kind !== 'mqtt')
    problems.push(`security: found with a ${kind}: source, expected with kafka:// or mqtt://`);
  if (spec?.sasl !== undefined && kind === 'mqtt')
    problems.push('security.sasl: found with mqtt://, expected user:password@ before the host');
  const tls = spec?.tls;
  if ((tls?.cert === undefined) !== (tls?.key === undefined))
    problems.push('security.tls: found one of cert and key, expected both or none');
  const security: Security = {
    tls:
      tls === undefined
        ? null
        : {
            ...(tls.ca === undefined ? {} : { ca: file('security.tls.ca', tls.ca) }),
            ...(tls.cert === undefined ? {} : { cert: file('security.tls.cert', tls.cert) }),
            ...(tls.key === undefined ? {} : { key: file('security.tls.key', tls.key) }),
          },
    sasl:
      spec?.sasl === undefined
        ? null
        : {
            mechanism: spec.sasl.mechanism,
            username: secret('security.sasl.username', spec.sasl.username),
            password: secret('security.sasl.password', spec.sasl.password),
          },
  };
  if (problems.length === 0) return security;
  throw new HighwaterError('config_invalid', problems.join('\n  '), 'correct what is named and start again');
}
