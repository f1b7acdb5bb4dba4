import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../support/child.ts';
import { CHROMIUM_FLAGS } from '../support/chromium.ts';
import { relayForTest, until } from '../support/for-test.ts';
import { freePorts } from '../support/ports.ts';
import { findChromium, findSystemdAnalyze } from '../support/tools.ts';

/** What examples/06-kiosk has for a machine that is a wall: its units, and the command line of its browser. */
const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/06-kiosk');
const run = promisify(execFile);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-kiosk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test.each([
  ['highwater-relay.service', []],
  ['highwater-wall.service', []],
  ['highwater-kiosk.service', ['--user']],
] as const)('%s is a unit that systemd finds nothing wrong with', async (unit, flags) => {
  const [systemd, folder] = await Promise.all([findSystemdAnalyze(), newFolder()]);
  const text = await readFile(join(EXAMPLE, unit), 'utf8');
  // As installed here: what it starts is in this repository, and the machine of a test has no cage.
  const here = text
    .replaceAll('/opt/highwater', ROOT)
    .replaceAll(/(%h\/\.local|\/usr\/local)\/bin\/highwater-kiosk/g, join(EXAMPLE, 'kiosk.sh'))
    .replaceAll('/usr/bin/cage', '/bin/sh');
  await writeFile(join(folder, unit), here);
  const env = { ...process.env, XDG_RUNTIME_DIR: folder };
  const { stderr } = await run(systemd, [...flags, 'verify', join(folder, unit)], { env });
  expect(stderr.split('\n').filter((line) => line.includes(unit))).toEqual([]);
});

test('kiosk.sh waits for the relay, then shows the wall', { timeout: 120_000 }, async () => {
  const [relay, profile, browser, [port = 0]] = await Promise.all([
    relayForTest('--demo', 'shop', '--demo-rate', '20'),
    newFolder(),
    findChromium(),
    freePorts(1),
  ]);
  await relay.kill();
  // What a power cut leaves of a browser.
  await mkdir(join(profile, 'Default'), { recursive: true });
  const crashed = '{"profile":{"exit_type":"Crashed","exited_cleanly":false}}';
  await writeFile(join(profile, 'Default/Preferences'), crashed);
  const flags = [...CHROMIUM_FLAGS, '--headless', `--remote-debugging-port=${port}`, '--window-size=1920,1080'];
  const variables = { KIOSK_FLAGS: flags.join(' '), KIOSK_PROFILE: profile, KIOSK_BROWSER: browser };
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const wall = startChild('/usr/bin/env', [
    ...settings,
    'sh',
    join(EXAMPLE, 'kiosk.sh'),
    `${relay.url}/?kiosk&reload=04:00`,
  ]);
  onTestFinished(() => wall.end('SIGTERM'));
  await until(async () => expect(wall.output()).toContain(`waiting for ${relay.url}`));
  await relay.start();
  const attached = await (async () => {
    let found: Awaited<ReturnType<typeof chromium.connectOverCDP>> | null = null;
    await until(async () => {
      found ??= await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    });
    if (found === null) throw new Error('no browser');
    return found as Awaited<ReturnType<typeof chromium.connectOverCDP>>;
  })();
  onTestFinished(() => attached.close());
  const pages = () => attached.contexts().flatMap((context) => context.pages());
  await until(async () => expect(pages().map((page) => page.url())).toEqual([`${relay.url}/?kiosk&reload=04:00`]));
  const [page] = pages();
  if (!page) throw new Error('no page');
  await until(async () => expect(await page.locator('.wall .words').textContent()).toBe('live'));
  const size = await page.evaluate(() => ({
    scroll: document.documentElement.scrollHeight - innerHeight,
    panels: document.querySelectorAll('.panel').length,
  }));
  expect(size.scroll).toBe(0);
  expect(size.panels).toBeGreaterThan(5);
});
