import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';

/** On what, when and of which commit something was measured. */
export function surroundings(): { readonly date: string; readonly machine: string; readonly commit: string } {
  return {
    date: new Date().toISOString(),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${process.arch}, Node ${process.version}`,
    commit: commit(),
  };
}

/** `unknown` outside of a checkout. */
function commit(): string {
  const cwd = resolve(import.meta.dirname, '../..');
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
