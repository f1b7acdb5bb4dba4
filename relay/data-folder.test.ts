import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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
