import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../contract/clock.ts';
import { folderTrouble, openDataFolder } from './data-folder.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Says whether it got the folder, and has it until all have tried. */
const CONTENDER = `
import { openDataFolder } from ${JSON.stringify(new URL('data-folder.ts', import.meta.url).href)};
process.stdout.write('ready');
process.stdin.once('data', async () => {
  const got = await openDataFolder(process.argv[1]).then(() => 'held', ({ code }) => code);
  process.stdout.write(got);
  process.stdin.once('data', () => process.exit(0));
});`;

function contender(folder: string) {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', CONTENDER, folder]);
  onTestFinished(() => void child.kill());
  const said = () => new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
  return { said, go: () => child.stdin.write('go') };
}

test.each([
  ['nobody’s', null],
  ['a dead process’s', '999999 1\n'],
])('L6 of several relays one gets a folder that is %s', async (_, lock) => {
  for (let round = 0; round < 3; round++) {
    const folder = newFolder();
    if (lock !== null) writeFileSync(join(folder, '.lock'), lock);
    const all = [contender(folder), contender(folder), contender(folder)];
    await Promise.all(all.map(({ said }) => said()));
    const answers = Promise.all(all.map(({ said }) => said()));
    for (const { go } of all) go();
    expect((await answers).sort()).toEqual(['data_in_use', 'data_in_use', 'held']);
    expect(readdirSync(folder)).toEqual(['.lock']);
    for (const { go } of all) go();
  }
});

test('L6 a relay that stops leaves the lock of another alone', async () => {
  const folder = newFolder();
  const data = await openDataFolder(folder);
  writeFileSync(join(folder, '.lock'), '1 1\n');
  await data.release();
  expect(readdirSync(folder)).toEqual(['.lock']);
});

test('L6 no name of a stream is that of the lock', async () => {
  const folder = newFolder();
  const data = await openDataFolder(folder);
  expect(['.lock', 'lock', '.', '..', '%2Elock'].map((name) => data.of(name).slice(folder.length + 1))).toEqual([
    '%2Elock',
    'lock',
    '%2E',
    '%2E.',
    '%252Elock',
  ]);
  await data.release();
});

test('what keeps a folder from being used is told in words, with what to do', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'file'), '');
  for (const path of [join(folder, 'file'), join(folder, 'file', 'below')])
    await expect(openDataFolder(path)).rejects.toMatchObject({
      code: 'data_unwritable',
      message: `the data folder ${path} cannot be used: there is a file where a folder should be`,
      fix: 'name another with --data <folder>; or keep nothing over restarts: --data none',
    });
  const told = (code: string) => folderTrouble(Object.assign(new Error(`${code}: in the system's words`), { code }));
  expect(told('EACCES')).toEqual({
    why: 'this user may not write there',
    fix: expect.stringMatching(/^let the relay's user own it; or name another/),
  });
  expect(told('ENOSPC')).toEqual({ why: 'its disk has no room', fix: expect.stringMatching(/^make room; or/) });
  expect(told('EROFS').why).toBe('its disk is read-only');
  expect(told('EIO').why).toBe("EIO: in the system's words");
});

/** A clock that runs at its caller's word. */
function steps() {
  let nowMs = 1_000_000;
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const clock: Clock = {
    nowMs: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    for (const timer of [...timers])
      if (timer.atMs <= nowMs && timers.delete(timer)) {
        timer.run();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
  };
  return { clock, pass, waiting: () => timers.size };
}

test.each([
  ['container', (mine: string) => mine.replace(/pid:\[\d+\]/, 'pid:[1]')],
  ['machine', (mine: string) => mine.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'another-boot')],
])('L6 a lock of another %s counts for as long as it is written again', async (_, elsewhere) => {
  const folder = newFolder();
  const lock = join(folder, '.lock');
  const own = await openDataFolder(folder);
  const mine = readFileSync(lock, 'utf8');
  await own.release();
  const theirs = elsewhere(mine);
  expect(theirs).not.toBe(mine);
  writeFileSync(lock, theirs);

  const time = steps();
  const refused = openDataFolder(folder, { clock: time.clock }).catch(({ code }) => code);
  for (let beat = 1; beat <= 3; beat++) {
    await expect.poll(time.waiting).toBe(1);
    if (beat === 3) utimesSync(lock, 1, 1);
    await time.pass(1_000);
  }
  expect(await refused).toBe('data_in_use');
  expect(readFileSync(lock, 'utf8')).toBe(theirs);

  const taken = openDataFolder(folder, { clock: time.clock });
  for (let second = 0; second < 15; second++) {
    expect(readFileSync(lock, 'utf8')).toBe(theirs);
    await expect.poll(time.waiting).toBe(1);
    await time.pass(1_000);
  }
  const data = await taken;
  expect(readFileSync(lock, 'utf8')).toBe(mine);
  await data.release();
});

test('L6 who has a folder says so every 5 s, and hears it when another took it', async () => {
  const folder = newFolder();
  const lock = join(folder, '.lock');
  const time = steps();
  const told: string[] = [];
  const data = await openDataFolder(folder, { clock: time.clock, lost: ({ message }) => told.push(message) });
  for (let beat = 0; beat < 3; beat++) {
    utimesSync(lock, 1, 1);
    await time.pass(5_000);
    await expect.poll(() => statSync(lock).mtimeMs).toBeGreaterThan(1_000);
    await expect.poll(time.waiting).toBe(1);
  }
  expect(told).toEqual([]);
  rmSync(lock);
  writeFileSync(lock, '1 1 another-boot pid:[1]\n');
  await time.pass(5_000);
  await expect.poll(() => told).toEqual([expect.stringMatching(/another relay has taken .* over/)]);
  await data.release();
  expect(readFileSync(lock, 'utf8')).toBe('1 1 another-boot pid:[1]\n');
});

test('L6 a lock that cannot be read or written: it is said, and only one that is another’s ends the relay', async () => {
  const folder = newFolder();
  const lock = join(folder, '.lock');
  const time = steps();
  const told: string[] = [];
  const data = await openDataFolder(folder, {
    clock: time.clock,
    lost: ({ message }) => told.push(message),
    troubled: (message) => told.push(message),
  });
  const mine = readFileSync(lock, 'utf8');
  rmSync(lock);
  // Whatever asks what is in it fails.
  mkdirSync(lock);
  for (let beat = 0; beat < 3; beat++) {
    await time.pass(5_000);
    await expect.poll(time.waiting).toBe(1);
  }
  expect(told).toEqual([
    expect.stringMatching(/the lock of .* cannot be written \(EISDIR.*another machine may take it/),
  ]);
  rmSync(lock, { recursive: true });
  writeFileSync(lock, mine);
  await time.pass(5_000);
  await expect.poll(time.waiting).toBe(1);
  expect(told.length).toBe(1);
  await data.release();
});
