import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig, streamName } from '../../relay/config.ts';

const ROOT = resolve(import.meta.dirname, '../..');

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test('the shop that ships, and every example’s configuration, is good', async () => {
  const shop = await readConfig(join(ROOT, 'boards/demo-shop.yaml'));
  expect(Object.keys(shop.boards ?? {})).toEqual(['shop']);
  const examples = (await readdir(join(ROOT, 'examples'), { recursive: true })).filter((name) =>
    /highwater\.yaml$/.test(name),
  );
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(await readConfig(join(ROOT, 'examples', example))).toHaveProperty('streams');
});

test('problems of all boards are told at once, with their files', async () => {
  const folder = await folderOf({
    'highwater.yaml': 'streams: { s: { source: "kafka://h/t" } }\nboards: [a*.yaml, none.yaml]\n',
    'a1.yaml': 'title: T\npanels: [{ kind: table, title: T, w: 24, h: 9, stream: x }]\n',
    'a2.yaml': 'title: T\npanels: []\n',
  });
  const path = join(folder, 'highwater.yaml');
  await expect(readConfig(path)).rejects.toMatchObject({
    code: 'config_invalid',
    message: [
      '3 problems:',
      `${join(folder, 'a1.yaml')}:2:56 panels.0.stream: found "x", expected a stream: s`,
      `${join(folder, 'a2.yaml')}:2:9 panels: found an empty list, expected at least 1 of them`,
      `${path} boards: found no file none.yaml in ${folder}, expected a board file`,
    ].join('\n  '),
  });
});

test('a board that is not there is told with what is wrong in the configuration', async () => {
  const folder = await folderOf({
    'highwater.yaml': 'streams: { s: { source: "kafka://h/t", frm: x } }\nboards: none.yaml\n',
  });
  const path = join(folder, 'highwater.yaml');
  await expect(readConfig(path)).rejects.toMatchObject({
    message: expect.stringMatching(/^2 problems:[\s\S]*"frm"[\s\S]*found no file none\.yaml/),
  });
});

test.each([
  ['user_events', 'user_events'],
  ['line/#', 'line'],
  ['shop/+/events', 'shop_events'],
  ['#', 'events'],
  ['2024-orders', '_2024_orders'],
])('a stream of %s is called %s', (topic, name) => {
  expect(streamName(topic)).toBe(name);
});

test.each([
  [['--kafka', 'localhost:9092'], /--kafka without a topic\n {2}add --topic name/],
  [['--port', 'x'], /Expected a whole number from 0 to 65535/],
  [['--config', 'nowhere.yaml'], /nowhere\.yaml cannot be read: there is no such file/],
  [['--kafka', 'a', '--file', 'b'], /--kafka and --file do not go together/],
  [['--mqtt', 'host:70000', '--topic', 'a/#/b'], /2 problems:[\s\S]*port 70000[\s\S]*topic filter "a\/#\/b"/],
  [['--mqtt', 'h', '--topic', 'a', '--speed', '2'], /--speed would have no effect here\n {2}leave --speed out/],
  [['--file', 'none.jsonl'], /^none\.jsonl cannot be read\n {2}check the path/],
  [['--nonsense'], /unknown option '--nonsense'/],
])('%j is refused with status 2, one message and no stack', async (args, message) => {
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ['relay/main.ts', ...args], { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/ {4}at /);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
