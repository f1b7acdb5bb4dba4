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

/** What of `security:` cannot be had. */
export interface SecurityProblem {
  /** Within the stream: `['security', 'tls', 'ca']`. */
  readonly path: readonly string[];
  readonly found: string;
  readonly expected: string;
}

/** Reads `security:`. Throws `config_invalid` with everything that cannot be had: a variable, a file. */
export function readSecurity(spec: SecuritySpec | undefined, place: SecurityPlace): Security {
  const problems = securityProblems(spec, place);
  if (problems.length > 0)
    throw new HighwaterError(
      'config_invalid',
      problems
        .map(({ path, found, expected }) => `${path.join('.')}: found ${found}, expected ${expected}`)
        .join('\n  '),
      'correct what is named and start again',
    );
  const { baseDir, env } = place;
  const tls = spec?.tls;
  const sasl = spec?.sasl;
  return {
    tls:
      tls === undefined
        ? null
        : Object.fromEntries(
            filesOf(tls).map(([name, path]) => [name, isAbsolute(path) ? path : resolve(baseDir, path)]),
          ),
    sasl:
      sasl === undefined
        ? null
        : { mechanism: sasl.mechanism, username: secret(sasl.username, env), password: secret(sasl.password, env) },
  };
}

/** What is wrong with `security:` on this machine: all of it. */
export function securityProblems(
  spec: SecuritySpec | undefined,
  { kind, baseDir, env }: SecurityPlace,
): SecurityProblem[] {
  const problems: SecurityProblem[] = [];
  const report = (path: readonly string[], found: string, expected: string) =>
    problems.push({ path: ['security', ...path], found, expected });
  if (spec !== undefined && kind !== 'kafka' && kind !== 'mqtt')
    report([], `it with a ${kind}: source`, 'it with kafka:// or mqtt://');
  const { tls, sasl } = spec ?? {};
  if (sasl !== undefined && kind === 'mqtt') report(['sasl'], 'it with mqtt://', 'user:password@ before the host');
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) report(['tls'], 'one of cert and key', 'both or none');
  for (const [name, path] of filesOf(tls ?? {})) {
    const whole = isAbsolute(path) ? path : resolve(baseDir, path);
    try {
      accessSync(whole, constants.R_OK);
    } catch (error) {
      report(['tls', name], `${whole}, ${whyNot(error)}`, 'a PEM file');
    }
  }
  for (const name of ['username', 'password'] as const) {
    const variable = variableOf(sasl?.[name]);
    if (variable !== null && env[variable] === undefined) report(['sasl', name], ...unset(variable));
  }
  return problems;
}

/** What is found and expected where a variable is not set. */
export function unset(variable: string): [found: string, expected: string] {
  return [
    `env:${variable}, and no such environment variable is set`,
    `${variable} to be set before the relay is started: ${variable}=… npm start`,
  ];
}

/** The variable that `env:NAME` names; null: it is the text itself. */
function variableOf(text: string | undefined): string | null {
  return /^env:(.*)$/s.exec(text ?? '')?.[1] ?? null;
}

function secret(text: string, env: SecurityPlace['env']): string {
  const variable = variableOf(text);
  return variable === null ? text : (env[variable] ?? '');
}

function filesOf(tls: NonNullable<SecuritySpec['tls']>): (readonly ['ca' | 'cert' | 'key', string])[] {
  return (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const path = tls[name];
    return path === undefined ? [] : [[name, path] as const];
  });
}

function whyNot(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'which is not there';
  return code === 'EACCES' ? 'which this user may not read' : 'which cannot be read';
}
