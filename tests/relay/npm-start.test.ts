import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listening, startChild } from '../support/child.ts';
import { freePorts } from '../support/ports.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The repository as it is cloned, without the page that would take its time to build. */
async function clone(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-clone-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['package.json', 'relay', 'contract', 'boards'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

interface Ran {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function npm(cwd: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile('npm', args, { cwd }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

test.each([
  [['--help'], 0, /Usage: highwater/],
  [['--version'], 0, /\d+\.\d+\.\d+/],
  [['--port', 'x'], 2, /Expected a whole number/],
  [['--speed', '2'], 2, /--speed would have no effect here/],
  [['--config', 'nowhere.yaml'], 2, /nowhere\.yaml cannot be read: there is no such file/],
])('npm start -- %j is answered, and nothing is built', async (args, code, words) => {
  const folder = await clone();
  const ran = await npm(folder, 'start', '--', ...args);
  expect(`${ran.stdout}${ran.stderr}`).toMatch(words);
  expect(ran.code).toBe(code);
  expect(await readdir(folder)).not.toContain('dist');
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s to npm ends the relay, and npm after it', async (signal) => {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(join(tmpdir(), 'highwater-npm-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const child = startChild(
    'npm',
    ['start', '--', '--port', String(port), '--data', folder, '--kafka', '127.0.0.1:1', '--topic', 't'],
    { cwd: ROOT },
  );
  await listening(child, port, 60_000);
  const pid = Number((await readFile(join(folder, '.lock'), 'utf8')).split(' ')[0]);
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  expect([pid === child.pid, isRunning(pid)]).toEqual([false, true]);
  process.kill(child.pid, signal);
  await child.ended;
  // When npm is gone the relay is, and has given its folder back.
  expect(isRunning(pid)).toBe(false);
  expect(await readdir(folder)).not.toContain('.lock');
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
