import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says of a process; null where it says nothing (not Linux, or the process has gone). */

export function rssBytes(pid: number): number | null {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kb === undefined ? null : Number(kb) * 1024;
}

/** What several processes share is divided among them: these may be added up. */
export function pssBytes(pid: number): number | null {
  const kb = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return kb === undefined ? null : Number(kb) * 1024;
}

/** Time on the processor since it began. */
export function cpuMs(pid: number): number | null {
  // The name in parentheses may hold anything.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ');
  const [user, system] = [fields?.[11], fields?.[12]];
  return user === undefined || system === undefined ? null : (Number(user) + Number(system)) * TICK_MS;
}

/** A process and all that it started: by any of its threads. */
export function withDescendants(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).match(/\d+/g) ?? []);
  return [pid, ...children.flatMap((child) => withDescendants(Number(child)))];
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

const TICK_MS = 10;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
