import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ScriptedSource } from './scripted-source.ts';
import { startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run highwater -- dead-letters …`, without npm. */
function cli(...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, ['relay/cli/main.ts', 'dead-letters', ...args], { cwd: ROOT }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const at = (n: number) => new Date(1_743_760_800_000 + n * 1000).toISOString();
const STOPPED = `streams:
  events:
    source: kafka://localhost/events
    time: { field: timestamp }
    fields: { n: int64, price: float64 }
`;

test('X7 the command line lists, searches, shows, downloads, tries, replays and drops, without a relay and at one', async () => {
  const data = await mkdtemp(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const mended = join(data, 'mended.yaml');
  await writeFile(mended, STOPPED);
  const source = new ScriptedSource({ replayable: true });
  const time = { field: 'timestamp' };
  const first = await startTestRelay(source, { data, spec: { fields: { n: 'int64', price: 'int64' }, time } });
  const tab = await Tab.open(first.port);
  tab.subscribe('events');
  source.push(
    0,
    ...[0, 1, 2, 3].map((n) => ({ timestamp: at(n), n, price: n % 2 === 0 ? n : n + 0.5 })),
    Buffer.from([255, 0]),
    { timestamp: at(5), n: 5, price: 5 },
  );
  await tab.rowsAtLeast(3);
  tab.cut();

  // Reading needs no lock; changing does.
  expect((await cli('list', '--data', data)).stdout).toMatch(
    /^events: 3 dead letters\n {9}2 {2}field "price": expected int64, found number .*\n {9}1 {2}the record is not UTF-8 /,
  );
  const locked = await cli('replay', '--data', data, '--config', mended);
  expect(locked).toMatchObject({ code: 1, stderr: expect.stringMatching(/another relay uses/) });
  const running = `http://127.0.0.1:${first.port}`;
  expect((await cli('search', 'price', '--relay', running)).stdout).toMatch(/0:3 .*\n.*\n.*0:1 /);
  expect((await cli('replay', '--dry-run', '--relay', running)).stdout).toMatch(/^events: 0 of 3 would be rows\n/);
  expect((await cli('drop', '--relay', running)).code).toBe(1);
  await first.close();

  expect((await cli('show', '3', '--data', data)).stdout).toMatch(
    /offset: 4\n[\s\S]*reason: the record is not UTF-8[\s\S]*\\xff\\x00/,
  );
  const lines = (await cli('download', '--field', 'price', '--data', data)).stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(JSON.parse(line).value).n)).toEqual([3, 1]);
  expect((await cli('replay', '--dry-run', '--data', data, '--config', mended)).stdout).toBe(
    'events: 2 of 3 would be rows\n  1 × the record is not UTF-8, as: the record is not UTF-8: expected JSON text in UTF-8\n',
  );
  const other = join(data, 'other.yaml');
  await writeFile(other, STOPPED.replace('price: float64', 'price: string'));
  expect(await cli('replay', '--data', data, '--config', other)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/field "price" was int64 and is now string\n {2}start the relay with it/),
  });
  expect((await cli('replay', '--data', data, '--config', mended)).stdout).toMatch(/^events: 2 of 3 are rows now\n/);
  expect((await cli('replay', '--data', data, '--config', mended)).stdout).toMatch(/^events: 0 of 1 are rows now\n/);
  expect((await cli('search', '--state', 'replayed', '--data', data)).stdout.match(/^\d/gm)).toHaveLength(2);
  expect((await cli('drop', '--all', '--data', data)).stdout).toBe('events: 1 dropped\n');

  const second = await startTestRelay(source, { data, spec: { fields: { n: 'int64', price: 'float64' }, time } });
  const open = await Tab.open(second.port);
  onTestFinished(() => open.cut());
  open.subscribe('events');
  await open.rowsAtLeast(5);
  expect([...open.rows.values()].map(Number).sort()).toEqual([0, 1, 2, 3, 5]);
  expect(second.feeds.get('events')?.deadLetters.count).toBe(0);
}, 180_000);
