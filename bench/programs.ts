import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './harness.ts';

/** Programs a row needs beside the browser. Each ends with the bench, whatever happens to that. */
export interface Program {
  /** What it wrote to stdout so far. */
  output(): string;
  /** Resolves with the first match of `pattern` in its output; rejects with that output when it ends first. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** In this checkout, with its own Node, unless told otherwise. */
export function start(command: string, args: readonly string[], where: Surroundings = here()): Program {
  const child: ChildProcess = spawn(command, args, { ...where, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  // To the whole group: npm's own child may outlive npm, and hold its output open.
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  let output = '';
  const lookers = new Set<() => void>();
  const heard = (chunk: Buffer) => {
    output += chunk.toString();
    for (const look of [...lookers]) look();
  };
  child.stdout?.on('data', heard);
  child.stderr?.on('data', heard);
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const kill = () => signal('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.removeListener('exit', kill));
  return {
    output: () => output,
    says(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (!match) return;
          lookers.delete(look);
          resolve(match);
        };
        lookers.add(look);
        void ended.then(() => reject(new Error(`${command} ${args.join(' ')} ended; it said:\n${output}`)));
        look();
      });
    },
    async stop() {
      signal('SIGTERM');
      await ended;
    },
  };
}

/** The relay as users start it, on a port and with a data folder of its own. */
export async function startRelay(...args: string[]): Promise<Program & { readonly url: string }> {
  const data = mkdtempSync(join(tmpdir(), 'highwater-bench-data-'));
  process.once('exit', () => rmSync(data, { recursive: true, force: true }));
  const relay = start(process.execPath, ['relay/main.ts', '--port', '0', '--data', data, ...args]);
  const [, url = ''] = await relay.says(/(http:\/\/[\w.]+:\d+)/);
  return { ...relay, url };
}

/** Builds the page into dist/, as `npm start` does. */
export function buildPage(): void {
  execFileSync(join(root, 'node_modules/.bin/vite'), ['build', '--logLevel', 'error'], { cwd: root, stdio: 'ignore' });
}

function here(): Surroundings {
  return { cwd: root, env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` } };
}
