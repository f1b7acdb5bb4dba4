import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';

/** A program under test. Ends with the test process, whatever happens to that. */
export interface Child {
  readonly pid: number;
  /** What it wrote, newest last, at most the last 64 KiB. */
  output(): string;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Sends the signal, and resolves when it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const KEPT_OUTPUT = 64 * 1024;

export function startChild(program: string, args: readonly string[], options: { readonly cwd?: string } = {}): Child {
  const child: ChildProcess = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      output += `\n${error.message}`;
      resolve();
    });
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  ended.then(() => process.removeListener('exit', kill));
  if (child.pid === undefined) throw new Error(`${program} could not be started`);
  return {
    pid: child.pid,
    output: () => output,
    ended,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Resolves when something accepts connections on the port; rejects, with the program's output, when it does not in time. */
export async function listening(child: Child, port: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await accepts(port))) {
    if (performance.now() > deadline)
      throw new Error(`nothing listens on port ${port} after ${timeoutMs} ms:\n${child.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
