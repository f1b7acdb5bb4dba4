import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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
  expect(Object.keys(shop.boards ?? {})).toEqual(['shop', 'shop-campaign']);
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
      `${join(folder, 'a2.yaml')}:2:9 panels: found an empty list, expected at least one panel`,
      `${path} boards: found no file none.yaml in ${folder}, expected a board file`,
    ].join('\n  '),
  });
});

test('D8 windows of boards that differ in case alone are told with both lines, and boards of one name', async () => {
  const board = (window: string) =>
    `title: T\nwindows:\n  ${window}: { from: s, window: tumble(1m), select: { n: count() } }\npanels: [{ kind: stat, title: T, w: 24, h: 9, window: ${window}, value: n }]\n`;
  const folder = await folderOf({
    'highwater.yaml':
      'streams: { s: { source: "kafka://h/t" } }\nwindows:\n  Orders: { from: s, window: tumble(1m), select: { n: count() } }\nboards: [a.yaml, b.yaml, c.yaml, a.json, boards]\n',
    'a.yaml': board('orders'),
    'b.yaml': board('sales'),
    'c.yaml': board('SALES'),
    'a.json': '{"title": "T", "panels": [{"kind": "table", "title": "T", "w": 24, "h": 9, "stream": "s"}]}',
  });
  await mkdir(join(folder, 'boards'));
  const path = join(folder, 'highwater.yaml');
  await expect(readConfig(path)).rejects.toMatchObject({
    message: [
      '4 problems:',
      `${join(folder, 'a.yaml')}:3 windows.orders: found a window that is there (${path}:3 Orders), expected another name`,
      `${join(folder, 'c.yaml')}:3 windows.SALES: found a window that is there (${join(folder, 'b.yaml')}:3 sales), expected another name`,
      `${join(folder, 'a.json')}: found a board named a, as ${join(folder, 'a.yaml')} is, expected files of different names`,
      `${path} boards: found the folder boards, expected files such as boards/*.yaml`,
    ].join('\n  '),
  });
});

test('B3 boards stand in the order they are named in, those of one pattern in that of their names', async () => {
  const board = 'title: T\npanels: [{ kind: table, title: T, w: 24, h: 9, stream: s }]\n';
  const folder = await folderOf({
    'highwater.yaml': 'streams: { s: { source: "kafka://h/t" } }\nboards: [m.yaml, "*-board.yaml", z.yaml, m.yaml]\n',
    ...Object.fromEntries(['z', 'b-board', 'm', 'a-board', 'c-board'].map((name) => [`${name}.yaml`, board])),
  });
  const { boards } = await readConfig(join(folder, 'highwater.yaml'));
  expect(Object.keys(boards ?? {})).toEqual(['m', 'a-board', 'b-board', 'c-board', 'z']);
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

test('S11 S15 what a stream names that is not there has its line, with everything else', async () => {
  const folder = await folderOf({
    'highwater.yaml': `streams:
  a:
    source: kafka://h/t
    security:
      tls: { ca: missing.pem }
      sasl: { mechanism: plain, username: me, password: env:NOT_SET }
  b:
    source: mqtts://me:env:NOT_SET_EITHER@h/t
    speed: 10
`,
  });
  const path = join(folder, 'highwater.yaml');
  const set = (name: string) =>
    `env:${name}, and no such environment variable is set, expected ${name} to be set before the relay is started: ${name}=… npm start`;
  await expect(readConfig(path)).rejects.toMatchObject({
    code: 'config_invalid',
    message: [
      '4 problems:',
      `${path}:5:18 streams.a.security.tls.ca: found ${join(folder, 'missing.pem')}, which is not there, expected a PEM file`,
      `${path}:6:57 streams.a.security.sasl.password: found ${set('NOT_SET')}`,
      `${path}:8:13 streams.b.source: found ${set('NOT_SET_EITHER')}`,
      `${path}:9:12 streams.b.speed: found speed, which has no effect with a mqtts: source, expected it left out: only what is in a file: can be played at a pace`,
    ].join('\n  '),
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
  [
    ['--file', 'x.jsonl', '--from', 'latest', '--demo-rate', '3', '--topic', 't'],
    /^--from and --demo-rate and --topic would have no effect here\n {2}leave --from out: .*\n {2}leave --demo-rate out: .*\n {2}leave --topic out: /,
  ],
  [['--delay', '1s'], /--delay would have no effect here\n {2}leave --delay out: simulated streams have their own/],
  [
    ['--config', 'examples/04-late-events/highwater.yaml', '--demo-rate', '3'],
    /--demo-rate would have no effect here\n.*no stream of the configuration is simulated/,
  ],
  [
    ['--kafka', 'h', '--topic', 't', '--kafka-user', 'me', '--kafka-password-env', 'NOT_SET'],
    /^--kafka-user: found env:NOT_SET, and no such environment variable is set, expected NOT_SET to be set before .*NOT_SET=…/,
  ],
  [
    ['--kafka', 'h', '--topic', 't', '--kafka-ca', 'nope.pem'],
    /^--kafka-ca: found .*nope\.pem, which is not there, expected/,
  ],
  [['--mqtt', 'env:NOT_A:env:NOT_B@h', '--topic', 't'], /^2 problems:\n.*env:NOT_A.*\n.*env:NOT_B/],
  [['--mqtt', 'me:100%@h', '--topic', 't'], /found a % in the user or password, expected %25/],
  [
    ['--data', 'package.json/x', '--kafka', 'h', '--topic', 't'],
    /^the data folder .* there is a file where a folder should be\n/,
  ],
  [
    ['localhost:9092', 't'],
    /^found localhost:9092 t, which belongs to no option\n {2}write npm start -- --option value/,
  ],
  [['--kafka', '--topic', 't'], /^--kafka without a value: --topic follows it\n/],
  [['--config', 'examples'], /^examples cannot be read: it is a folder\n/],
  [['--max-tabs', '0'], /Expected a whole number from 1/],
  [
    ['--config', 'examples/04-late-events/highwater.yaml', '--boards', 'x.yaml'],
    /^--boards would have no effect here\n {2}leave --boards out: with --config, write boards: in the file/,
  ],
  [
    ['--file', 'package.json', '--boards', 'none-*.yaml', 'examples/04-late-events/board.yaml'],
    /^5 problems:\n {2}--boards: found no file none-\*\.yaml in .*, expected a board file\n {2}examples\/04-late-events\/board\.yaml:5:54 panels\.0\.window: found "orders_by_minute", expected a window, and there is none\n/,
  ],
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
