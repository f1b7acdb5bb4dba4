import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { StaticFiles } from './static-files.ts';

async function served(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'highwater-static-'));
  const dist = join(root, 'dist');
  await mkdir(join(dist, 'assets'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dist, name), text);
  const clock = handClock();
  const statics = new StaticFiles(dist, clock);
  const server = createServer(async (request, response) => {
    if (!(await statics.serve(request.url ?? '/', request, response))) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(root, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, cache: answer.headers.get('cache-control'), text: await answer.text() };
  };
  return { dist, clock, statics, get };
}

test('C8 a page that is built anew is served at once, and has another hash', async () => {
  const { dist, statics, get } = await served({ 'index.html': 'one', 'assets/a-1.js': 'a1' });
  expect(await get('/index.html')).toEqual({ status: 200, cache: 'no-cache', text: 'one' });
  expect((await get('/assets/a-1.js')).cache).toMatch(/immutable/);
  const before = await statics.hashOf('/index.html');
  // A build: the old folder goes, another comes.
  await rename(dist, `${dist}-old`);
  expect((await get('/index.html')).text).toBe('one');
  expect(await statics.hashOf('/index.html')).toBe(before);
  await mkdir(join(dist, 'assets'), { recursive: true });
  await writeFile(join(dist, 'index.html'), 'two, and longer');
  expect((await get('/index.html')).text).toBe('two, and longer');
  expect(await statics.hashOf('/index.html')).not.toBe(before);
  // What pages of the old build still ask for, where somebody has asked before.
  expect((await get('/assets/a-1.js')).text).toBe('a1');
});

test('what is not there, or above the folder, is not served', async () => {
  const { dist, get, statics } = await served({ 'index.html': 'one' });
  await writeFile(`${dist}-secret`, 'secret');
  expect((await get('/none.js')).status).toBe(404);
  expect((await get('/assets')).status).toBe(404);
  for (const path of ['/../dist-secret', '/a\0b', '/assets/../../dist-secret'])
    expect([path, await statics.hashOf(path)]).toEqual([path, null]);
});

test('what was taken away for good is not served for ever', async () => {
  const { dist, clock, get } = await served({ 'index.html': 'one', 'logo.svg': '<svg/>' });
  expect((await get('/logo.svg')).status).toBe(200);
  await rm(join(dist, 'logo.svg'));
  expect((await get('/logo.svg')).status).toBe(200);
  clock.pass(30_000);
  expect((await get('/logo.svg')).status).toBe(200);
  clock.pass(30_000);
  expect((await get('/logo.svg')).status).toBe(404);
  expect((await get('/index.html')).status).toBe(200);
});

test('a file is what it is where it is, whatever it is asked for by', async () => {
  const { dist, statics } = await served({ 'index.html': 'one', 'assets/a-1.js': 'a1' });
  const before = await statics.hashOf('/assets/../index.html');
  expect(before).toBe(await statics.hashOf('//index.html'));
  await writeFile(join(dist, 'index.html'), 'two, and longer');
  // As an asset it would stay what it was.
  expect(await statics.hashOf('/assets/../index.html')).not.toBe(before);
});
