import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Child, listening, startChild } from './child.ts';
import { freePorts } from './ports.ts';

/** The relay as a user runs it: `node relay/main.ts …`, with the built page, on a port of its own. */
export interface RelayProcess {
  readonly url: string;
  readonly port: number;
  /** Everything it wrote since it was last started. */
  output(): string;
  /** A clean stop, as `docker stop` asks for. */
  stop(): Promise<void>;
  /** kill -9: what a crash leaves. */
  kill(): Promise<void>;
  /** Again, with the same arguments on the same port. */
  start(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 30_000;

export async function startRelayProcess(args: readonly string[]): Promise<RelayProcess> {
  await buildPage();
  const [port = 0] = await freePorts(1);
  let child: Child | null = null;
  const start = async () => {
    child = startChild(process.execPath, ['relay/main.ts', '--port', String(port), ...args], { cwd: ROOT });
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
    output: () => child?.output() ?? '',
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
  };
}

/** Builds the page unless it is newer than everything it is built from. */
async function buildPage(): Promise<void> {
  const built = join(ROOT, 'dist/index.html');
  const sources = ['web', 'worker', 'contract', 'public', 'vite.config.ts', 'package-lock.json'];
  if (existsSync(built) && sources.every((source) => newest(join(ROOT, source)) <= statSync(built).mtimeMs)) return;
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/vite'), ['build', '--logLevel', 'warn'], { cwd: ROOT });
}

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
