import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Child, listening, startChild } from './child.ts';
import { lastingPorts } from './ports.ts';

/**
 * The relay as a user runs it: `node relay/main.ts …`, with the built page, on a port of its own, and a data folder of its
 * own, which a start after `stop` or `kill` finds again.
 */
export interface RelayProcess {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now; null while none does. */
  readonly pid: number | null;
  /** Everything it wrote since it was last started. */
  output(): string;
  /** A clean stop, as `docker stop` asks for. */
  stop(): Promise<void>;
  /** kill -9: what a crash leaves. */
  kill(): Promise<void>;
  /** Again, with the same arguments on the same port. */
  start(): Promise<void>;
  /** Stops it for good: its data folder goes, unless it was named by the arguments. */
  remove(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');
/** What the page is built from: the relay too, which reads files in the tab. */
const SOURCES = ['web', 'worker', 'relay', 'contract', 'public', 'vite.config.ts', 'package-lock.json'];
const START_TIMEOUT_MS = 30_000;

/** Of this process: two relays that start at once are served by one build. */
let building: Promise<void> | null = null;

export interface RelayProcessOptions {
  /** Of Node: `--max-old-space-size=64` say. */
  readonly nodeArgs?: readonly string[];
}

export async function startRelayProcess(
  args: readonly string[],
  { nodeArgs = [] }: RelayProcessOptions = {},
): Promise<RelayProcess> {
  await builtPage();
  const [port = 0] = await lastingPorts(1);
  const folder = args.includes('--data') ? null : newDataFolder();
  const kept = folder === null ? [] : ['--data', folder];
  let child: Child | null = null;
  const start = async () => {
    const options = ['--port', String(port), ...kept, ...args];
    child = startChild(process.execPath, [...nodeArgs, 'relay/main.ts', ...options], { cwd: ROOT });
    await listening(child, port, START_TIMEOUT_MS);
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    await child?.end(signal);
    child = null;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get pid() {
      return child?.pid ?? null;
    },
    output: () => child?.output() ?? '',
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    async remove() {
      await end('SIGTERM');
      if (folder === null) return;
      await rm(folder, { recursive: true, force: true });
      dataFolders.delete(folder);
    },
  };
}

/** Builds the page where it is not built or not new; its folder. */
export async function builtPage(): Promise<string> {
  building ??= buildPage().finally(() => {
    building = null;
  });
  await building;
  return join(ROOT, 'dist');
}

/** Removed when the test process ends, if nobody did before. */
const dataFolders = new Set<string>();
process.once('exit', () => {
  for (const folder of dataFolders) rmSync(folder, { recursive: true, force: true });
});

function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-data-'));
  dataFolders.add(folder);
  return folder;
}

/**
 * Builds the page unless it is newer than everything it is built from. Beside the old one, which is then replaced: other
 * test files may be serving it, or building it too.
 */
async function buildPage(): Promise<void> {
  const dist = join(ROOT, 'dist');
  const isNew = () => {
    const builtMs = newest(join(dist, 'index.html'));
    return SOURCES.every((source) => newest(join(ROOT, source)) <= builtMs);
  };
  if (isNew()) return;
  const building = join(ROOT, 'node_modules/.cache/highwater', `page-${process.pid}`);
  const vite = join(ROOT, 'node_modules/.bin/vite');
  await promisify(execFile)(vite, ['build', '--logLevel', 'warn', '--outDir', building], { cwd: ROOT });
  await rm(`${building}-old`, { recursive: true, force: true });
  await rename(dist, `${building}-old`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(building, dist).catch(async (error: unknown) => {
    await rm(building, { recursive: true, force: true });
    if (!isNew()) throw error;
  });
  await rm(`${building}-old`, { recursive: true, force: true });
}

/** When a file, or the newest of a folder's, was changed; 0 when there is none. */
function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
