import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, readFile, readlink, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../contract/clock.ts';
import { HighwaterError } from '../contract/errors.ts';
import { readText } from './log/replace-text.ts';

/**
 * One relay at a time has a folder: two would write the same segments. (L6)
 *
 *     <folder>/.lock      "pid start boot namespace" of who has it, who writes it again every 5 s
 *
 *     free ─ link ─▶ held ─ 5 s ─▶ written again ─ … ─ release ─▶ free
 *      ▲               └─ its process is gone; or it is of another container or machine and was not written for 15 s
 *      └─ moved away ──┘
 *
 * A lock is there whole or not at all. Of several that take one over, one moves the one it has read.
 */
export interface LockOptions {
  readonly clock: Clock;
  /** Another has taken the folder over while this process stood still: nothing may be written any more. */
  readonly lost: (error: HighwaterError) => void;
  /** The lock could not be written for 15 s: another machine may take the folder over. Told again every 15 s. */
  readonly troubled?: (message: string) => void;
}

export interface FolderLock {
  release(): Promise<void>;
}

const BEAT_MS = 5_000;
/** Not written for so long: three beats. */
const STALE_MS = 15_000;
const LOOK_MS = 1_000;

/** Folders this process holds: its own pid in a lock says nothing else. */
const held = new Set<string>();

/** Throws `data_in_use`, or what the file system says. */
export async function lockFolder(folder: string, { clock, lost, troubled }: LockOptions): Promise<FolderLock> {
  const path = join(folder, '.lock');
  const mine = `${process.pid} ${(await startOf(process.pid)) ?? ''} ${await bootId()} ${await namespace()}\n`;
  let taken = await take(path, mine);
  for (let tries = 0; taken === null; tries++) {
    const holder = await readText(path);
    if (held.has(folder) || tries > 1 || (holder !== null && (await isHeld(path, holder, clock))))
      throw inUse(folder, holder);
    if (holder !== null) await moveAway(path, holder);
    taken = await take(path, mine);
  }
  held.add(folder);
  const file = taken;
  let beating: Promise<void> = Promise.resolve();
  let beatMs = clock.nowMs();
  let cancel = (): void => undefined;
  const beat = async (): Promise<void> => {
    const written = await writeAgain(file, path, mine);
    if (written === 'taken') return lost(takenOver(folder));
    if (written === 'done') beatMs = clock.nowMs();
    else if (clock.nowMs() - beatMs >= STALE_MS) {
      beatMs = clock.nowMs();
      troubled?.(`the lock of ${folder} cannot be written (${written.message}): another machine may take it over`);
    }
    plan();
  };
  const plan = (): void => {
    cancel = clock.after(BEAT_MS, () => {
      beating = beat();
    });
  };
  plan();
  return {
    async release() {
      held.delete(folder);
      cancel();
      await beating;
      cancel();
      await file.close();
      if ((await readText(path)) === mine) await rm(path, { force: true });
    },
  };
}

/** Through what was opened when it was made, so that another's in its place stays as it is. */
async function writeAgain(file: FileHandle, path: string, mine: string): Promise<'done' | 'taken' | Error> {
  try {
    // First, for it needs no other file to be opened.
    await file.write(mine, 0);
    await file.datasync();
    return (await readText(path)) === mine ? 'done' : 'taken';
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Null: there is a lock. */
async function take(path: string, mine: string): Promise<FileHandle | null> {
  const whole = asideOf(path);
  const file = await open(whole, 'wx+', 0o600);
  try {
    await file.write(mine, 0);
    await link(whole, path);
    return file;
  } catch (error) {
    await file.close();
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

/** Removes the lock that says `holder`; another that has come meanwhile is put back. */
async function moveAway(path: string, holder: string): Promise<void> {
  const aside = asideOf(path);
  try {
    await rename(path, aside);
    if ((await readText(aside)) !== holder) await link(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function asideOf(path: string): string {
  return `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
}

/** A process that can be asked for is; of another container or machine, whether the lock is written again is waited for. */
async function isHeld(path: string, holder: string, clock: Clock): Promise<boolean> {
  if (!(await isElsewhere(holder))) return isAlive(holder);
  const seen = await writtenAt(path);
  for (let waitedMs = 0; waitedMs < STALE_MS; waitedMs += LOOK_MS) {
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    // Another lock, or none: looked at anew.
    if ((await readText(path)) !== holder) return false;
    if ((await writtenAt(path)) !== seen) return true;
  }
  return false;
}

/** By the clock of the file system, which is compared only with itself. Opened for it: a network may have an old answer. */
async function writtenAt(path: string): Promise<number | null> {
  try {
    const file = await open(path, 'r');
    try {
      return (await file.stat()).mtimeMs;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Is its pid one of another list of processes? */
async function isElsewhere(holder: string): Promise<boolean> {
  const [, , boot = '', space = ''] = holder.trim().split(' ');
  return (boot !== '' && boot !== (await bootId())) || (space !== '' && space !== (await namespace()));
}

/** Pids are given again, after a boot of a container: the start of the process tells it apart. */
async function isAlive(holder: string): Promise<boolean> {
  const [pidText, start] = holder.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return false;
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

/** Of this boot of the machine, where the system tells (Linux); else the machine's name. */
async function bootId(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return id.trim() || encodeURIComponent(hostname());
}

/** The list of processes this one is in (a container has its own), where the system tells (Linux); else empty. */
async function namespace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => '');
}

/** Clock ticks from the boot to the process's start, where the system tells (Linux); else null. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The program's name is in parentheses and may hold spaces.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

const FIX = `stop that one; or give this one a folder of its own: --data <folder>, or none: --data none`;

function inUse(folder: string, holder: string | null): HighwaterError {
  const pid = holder?.trim().split(' ')[0];
  return new HighwaterError('data_in_use', `another relay uses ${folder}${pid ? ` (process ${pid})` : ''}`, FIX);
}

function takenOver(folder: string): HighwaterError {
  const message = `another relay has taken ${folder} over: this one had not said for ${STALE_MS / 1000} s that it uses it`;
  return new HighwaterError('data_in_use', message, FIX);
}
