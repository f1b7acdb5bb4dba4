import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ReplayResult } from '../../contract/dead-letters.ts';
import { relayForTest } from '../support/for-test.ts';
import { Tab } from './tab.ts';

const LETTERS = 6_000;

test('X5 kill -9 of the relay while it replays: every letter is a row once in the end', async () => {
  const seed = Number(process.env.SEED ?? 20261123);
  console.log(`dead letters and kill -9: SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'highwater-kill-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const events = join(folder, 'events.jsonl');
  const config = join(folder, 'highwater.yaml');
  const lines = Array.from({ length: LETTERS + 1 }, (_, n) =>
    JSON.stringify({ timestamp: new Date(1_743_760_800_000 + n).toISOString(), n, price: n === 0 ? 1 : 0.5 }),
  );
  await writeFile(events, `${lines.join('\n')}\n`);
  const write = (type: string) =>
    writeFile(
      config,
      `streams:\n  events:\n    source: file:./events.jsonl\n    time: { field: timestamp }\n    fields: { n: int64, price: ${type} }\n`,
    );
  await write('int64');
  const relay = await relayForTest('--config', config, '--log-level', 'silent');
  const count = async () => {
    const answer = await fetch(`${relay.url}/dead-letters/list?stream=events&limit=1`);
    return ((await answer.json()) as { readonly count: number }).count;
  };
  const until = async (wanted: number) => {
    while ((await count()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  /** It serves before its log and its letters are open. */
  const started = async () => {
    await relay.start();
    while (!(await fetch(`${relay.url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const replay = async () => {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ stream: 'events' });
    const answer = await fetch(`${relay.url}/dead-letters/replay`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as ReplayResult;
  };
  await until(LETTERS);
  await relay.kill();
  await write('float64');

  for (let kill = 0; kill < 3; kill++) {
    await started();
    const replaying = replay().catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 20 + ((seed >> (kill * 5)) % 120)));
    await relay.kill();
    await replaying;
  }
  await started();
  await replay();
  await until(0);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(LETTERS + 1);
  expect([...tab.rows.values()].map(Number).sort((a, b) => a - b)).toEqual(lines.map((_, n) => n));
}, 120_000);
