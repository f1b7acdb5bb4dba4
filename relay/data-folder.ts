import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HighwaterError } from '../contract/errors.ts';
import { readText, replaceText } from './log/replace-text.ts';
import type { SegmentFiles } from './log/segment-files.ts';
import type { SourceMemory } from './sources/source.ts';

/**
 * What a relay keeps over restarts:
 *
 *     <data>/.lock           the process that uses it: "pid start boot"; no stream's folder begins with a dot
 *     <data>/<stream>/       stream.json  source.json  log/  dead-letters/
 *
 * One relay at a time: two would write the same segments. A lock is there whole or not at all. One whose process is gone
 * is taken over by moving it away: of several that try, one moves the one it has read.
 */
export interface DataFolder {
  /** A stream's own folder; it may not exist yet. */
  of(stream: string): string;
  /** What a stream's source keeps there. */
  memoryOf(stream: string): SourceMemory;
  /** Stands in for the file system that logs and dead letters are written to. */
  readonly files?: SegmentFiles;
  release(): Promise<void>;
}

/** Folders this process holds: its own pid in a lock says nothing else. */
const held = new Set<string>();

/** Throws `data_in_use`, or `data_unwritable`. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder = resolve(path);
  const lock = join(folder, '.lock');
  const mine = `${process.pid} ${(await startOf(process.pid)) ?? ''} ${await bootId()}\n`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let tries = 0; !(await take(lock, mine)); tries++) {
      const holder = await readText(lock);
      if (held.has(folder) || tries > 1 || (holder !== null && (await isAlive(holder)))) throw inUse(folder, holder);
      if (holder !== null) await moveAway(lock, holder);
    }
    held.add(folder);
  } catch (cause) {
    if (cause instanceof HighwaterError) throw cause;
    const { why, fix } = folderTrouble(cause);
    throw new HighwaterError('data_unwritable', `the data folder ${folder} cannot be used: ${why}`, fix, { cause });
  }
  const of = (stream: string) => join(folder, encodeURIComponent(stream).replace(/^\./, '%2E'));
  return {
    of,
    memoryOf: (stream) => ({
      load: () => readText(join(of(stream), 'source.json')),
      save: (text) => replaceText(join(of(stream), 'source.json'), text),
    }),
    async release() {
      held.delete(folder);
      if ((await readText(lock)) === mine) await rm(lock, { force: true });
    },
  };
}

/** Why a folder cannot be used, and what to do, by the system's code. */
export function folderTrouble(error: unknown): { readonly why: string; readonly fix: string } {
  const another = 'name another with --data <folder>; or keep nothing over restarts: --data none';
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return { why: 'this user may not write there', fix: `let the relay's user own it; or ${another}` };
    case 'ENOTDIR':
    case 'EEXIST':
      return { why: 'there is a file where a folder should be', fix: another };
    case 'ENOSPC':
    case 'EDQUOT':
      return { why: 'its disk has no room', fix: `make room; or ${another}` };
    case 'EROFS':
      return { why: 'its disk is read-only', fix: another };
    default:
      return { why: error instanceof Error ? error.message : String(error), fix: another };
  }
}

/** False: there is a lock. */
async function take(lock: string, mine: string): Promise<boolean> {
  const whole = asideOf(lock);
  await writeFile(whole, mine, { flag: 'wx', mode: 0o600 });
  try {
    await link(whole, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

/** Removes the lock that says `holder`; another that has come meanwhile is put back. */
async function moveAway(lock: string, holder: string): Promise<void> {
  const aside = asideOf(lock);
  try {
    await rename(lock, aside);
    if ((await readText(aside)) !== holder) await link(aside, lock);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function asideOf(lock: string): string {
  return `${lock}.${process.pid}.${randomBytes(6).toString('hex')}`;
}

/** Pids are given again, after a boot of the machine or of a container: the start of the process tells it apart. */
async function isAlive(holder: string): Promise<boolean> {
  const [pidText, start, boot = ''] = holder.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const bootNow = await bootId();
  if (boot !== '' && bootNow !== '' && boot !== bootNow) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startNow = await startOf(pid);
  // Of this process itself, which would know: a copy of a folder, or what is left of one it held.
  if (pid === process.pid && startNow === (start || null)) return false;
  return startNow === null || start === undefined || start === '' || start === startNow;
}

/** Of this boot of the machine, where the system tells (Linux); else empty. */
async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

/** Clock ticks from the boot to the process's start, where the system tells (Linux); else null. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The program's name is in parentheses and may hold spaces.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function inUse(folder: string, holder: string | null): HighwaterError {
  const pid = holder?.trim().split(' ')[0];
  return new HighwaterError(
    'data_in_use',
    `another relay uses ${folder}${pid ? ` (process ${pid})` : ''}`,
    `stop that one; or give this one a folder of its own: --data <folder>, or none: --data none`,
  );
}
