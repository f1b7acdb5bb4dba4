import type { CheckSource } from '../../contract/spec/load.ts';
import { SecuritySpecSchema } from '../../contract/spec/stream.ts';
import { type SecurityPlace, securityProblems, unset } from './security.ts';
import { parseSourceUrl } from './source-url.ts';

/** What is wrong with a stream's source on this machine: its URL, and files and variables it names that are not there. */
export function checkSourceAt({ baseDir, env }: Pick<SecurityPlace, 'baseDir' | 'env'>): CheckSource {
  return (source, stream) => {
    const parsed = parseSourceUrl(source);
    if (!parsed.ok) return parsed.problems;
    const { url } = parsed;
    if (url.kind !== 'kafka' && url.kind !== 'mqtt') return [];
    // What the schema refuses it tells itself.
    const security = SecuritySpecSchema.safeParse(stream.security);
    const of = security.success ? securityProblems(security.data, { kind: url.kind, baseDir, env }) : [];
    // What is written without effect, or by halves, is told with its line by the loader.
    const missing = of.filter(({ path }) => path.length > 2);
    return url.kind === 'mqtt' ? [...userProblems(url.url, env), ...missing] : missing;
  };
}

/** Of `mqtt://user:password@host`, what cannot be read. */
function userProblems(url: string, env: SecurityPlace['env']): { found: string; expected: string }[] {
  const user = /^mqtts?:\/\/([^/@]*)@/.exec(url)?.[1] ?? '';
  const variables = [...user.matchAll(/(?:^|:)env:([^:]*)/g)].map(([, name = '']) => name);
  const problems = variables
    .filter((name) => env[name] === undefined)
    .map((name) => {
      const [found, expected] = unset(name);
      return { found, expected };
    });
  if (!isDecodable(user)) problems.push({ found: 'a % in the user or password', expected: '%25 in its place' });
  return problems;
}

/** Are all its `%` of characters in UTF-8? */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
