import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startRelayProcess } from '../support/relay-process.ts';

test('D12 L7 in the terminal it is said that a log is left, and why', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-told-'));
  const config = join(folder, 'highwater.yaml');
  await writeFile(join(folder, 'events.jsonl'), '{"timestamp":"2026-01-01T00:00:00Z","n":1}\n');
  const declare = (type: string) =>
    writeFile(config, `streams:\n  events:\n    source: file:./events.jsonl\n    fields: { n: ${type} }\n`);
  await declare('int64');
  const relay = await startRelayProcess(['--config', config, '--data', join(folder, 'data')]);
  onTestFinished(async () => {
    await relay.remove();
    await rm(folder, { recursive: true, force: true });
  });
  await expect.poll(() => relay.output(), { timeout: 30_000 }).toMatch(/events has .*n int64/);
  await relay.stop();
  await declare('string');
  await relay.start();
  await expect.poll(() => relay.output(), { timeout: 30_000 }).toMatch(/events begins a new log: .*"n"/);
});
