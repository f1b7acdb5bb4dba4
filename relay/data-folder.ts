import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HighwaterError } from '../contract/errors.ts';
import { readText, replaceText } from './log/replace-text.ts';
import type { SegmentFiles } from './log/segment-files.ts';
import type { SourceMemory } from './sources/source.ts';

/**
 * What a relay keeps over restarts:
 *
 *     <data>/lock            the process that uses it: "pid start"
 *     <data>/<stream>/       stream.json  source.json  log/  dead-letters/
 *
 * One relay at a time: two would write the same segments. A lock whose process is gone is taken over.
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
  const lock = join(folder, 'lock');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let tries = 0; !(await take(lock, folder)); tries++) {
      const holder = await readText(lock);
      if (held.has(folder) || tries > 1 || (holder !== null && (await isAlive(holder)))) throw inUse(folder, holder);
      await rm(lock, { force: true });
    }
  } catch (cause) {
    if (cause instanceof HighwaterError) throw cause;
    throw new HighwaterError(
      'data_unwritable',
      `${folder} cannot be used: ${cause instanceof Error ? cause.message : cause}`,
      'name another folder: --data <folder>; or keep nothing over restarts: --data none',
      { cause },
    );
  }
  const of = (stream: string) => join(folder, encodeURIComponent(stream).replace(/^\.+$/, '_$&'));
  return {
    of,
    memoryOf: (stream) => ({
      load: () => readText(join(of(stream), 'source.json')),
      save: (text) => replaceText(join(of(stream), 'source.json'), text),
    }),
    async release() {
      held.delete(folder);
      await rm(lock, { force: true });
    },
  };
}

/** False: there is a lock. */
async function take(lock: string, folder: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600);
    try {
      await file.writeFile(`${process.pid} ${(await startOf(process.pid)) ?? ''}\n`);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  held.add(folder);
  return true;
}

/** Pids are given again, after a boot of the machine or of a container: the start of the process tells it apart. */
async function isAlive(holder: string): Promise<boolean> {
  const [pidText, start] = holder.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startNow = await startOf(pid);
  return startNow === null || start === undefined || start === '' || start === startNow;
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
